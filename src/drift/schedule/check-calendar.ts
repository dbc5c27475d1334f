import { HomelabError } from '../../core/errors.js';
import { badEvery, EVERY_HINT } from './every.js';
import type { RunProgram } from './run-program.js';

const TIMES = 10;

/**
 * Lets systemd say when `calendar` comes next, before anything is written.
 * @returns the shortest time between two of the next runs, in seconds; undefined: there is only one
 * @throws HomelabError `usage/every` with what systemd says; `schedule/no-systemd-analyze`
 */
export async function checkCalendar(calendar: string, run: RunProgram): Promise<number | undefined> {
  const { code, stdout, stderr } = await run([
    'systemd-analyze',
    'calendar',
    `--iterations=${TIMES}`,
    '--',
    calendar,
  ]);
  if (code === 127) throw noAnalyze(stderr);
  if (code !== 0) throw badEvery(calendar, `systemd does not understand it: ${stderr.trim()}`, EVERY_HINT);
  const times = [
    ...stdout.matchAll(/^ *(?:Next elapse|Iter\. #\d+): \w+ (\S+) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC$/gm),
  ]
    .map(([, day, time]) => Date.parse(`${day}T${time}Z`) / 1000)
    .filter((time) => Number.isFinite(time));
  if (times.length === 0) throw badEvery(calendar, 'that never comes', EVERY_HINT);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return gaps.length === 0 ? undefined : Math.min(...gaps);
}

function noAnalyze(reason: string): HomelabError {
  return new HomelabError({
    code: 'schedule/no-systemd-analyze',
    message: `systemd-analyze, which checks a timer, cannot be started: ${reason}`,
    hint: 'It belongs to the package systemd.',
  });
}
