import { parseCron, type CronTimes } from './cron-fields.js';

/** Leap days come within it, at the latest after eight years (1900, 2100). */
const MOST_DAYS = 9 * 366;

/** The first time after `after` at which five fields come true, by the local time of this machine; undefined: none, ever. */
export function nextCronRun(fields: string, after: Date): Date | undefined {
  const times = parseCron(fields);
  if (times === undefined) return undefined;
  for (let offset = 0; offset <= MOST_DAYS; offset += 1) {
    const day = new Date(after.getFullYear(), after.getMonth(), after.getDate() + offset);
    const found = isDay(times, day) ? firstOn(times, day, after) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function isDay({ days, months, weekdays, areDaysOpen }: CronTimes, day: Date): boolean {
  if (!months.has(day.getMonth() + 1)) return false;
  const [isDate, isWeekday] = [days.has(day.getDate()), weekdays.has(day.getDay())];
  return areDaysOpen ? isDate && isWeekday : isDate || isWeekday;
}

function firstOn({ hours, minutes }: CronTimes, day: Date, after: Date): Date | undefined {
  for (let hour = 0; hour < 24; hour += 1) {
    for (let minute = 0; hours.has(hour) && minute < 60; minute += 1) {
      const at = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute);
      // An hour that a day loses does not come.
      if (minutes.has(minute) && at > after && at.getHours() === hour) return at;
    }
  }
  return undefined;
}
