import { quote, quoteAll } from '../../core/quote.js';
import type { BackupRule } from '../../core/rolling-settings.js';
import type { RemoteShell } from '../../core/shell.js';
import { ATTEMPT } from '../../probes/readiness.js';
import type { Obstacle } from '../systems/upgrade-system.js';

/** How long it may take to look; a backup of a million files is better asked for by a command. */
const LIMIT_SECONDS = 60;
const KILLED = 137;
const MISSING = 66;
/** A clock that is this far ahead made a time that nobody can believe. */
const MOST_AHEAD_SECONDS = 3600;

/** `find -printf` is GNU's alone; `stat -c %Y` is in coreutils and busybox. */
const NEWEST = `[ -e "$1" ] || exit ${MISSING}
find -H "$1" -type f -exec stat -c %Y {} + 2>/dev/null | sort -n | tail -n 1`;

/**
 * What keeps a host from being upgraded as its last backup is missing or older than `rule` allows; undefined: nothing does.
 * Only reads. `now` is the time of this machine.
 */
export async function backupProblem(
  shell: RemoteShell,
  rule: BackupRule,
  now: Date,
): Promise<Obstacle | undefined> {
  const asked =
    'path' in rule.at ? quoteAll(['sh', '-c', NEWEST, 'sh', rule.at.path]) : quoteAll(rule.at.command);
  const script = `${ATTEMPT}\nattempt ${LIMIT_SECONDS} ${asked} </dev/null`;
  const [result] = await shell.run([{ script }], { outputLimitBytes: 1 << 20 });
  const code = result?.code ?? 0;
  const line = lastLine(result?.stdout.toString('utf8') ?? '');
  const said = lastLine(result?.stderr.toString('utf8') ?? '');
  const what = 'path' in rule.at ? rule.at.path : `\`${rule.at.command.map(quote).join(' ')}\``;
  if (code === KILLED)
    return obstacle(`${what} did not tell the time of the last backup within ${LIMIT_SECONDS} s`);
  if (code === MISSING && 'path' in rule.at) return obstacle(`there is no backup: ${what} is not there`);
  if (code !== 0) return obstacle(`${what} failed with exit code ${code}${said === '' ? '' : `: ${said}`}`);
  if (line === '')
    return obstacle('path' in rule.at ? `there is no backup: no file is in ${what}` : `${what} told no time`);
  const seconds = secondsIn(line);
  if (seconds === undefined) return obstacle(`${what} told no time, but "${line.slice(0, 60)}"`);
  return ageProblem(now.getTime() / 1000 - seconds, rule.maxAgeSeconds, what);
}

function ageProblem(age: number, most: number, what: string): Obstacle | undefined {
  if (age < -MOST_AHEAD_SECONDS)
    return obstacle(`the last backup by ${what} is of a time ${ageText(-age)} ahead: a clock is wrong`);
  if (age <= most) return undefined;
  return obstacle(`the last backup by ${what} is ${ageText(age)} old, and may be ${ageText(most)}`);
}

function obstacle(message: string): Obstacle {
  return { message, hint: 'Make a backup now, or change `backup` of the host in the inventory.' };
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

/** The largest unit of which there are two. */
function ageText(seconds: number): string {
  const units = [
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'minutes'],
  ] as const;
  const [size, name] = units.find(([size]) => seconds >= 2 * size) ?? [1, 'seconds'];
  return `${Math.floor(seconds / size)} ${name}`;
}
