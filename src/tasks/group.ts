import * as z from 'zod';
import { HomelabError } from '../core/errors.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type StepContext } from '../core/task.js';
import { readGroup } from '../probes/accounts.js';
import { createGroup, hasBusyboxAccounts } from './shared/account-commands.js';
import { accountNameSchema } from './shared/schemas.js';

const params = z.strictObject({
  name: accountNameSchema.describe('name of the group'),
  gid: z
    .int()
    .min(0)
    .max(4_294_967_294)
    .optional()
    .describe('its number; left out: the next free one, or as found'),
  system: z.boolean().default(false).describe('a new group gets a number of the system range'),
  state: z.enum(['present', 'absent']).default('present').describe('absent removes it'),
});

type GroupParams = z.output<typeof params>;

function steps({ params: group, facts, before }: StepContext<GroupParams>): Step[] {
  const isBusybox = hasBusyboxAccounts(facts);
  if (group.state === 'absent')
    return [runStep(isBusybox ? ['delgroup', group.name] : ['groupdel', '--', group.name])];
  if (before === null) return [createGroup(group, facts)];
  return [runStep(['groupmod', '--gid', String(group.gid), '--', group.name])];
}

/** A group of the local database. */
export default defineTask<GroupParams>({
  summary: 'A group exists',
  params,
  examples: [{ name: 'operators' }, { name: 'media', gid: 2000 }, { name: 'old-team', state: 'absent' }],
  desired: ({ gid, state }) => (state === 'absent' ? null : gid === undefined ? {} : { gid }),
  probe: async (host, { name, gid, state }) => {
    const found = await readGroup(host, name);
    if (found === null) return null;
    const isRenumbered = state === 'present' && gid !== undefined && gid !== found.gid;
    if (isRenumbered && hasBusyboxAccounts(host.facts)) {
      throw new HomelabError({
        code: 'task/cannot-renumber',
        message: `the group ${name} has the number ${found.gid}, and busybox cannot change it to ${gid}`,
        hint: 'Install the package `shadow` and change it by hand, or leave `gid` out.',
      });
    }
    return { gid: found.gid };
  },
  touches: ({ name }) => [`account:${name}`, `group:${name}`],
  steps,
});
