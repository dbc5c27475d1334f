import { ageText } from '../core/age-text.js';
import { quote, quoteAll } from '../core/quote.js';
import type { BackupRule } from '../core/rolling-settings.js';
import type { RemoteShell } from '../core/shell.js';
import { ATTEMPT } from './readiness.js';

/** How long it may take to look; a backup of a million files is better asked for by a command. */
const LIMIT_SECONDS = 60;
const KILLED = 137;
const MISSING = 66;
/** A clock that is this far ahead made a time that nobody can believe. */
const MOST_AHEAD_SECONDS = 3600;

/** `find -printf` is GNU's alone; `stat -c %Y` is in coreutils and busybox. */
const NEWEST = `[ -e "$1" ] || exit ${MISSING}
find -H "$1" -type f -exec stat -c %Y {} + 2>/dev/null | sort -n | tail -n 1`;

/** Seconds since 1970, or why nobody knows: a sentence without its full stop. */
export type LastBackup = { readonly seconds: number } | { readonly problem: string };

/** When the last backup was made that `at` tells of. Only reads. `now` is the time of this machine. */
export async function lastBackup(shell: RemoteShell, at: BackupRule['at'], now: Date): Promise<LastBackup> {
  const asked = 'path' in at ? quoteAll(['sh', '-c', NEWEST, 'sh', at.path]) : quoteAll(at.command);
  const script = `${ATTEMPT}\nattempt ${LIMIT_SECONDS} ${asked} </dev/null`;
  const [result] = await shell.run([{ script }], { outputLimitBytes: 1 << 20 });
  const code = result?.code ?? 0;
  const line = lastLine(result?.stdout.toString('utf8') ?? '');
  const said = lastLine(result?.stderr.toString('utf8') ?? '');
  const what = backupName(at);
  if (code === KILLED)
    return { problem: `${what} did not tell the time of the last backup within ${LIMIT_SECONDS} s` };
  if (code === MISSING && 'path' in at) return { problem: `there is no backup: ${what} is not there` };
  if (code !== 0)
    return { problem: `${what} failed with exit code ${code}${said === '' ? '' : `: ${said}`}` };
  if (line === '')
    return { problem: 'path' in at ? `there is no backup: no file is in ${what}` : `${what} told no time` };
  const seconds = secondsIn(line);
  if (seconds === undefined) return { problem: `${what} told no time, but "${line.slice(0, 60)}"` };
  const ahead = seconds - now.getTime() / 1000;
  if (ahead <= MOST_AHEAD_SECONDS) return { seconds };
  return { problem: `the last backup by ${what} is of a time ${ageText(ahead)} ahead: a clock is wrong` };
}

/** What tells of the last backup, for a person: the path, or the command line. */
export function backupName(at: BackupRule['at']): string {
  return 'path' in at ? at.path : `\`${at.command.map(quote).join(' ')}\``;
}

function lastLine(text: string): string {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .findLast((line) => line !== '') ?? ''
  );
}

/** Seconds since 1970 of such a number, or of a time as ISO 8601 has it; one without a zone is UTC. */
function secondsIn(text: string): number | undefined {
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return Number(text);
  const [, day, time = '00:00', zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
      text,
    ) ?? [];
  const whole = `${day}T${time.replace(',', '.')}${(zone ?? 'Z').replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`;
  const ms = day === undefined ? NaN : Date.parse(whole);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
