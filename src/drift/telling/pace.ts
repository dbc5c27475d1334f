const HOUR_MS = 3_600_000;
/** Of messages to one target in an hour. */
const MOST = 6;

/** Those of the last hour. What lies ahead was noted by a clock that was wrong. */
export function recent(sentAt: readonly string[], now: Date): string[] {
  return sentAt.filter((time) => {
    const ageMs = now.getTime() - Date.parse(time);
    return ageMs >= 0 && ageMs < HOUR_MS;
  });
}

/** Whether a target may get one more message now. */
export function hasRoom(sentAt: readonly string[], now: Date): boolean {
  return recent(sentAt, now).length < MOST;
}
