import { visibleLine } from './sanitize.js';

const two = (number: number): string => String(number).padStart(2, '0');

/** A time of ISO 8601 in the zone of who reads it: `2026-11-21 06:14`. */
export function timeText(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return visibleLine(at);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
