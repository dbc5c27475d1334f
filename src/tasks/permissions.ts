import * as z from 'zod';
import type { MaybeState, State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { files, type FileEntry } from '../probes/files.js';
import { isNumber, permissionDenied, touchedAccounts } from './shared/file-entry.js';
import { textOf } from './shared/managed-file.js';
import { requiredAccounts } from './shared/requirements.js';
import { modeSchema, ownerSchema, pathSchema } from './shared/schemas.js';

const params = z
  .strictObject({
    paths: z
      .array(pathSchema)
      .min(1)
      .describe('absolute paths; one that is not there is left out, and so is a symbolic link'),
    at_most: modeSchema
      .optional()
      .describe("rights that may be there, e.g. '0640'; any other is taken away, fewer stay as they are"),
    owner: ownerSchema.optional().describe('user by name or number; left out: as found'),
    group: ownerSchema.optional().describe('group by name or number; left out: as found'),
  })
  .superRefine(({ paths, at_most: atMost, owner, group }, context) => {
    const complain = (message: string, path: (string | number)[] = []): void =>
      context.addIssue({ code: 'custom', message, path });
    if (atMost === undefined && owner === undefined && group === undefined)
      complain('asks for nothing: give `at_most`, `owner` or `group`');
    const twice = paths.findIndex((path, index) => paths.indexOf(path) !== index);
    if (twice !== -1) complain('is named twice', ['paths', twice]);
  });

type PermissionsParams = z.output<typeof params>;

/** The fields of a path, as wanted. */
function wantedOf(path: string, { at_most: mode, owner, group }: PermissionsParams): State {
  return {
    ...(mode === undefined ? {} : { [`mode.${path}`]: mode }),
    ...(owner === undefined ? {} : { [`owner.${path}`]: owner }),
    ...(group === undefined ? {} : { [`group.${path}`]: group }),
  };
}

/** The same as found. What is not there has nothing wrong with it. */
function foundOf(path: string, entry: FileEntry | null, wanted: PermissionsParams): State {
  if (entry === null || entry.type === 'link') return wantedOf(path, wanted);
  if (entry.type === 'hidden') throw permissionDenied(path);
  const { at_most: atMost, owner, group } = wanted;
  const isWithin = atMost !== undefined && restricted(entry.mode, atMost) === entry.mode;
  return {
    [`rights.${path}`]: entry.mode,
    [`mode.${path}`]: isWithin ? atMost : entry.mode,
    [`owner.${path}`]: isNumber(owner) ? entry.uid : entry.owner,
    [`group.${path}`]: isNumber(group) ? entry.gid : entry.group,
  };
}

/** The rights of `mode` that `most` has too; both are four octal digits. */
function restricted(mode: string, most: string): string {
  return (Number.parseInt(mode, 8) & Number.parseInt(most, 8)).toString(8).padStart(4, '0');
}

async function probe(host: ReadableHost, wanted: PermissionsParams): Promise<MaybeState> {
  const entries = await Promise.all(wanted.paths.map((path) => host.read(files, path)));
  return Object.assign(
    {},
    ...wanted.paths.map((path, index) => foundOf(path, entries[index] ?? null, wanted)),
  ) as State;
}

/**
 * Rights go before an owner comes: nobody may do for a moment what neither state allows. Five digits, since GNU chmod
 * leaves a directory's set-group-ID bit alone when a numeric mode has four.
 */
function steps({ params: wanted, before, changed }: StepContext<PermissionsParams>): Step[] {
  const { at_most: atMost = '7777', owner = '', group = '' } = wanted;
  return wanted.paths.flatMap((path) => {
    const mode = restricted(textOf(before, `rights.${path}`) ?? '0000', atMost);
    const chmod = runStep(['chmod', `0${mode}`, path]);
    const isGroupNew = changed(`group.${path}`);
    const account = `${changed(`owner.${path}`) ? owner : ''}${isGroupNew ? `:${group}` : ''}`;
    const chown = account === '' ? [] : [runStep(['chown', '-h', '--', account, path])];
    // chown(2) takes set-user-ID bits away.
    const again = chown.length > 0 && !mode.startsWith('0') ? [chmod] : [];
    return [...(changed(`mode.${path}`) ? [chmod] : []), ...chown, ...again];
  });
}

/** Owner, group and the most rights of what is there already, whoever made it. */
export default defineTask<PermissionsParams>({
  summary: 'Nobody else owns these files and directories, nor has more rights to them',
  params,
  examples: [
    { paths: ['/etc/crontab', '/etc/cron.allow'], at_most: '0600', owner: 'root', group: 'root' },
    { paths: ['/home/alice', '/home/bob'], at_most: '0750' },
  ],
  desired: (wanted) => Object.assign({}, ...wanted.paths.map((path) => wantedOf(path, wanted))) as State,
  probe,
  touches: ({ paths, owner, group }) => [
    ...paths.map((path) => `path:${path}`),
    ...touchedAccounts({ owner, group }),
  ],
  foresight: ({ paths, owner, group }) => ({
    makes: [],
    requires: requiredAccounts({ owner, group }),
    hingesOn: { things: paths.map((path) => `path:${path}`), why: 'its owner and rights show then' },
  }),
  steps,
});
