import * as z from 'zod';
import type { Secret } from '../core/secret.js';
import type { MaybeState, Unknown } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { accessSteps } from './shared/access-steps.js';
import {
  addressAssignments,
  addressSchema,
  canFetch,
  cannotFetch,
  FETCH_FUNCTIONS,
  sumSchema,
  timeoutSchema,
} from './shared/fetch.js';
import {
  desiredAccess,
  observedAccess,
  permissionDenied,
  readEntry,
  touchedAccounts,
} from './shared/file-entry.js';
import { managedFileShape, NEW_FILE_MODE, textOf } from './shared/managed-file.js';
import { foreseeFile } from './shared/requirements.js';
import { scriptStep } from './shared/script-step.js';
import { FAIL_FUNCTIONS } from './shared/staging.js';

const { path, mode, owner, group } = managedFileShape;

const params = z
  .strictObject({
    path,
    url: addressSchema
      .optional()
      .describe('where it is, https:// or http://; one with credentials is kept secret'),
    sha256: sumSchema
      .optional()
      .describe('the SHA-256 sum it has to have; another one is never put in place'),
    mode,
    owner,
    group,
    timeout: timeoutSchema,
    state: z.enum(['present', 'absent']).default('present').describe('absent removes the file'),
  })
  .superRefine(({ url, sha256, state }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (state === 'absent' && url !== undefined)
      complain('url', 'makes no sense for a file that is to be absent');
    if (state === 'absent' && sha256 !== undefined)
      complain('sha256', 'makes no sense for a file that is to be absent');
    if (state === 'present' && url === undefined) complain('url', 'is missing');
    if (state === 'present' && sha256 === undefined)
      complain('sha256', 'is missing: `sha256sum FILE` prints it, and most projects publish it');
  });

type DownloadParams = z.output<typeof params>;

async function probe(host: ReadableHost, wanted: DownloadParams): Promise<MaybeState | Unknown> {
  const isAbsent = wanted.state === 'absent';
  const [entry, isFetchable] = await Promise.all([
    readEntry(host, wanted.path, isAbsent ? ['file', 'link'] : ['file']),
    isAbsent ? true : canFetch(host),
  ]);
  if (isAbsent) return entry === null ? null : { type: entry.type };
  if (entry !== null && entry.sha256 === undefined) throw permissionDenied(wanted.path);
  if (entry?.sha256 !== wanted.sha256 && !isFetchable) return cannotFetch();
  if (entry === null) return null;
  return { sha256: entry.sha256 ?? null, ...observedAccess(entry, wanted) };
}

/**
 * Beside the target (the same file system, so that rename(2) is atomic), checked, given owner and mode, synced, renamed:
 * the old file stays until the new one is whole.
 */
const DOWNLOAD = `${FAIL_FUNCTIONS}
${FETCH_FUNCTIONS}
target=$1 sum=$2 mode=$3 owner=$4 seconds=$5
if [ -L "$target" ] || { [ -e "$target" ] && [ ! -f "$target" ]; }; then fail "$target is not a regular file"; fi
candidate=$(mktemp "\${target%/*}/.homelab.XXXXXX") || exit 1
trap 'rm -f -- "$candidate"' EXIT
trap 'exit 129' HUP INT TERM PIPE
fetch_to "$candidate" "$seconds"
check_sum "$candidate" "$sum" 'what was fetched'
if [ -n "$owner" ]; then chown -- "$owner" "$candidate" || exit 1; fi
chmod "$mode" "$candidate" || exit 1
sync "$candidate" 2>/dev/null || sync
mv -f -- "$candidate" "$target"`;

function steps({ params: wanted, before, changed }: StepContext<DownloadParams>): Step[] {
  if (wanted.state === 'absent') return [runStep(['rm', '-f', '--', wanted.path])];
  if (!changed('sha256')) return accessSteps({ path: wanted.path, access: wanted, before, changed });
  const fileMode = wanted.mode ?? textOf(before, 'mode') ?? NEW_FILE_MODE;
  const user = wanted.owner ?? textOf(before, 'owner') ?? '';
  const team = wanted.group ?? textOf(before, 'group') ?? '';
  // `chown USER:` would take the user's login group, and GNU refuses it for a number.
  const account = team === '' ? user : `${user}:${team}`;
  return [
    scriptStep({
      words: [wanted.path, wanted.sha256 ?? '', fileMode, account, String(wanted.timeout)],
      script: DOWNLOAD,
      secretly: addressAssignments(wanted.url as string | Secret),
    }),
  ];
}

/** A file that the host fetches itself. */
export default defineTask<DownloadParams>({
  summary: 'A file is fetched from the web, with a known sum',
  params,
  examples: [
    {
      url: 'https://example.org/tool-1.4.2-linux-amd64',
      path: '/usr/local/bin/tool',
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      mode: '0755',
    },
    { path: '/usr/local/bin/old-tool', state: 'absent' },
  ],
  desired: (wanted) =>
    wanted.state === 'absent' ? null : { sha256: wanted.sha256 ?? null, ...desiredAccess(wanted) },
  probe,
  touches: (wanted) => [`path:${wanted.path}`, ...touchedAccounts(wanted)],
  foresight: foreseeFile,
  steps,
});
