import { localClock, localDay } from '../core/local-clock.js';
import { visibleLine } from './sanitize.js';

/** A time of ISO 8601 in the zone of who reads it: `2026-11-21 06:14`. */
export function timeText(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return visibleLine(at);
  return `${localDay(time)} ${localClock(time)}`;
}
