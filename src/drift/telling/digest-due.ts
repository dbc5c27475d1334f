import { lastTimeOfDay } from './local-time.js';

/**
 * Whether a target gets its digest with this check: the first one after the time of the day it wants it at.
 * @param minutes after midnight, local time; undefined: it wants none
 * @param digestAt when it got the last one; null: never
 */
export function isDigestDue(minutes: number | undefined, digestAt: string | null, now: Date): boolean {
  if (minutes === undefined) return false;
  if (digestAt === null) return true;
  const last = Date.parse(digestAt);
  // One of the future was noted by a clock that was wrong.
  return last < lastTimeOfDay(minutes, now).getTime() || last > now.getTime();
}
