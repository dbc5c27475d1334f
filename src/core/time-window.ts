import { HomelabError } from './errors.js';

/** A time of the week, every week, in the controller's own time zone. */
export interface TimeWindow {
  /** As it was written. */
  readonly text: string;
  /** Days it begins on, Sunday being 0. */
  readonly days: readonly number[];
  /** Minutes after midnight. */
  readonly from: number;
  /** Minutes after midnight; not after `from`: on the next day. */
  readonly to: number;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * A window from text: `Sun 02:00-05:00`, `Mon-Fri,Sun 22:00-02:00`, `daily 03:00-04:30`, `03:00-04:30`.
 * @throws HomelabError `core/time-window` with what is expected
 */
export function parseTimeWindow(text: string): TimeWindow {
  const match = /^(?:(\S+)\s+)?(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/.exec(text.trim());
  const [, days = 'daily', ...numbers] = match ?? [];
  const [fromHour = 24, fromMinute = 0, toHour = 25, toMinute = 0] = numbers.map(Number);
  const on = daysIn(days.toLowerCase());
  const isTime = fromHour < 24 && fromMinute < 60 && toMinute < 60 && toHour * 60 + toMinute <= 24 * 60;
  if (match === null || on === undefined || !isTime) throw badWindow(text);
  return { text: text.trim(), days: on, from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
}

/** Whether `at` lies in the window, by the local time of this machine. */
export function isInWindow({ days, from, to }: TimeWindow, at: Date): boolean {
  const minute = at.getHours() * 60 + at.getMinutes();
  const today = at.getDay();
  if (from < to) return days.includes(today) && minute >= from && minute < to;
  return (days.includes(today) && minute >= from) || (days.includes((today + 6) % 7) && minute < to);
}

function daysIn(text: string): readonly number[] | undefined {
  if (text === 'daily') return [0, 1, 2, 3, 4, 5, 6];
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last] = part.split('-').map((day) => DAYS.indexOf(day.slice(0, 3)));
    if (first === undefined || first === -1 || last === -1 || part.split('-').length > 2) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === (last ?? first)) break;
    }
  }
  return [...days].toSorted((one, other) => one - other);
}

function badWindow(text: string): HomelabError {
  return new HomelabError({
    code: 'core/time-window',
    message: `"${text.slice(0, 60)}" is no window of time`,
    hint: 'Write days and times: "Sun 02:00-05:00", "Mon-Fri 22:00-02:00", "daily 03:00-04:30".',
  });
}
