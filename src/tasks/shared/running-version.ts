import { HomelabError } from '../../core/errors.js';
import { Unknown } from '../../core/state.js';
import type { ReadableHost } from '../../core/task.js';
import { runningVersionKey, runningVersions, type RunningVersion } from '../../probes/running-versions.js';

/** What the field `running_version` is to say. */
export const AS_INSTALLED = 'as installed';

/** Where a program without a slash in its name may lie. */
const PROGRAM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The files that decide over the version that is installed, as a kind touches them. */
export function touchedByVersion([program = '']: readonly string[]): string[] {
  const paths = program.startsWith('/') ? [program] : PROGRAM_FOLDERS.map((folder) => `${folder}/${program}`);
  return paths.map((path) => `path:${path}`);
}

/**
 * The field `running_version` of a service: {@link AS_INSTALLED}, or what runs and what is installed instead. One that does
 * not run will start what is installed. Unknown where the program is still to come.
 * @throws HomelabError `task/other-program` where the service is not the program that is asked
 */
export async function observedVersion(
  host: ReadableHost,
  service: string,
  version: readonly string[],
): Promise<string | Unknown> {
  const init = host.facts.init === 'openrc' ? 'openrc' : 'systemd';
  const seen = await host.read(runningVersions, runningVersionKey({ init, service, version }));
  const [program = ''] = version;
  if (seen.is === 'missing')
    return new Unknown(`the program ${program} is not installed`, [
      program.startsWith('/') ? `path:${program}` : `program:${program}`,
    ]);
  if (seen.is === 'other' && !isSame(seen)) throw otherProgram(service, program, seen);
  if (seen.is !== 'replaced') return AS_INSTALLED;
  const { running, installed } = seen;
  if (installed === '') return 'what was there before';
  if (running === installed || running === '') return `an older build of ${installed}`;
  return `${running}, ${installed} is installed`;
}

/** The same program at two places. */
function isSame({ running, installed }: RunningVersion): boolean {
  return running !== '' && running === installed;
}

function otherProgram(service: string, program: string, { path }: RunningVersion): HomelabError {
  return new HomelabError({
    code: 'task/other-program',
    message: `${service} runs ${path === '' ? 'a program that cannot be read' : path}, which is not ${program}`,
    hint: 'Name the program that the service runs in `version`, with its whole path; a script or a wrapper has no version that could be compared.',
  });
}
