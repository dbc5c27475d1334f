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

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const SHORTEST_DAY = 3;

const MINUTE_MS = 60_000;
/** Two weeks: a window may fall into the hour that a day loses, and then opens a week later. */
const MOST_MINUTES = 14 * 24 * 60;

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

/**
 * When the window is open next: `at` itself where it is open then, else the minute in which it opens. Days on which clocks are
 * set are as long as they are: minutes that do not exist open nothing.
 */
export function nextOpening(window: TimeWindow, at: Date): Date {
  if (isInWindow(window, at)) return at;
  // A window is not empty: of a week that loses an hour, the next one has it.
  return firstMinute(at, (minute) => isInWindow(window, minute)) ?? at;
}

/** When a window that is open at `at` closes; `at` itself where it is not open; undefined where it never closes. */
export function endOf(window: TimeWindow, at: Date): Date | undefined {
  if (!isInWindow(window, at)) return at;
  return firstMinute(at, (minute) => !isInWindow(window, minute));
}

/** The first whole minute after `at` for which this holds. */
function firstMinute(at: Date, holds: (minute: Date) => boolean): Date | undefined {
  const start = Math.floor(at.getTime() / MINUTE_MS);
  for (let minute = start + 1; minute <= start + MOST_MINUTES; minute++) {
    const date = new Date(minute * MINUTE_MS);
    if (holds(date)) return date;
  }
  return undefined;
}

/** The number of a day by its name, or what it begins with; -1 for none. */
function dayOf(text: string): number {
  return text.length < SHORTEST_DAY ? -1 : DAYS.findIndex((day) => day.startsWith(text));
}

function daysIn(text: string): readonly number[] | undefined {
  if (text === 'daily') return [0, 1, 2, 3, 4, 5, 6];
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last] = part.split('-').map((day) => dayOf(day));
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
