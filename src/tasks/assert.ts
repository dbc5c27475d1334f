import * as z from 'zod';
import { conditionSchema } from '../core/condition.js';
import { HomelabError } from '../core/errors.js';
import { defineTask } from '../core/task.js';

const params = z.strictObject({
  that: z
    .union([conditionSchema, z.array(conditionSchema).min(1)])
    .transform((written) =>
      Array.isArray(written)
        ? written.map((condition, index) => ({ condition, at: ['that', index] }))
        : [{ condition: written, at: ['that'] }],
    )
    .describe('a condition as in `when`, or a list: facts, vars.NAME, host, group, not; all have to hold'),
  message: z.string().min(1).optional().describe('what is said where they do not'),
});

interface AssertParams extends z.output<typeof params> {
  /** What speaks against the conditions on the host at hand. */
  readonly found?: readonly string[];
}

const HOLDS = { holds: 'yes' };

/**
 * Ends the run of a host that is not what the items after it take for granted. Facts and variables decide, so a plan
 * tells, and nothing at all is applied to such a host.
 */
export default defineTask<AssertParams>({
  summary: 'What the next items take for granted holds; else nothing is applied to the host',
  params,
  examples: [
    { that: { os_family: 'debian' } },
    {
      that: [{ os_id: 'debian', os_version: [12, 13] }, { not: { arch: 'i386' } }],
      message: 'needs Debian 12 or 13',
    },
  ],
  prepare: (wanted, preparation) => ({
    ...wanted,
    found: wanted.that.flatMap(({ condition, at }) => preparation.judge(condition, at)),
  }),
  desired: () => HOLDS,
  probe: async (_host, { found = [], message }) => {
    if (found.length === 0) return HOLDS;
    throw new HomelabError({
      code: 'task/assertion-failed',
      message: `${message ?? 'what is asserted does not hold'}: ${found.join('; ')}`,
      hint: 'Nothing is applied to this host. Leave it out, or correct its variables.',
    });
  },
  touches: () => [],
  steps: () => [],
});
