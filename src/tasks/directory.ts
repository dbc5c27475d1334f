import * as z from 'zod';
import { HomelabError, InternalError } from '../core/errors.js';
import type { State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { directoryEntries } from '../probes/directory-entries.js';
import { accessSteps } from './shared/access-steps.js';
import { desiredAccess, observedAccess, readEntry, touchedAccounts } from './shared/file-entry.js';
import { requiredAccounts } from './shared/requirements.js';
import { modeSchema, ownerSchema, pathSchema } from './shared/schemas.js';

/** Nobody means these when they say "remove it" or "remove the rest of it". */
const KEPT_FOR_THE_SYSTEM = new RegExp(
  '^/(?:bin|boot|dev|etc|home|lib\\d*|libx?32|media|mnt|nix|opt|proc|root|run|sbin|srv|sys|tmp|usr|var|' +
    'usr/(?:bin|lib\\d*|libx?32|libexec|local|local/bin|sbin|share)|var/(?:cache|lib|local|log|mail|spool|tmp)|' +
    'nix/store|etc/ssh|lib/systemd/system|usr/lib/systemd/system)?$',
);

const params = z
  .strictObject({
    path: pathSchema.describe('absolute path; directories above it are made where they are missing'),
    mode: modeSchema
      .optional()
      .describe("access rights, e.g. '0755'; a new directory gets 0755, an old one keeps its own"),
    owner: ownerSchema.optional().describe('user by name or number; left out: as found'),
    group: ownerSchema.optional().describe('group by name or number; left out: as found'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent removes it with everything in it'),
    purge: z.boolean().default(false).describe('remove entries that no item of this host keeps'),
  })
  .superRefine(({ path, state, purge }, context) => {
    const isRemoving = state === 'absent' || purge;
    if (isRemoving && KEPT_FOR_THE_SYSTEM.test(path))
      context.addIssue({
        code: 'custom',
        path: ['path'],
        message: 'is a directory of the system: it is neither removed nor purged',
      });
    if (state === 'absent' && purge)
      context.addIssue({
        code: 'custom',
        path: ['purge'],
        message: 'makes no sense for a directory that is to be absent',
      });
  });

type DirectoryParams = z.output<typeof params>;

/** `entry.NAME` for each entry that a purge removes. */
async function purgeable(host: ReadableHost, directory: string): Promise<State> {
  const { managedPaths } = host;
  if (managedPaths === undefined)
    throw new InternalError(`Nobody said which paths in ${directory} are managed`);
  const names = (await host.read(directoryEntries, directory)) ?? [];
  const isKept = (name: string): boolean =>
    managedPaths.some((path) => path === `${directory}/${name}` || path.startsWith(`${directory}/${name}/`));
  const strays = names.filter((name) => !isKept(name));
  const unreadable = strays.find((name) => name.includes('\uFFFD'));
  if (unreadable !== undefined) {
    throw new HomelabError({
      code: 'task/unreadable-name',
      message: `${directory} holds an entry whose name is not UTF-8: ${unreadable}`,
      hint: 'Remove or rename it by hand: a name that cannot be read cannot be removed safely.',
    });
  }
  return Object.fromEntries(strays.map((name) => [`entry.${name}`, 'present']));
}

function steps({ params: directory, before, changes, changed }: StepContext<DirectoryParams>): Step[] {
  const { path, mode } = directory;
  if (directory.state === 'absent') return [runStep(['rm', '-rf', '--', path])];
  const removed = changes
    .filter((change) => change.field.startsWith('entry.'))
    .map((change) => `${path}/${change.field.slice('entry.'.length)}`);
  return [
    ...(changed('state') ? [runStep(['mkdir', '-p', '-m', mode ?? '0755', '--', path])] : []),
    ...accessSteps({ path, access: directory, before, changed }),
    ...(removed.length > 0 ? [runStep(['rm', '-rf', '--', ...removed])] : []),
  ];
}

/** A directory, and what may be in it. */
export default defineTask<DirectoryParams>({
  summary: 'A directory exists, with its owner and mode',
  params,
  examples: [
    { path: '/srv/media', owner: 'media', group: 'media', mode: '2775' },
    { path: '/etc/nginx/conf.d', purge: true },
    { path: '/opt/old-app', state: 'absent' },
  ],
  desired: (directory) =>
    directory.state === 'absent'
      ? null
      : { ...desiredAccess(directory), ...(directory.purge ? { 'entry.*': null } : {}) },
  probe: async (host, directory) => {
    const [entry, strays] = await Promise.all([
      readEntry(host, directory.path, ['directory']),
      directory.purge ? purgeable(host, directory.path) : {},
    ]);
    return entry === null ? null : { ...observedAccess(entry, directory), ...strays };
  },
  touches: (directory) => [`path:${directory.path}`, ...touchedAccounts(directory)],
  foresight: (directory) => ({
    requires: directory.state === 'absent' ? [] : requiredAccounts(directory),
  }),
  steps,
});
