import { HomelabError } from '../../core/errors.js';

const HOUR = 60;
const DAY = 24 * HOUR;
/** Minutes that come again at the same minutes of every hour, or hours of every day. */
const EVEN = [
  1,
  2,
  3,
  4,
  5,
  6,
  10,
  12,
  15,
  20,
  30,
  ...[1, 2, 3, 4, 6, 8, 12, 24].map((hours) => hours * HOUR),
];
const UNITS: Readonly<Record<string, number>> = { m: 1, min: 1, h: HOUR, d: DAY };

/**
 * `15m`, `6h`, `1d` for systemd and for cron; undefined: it is no interval.
 * @throws HomelabError `usage/every` where it divides neither an hour nor a day evenly
 */
export function parseInterval(text: string): { calendar: string; cron: string } | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,6})\s*(m|min|h|d)$/.exec(text) ?? [];
  const minutes = Number(digits) * (UNITS[unit] ?? 0);
  if (digits === '') return undefined;
  if (!EVEN.includes(minutes)) throw uneven(text, minutes);
  if (minutes === DAY) return { calendar: 'daily', cron: '0 0 * * *' };
  if (minutes === HOUR) return { calendar: 'hourly', cron: '0 * * * *' };
  if (minutes > HOUR) {
    const hours = minutes / HOUR;
    return { calendar: `0/${hours}:00`, cron: `0 */${hours} * * *` };
  }
  return { calendar: `*:0/${minutes}`, cron: `*/${minutes} * * * *` };
}

function uneven(text: string, minutes: number): HomelabError {
  const near = [EVEN.findLast((even) => even < minutes), EVEN.find((even) => even > minutes)];
  const words = near.flatMap((even) => (even === undefined ? [] : [intervalText(even)]));
  return new HomelabError({
    code: 'usage/every',
    message: `--every ${text} divides neither an hour nor a day evenly`,
    hint: `Write ${[...words, ...(minutes > DAY ? ['weekly'] : [])].join(' or ')}.`,
  });
}

const intervalText = (minutes: number): string =>
  minutes % HOUR === 0 ? `${minutes / HOUR}h` : `${minutes}m`;
