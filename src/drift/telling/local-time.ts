import { localClock, localDay } from '../../core/local-clock.js';

/** `03:00` where it was on the same day, else `2026-01-31 03:00`: of this machine's time zone. */
export function localTime(time: Date, now: Date): string {
  const clock = localClock(time);
  return localDay(time) === localDay(now) ? clock : `${localDay(time)} ${clock}`;
}

/** The last time, up to `now`, that the clock of this machine showed so many minutes after midnight. */
export function lastTimeOfDay(minutes: number, now: Date): Date {
  const onDay = (day: number): Date =>
    new Date(now.getFullYear(), now.getMonth(), day, Math.floor(minutes / 60), minutes % 60);
  const today = onDay(now.getDate());
  return today <= now ? today : onDay(now.getDate() - 1);
}
