/** `03:00` where it was on the same day, else `2026-01-31 03:00`: of this machine's time zone. */
export function localTime(time: Date, now: Date): string {
  const clock = `${digits(time.getHours())}:${digits(time.getMinutes())}`;
  return localDay(time) === localDay(now) ? clock : `${localDay(time)} ${clock}`;
}

function localDay(time: Date): string {
  return `${time.getFullYear()}-${digits(time.getMonth() + 1)}-${digits(time.getDate())}`;
}

function digits(number: number): string {
  return String(number).padStart(2, '0');
}

/** The last time, up to `now`, that the clock of this machine showed so many minutes after midnight. */
export function lastTimeOfDay(minutes: number, now: Date): Date {
  const onDay = (day: number): Date =>
    new Date(now.getFullYear(), now.getMonth(), day, Math.floor(minutes / 60), minutes % 60);
  const today = onDay(now.getDate());
  return today <= now ? today : onDay(now.getDate() - 1);
}
