import { InternalError } from '../core/errors.js';
import type { RemoteShell } from '../core/shell.js';

/** What a script of ours printed on a host: data, decoded as UTF-8. */
export interface HostAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a host may be silent that only looks at itself. */
const LOOK_TIMEOUT_MS = 60_000;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Runs one script on a host and returns what it came to, whatever its exit code.
 * @throws HomelabError `transport/…` where the connection is lost, or there is no answer in time
 */
export async function askHost(
  shell: RemoteShell,
  script: string,
  timeoutMs: number = LOOK_TIMEOUT_MS,
): Promise<HostAnswer> {
  const [result] = await shell.run([{ script }], { timeoutMs, outputLimitBytes: MOST_BYTES });
  if (result === undefined || result.code === null) throw new InternalError('A host left out a script');
  return {
    code: result.code,
    stdout: result.stdout.toString('utf8'),
    stderr: result.stderr.toString('utf8'),
  };
}

/** The last `most` characters of what a program said, without what only a terminal would act upon. */
export function lastWords(text: string, most = 2000): string {
  const plain = text
    .replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '')
    .trim();
  return plain.length <= most ? plain : `…${plain.slice(-most)}`;
}
