import { HomelabError } from '../../core/errors.js';
import { cronProblem, looksLikeCron } from './cron-fields.js';
import { parseInterval } from './interval.js';
import { parseTimeOfDay } from './time-of-day.js';

/** How often, in the words of both schedulers. */
export interface Every {
  /** As it was written. */
  readonly written: string;
  /** systemd.time(7), CALENDAR EVENTS; undefined: those words cannot say it. */
  readonly calendar: string | undefined;
  /** The five fields of crontab(5); undefined: they cannot say it, or nobody knows. */
  readonly cron: string | undefined;
}

/** The words for it in both; a week begins on Monday, as systemd has it. */
const WORDS: ReadonlyMap<string, Omit<Every, 'written'>> = new Map([
  ['hourly', { calendar: 'hourly', cron: '0 * * * *' }],
  ['daily', { calendar: 'daily', cron: '0 0 * * *' }],
  ['weekly', { calendar: 'weekly', cron: '0 0 * * 1' }],
  ['monthly', { calendar: 'monthly', cron: '0 0 1 * *' }],
]);

const MOST_LETTERS = 200;
export const EVERY_HINT =
  'Write hourly, daily, weekly, monthly, 15m, 6h, 03:30, Sun 03:00, or any OnCalendar of systemd.';

/**
 * `daily`, `15m`, `6h`, `03:30`, `Sun 03:00`; five fields of cron; anything else is left to systemd to understand.
 * @throws HomelabError `usage/every`
 */
export function parseEvery(text: string): Every {
  const written = text.trim();
  if (written === '' || written.length > MOST_LETTERS || /\p{Cc}/u.test(written))
    throw badEvery(written, 'it is empty, too long or not one line', EVERY_HINT);
  const known = WORDS.get(written.toLowerCase()) ?? parseInterval(written) ?? parseTimeOfDay(written);
  if (known !== undefined) return { written, ...known };
  if (!looksLikeCron(written)) return { written, calendar: written, cron: undefined };
  const problem = cronProblem(written);
  if (problem !== undefined) throw badEvery(written, problem, 'Five fields: minute hour day month weekday.');
  return { written, calendar: undefined, cron: written };
}

/** What cannot be an interval or a time of anything. */
export function badEvery(written: string, why: string, hint: string): HomelabError {
  return new HomelabError({ code: 'usage/every', message: `--every ${written}: ${why}`, hint });
}
