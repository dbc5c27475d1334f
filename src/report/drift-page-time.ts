import { ageText } from '../core/age-text.js';
import { markup, type Markup } from './markup.js';

/** A time of ISO 8601 as the page shows it, in UTC to the minute; what is no time is shown as it is. */
export function timeText(time: string): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? time : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

export function timeMarkup(time: string): Markup {
  return markup`<time datetime="${time}">${timeText(time)}</time>`;
}

/** How long it was from one time to another; undefined where one is no time, or they are the wrong way round. */
export function spanText(from: string, until: string): string | undefined {
  const seconds = (Date.parse(until) - Date.parse(from)) / 1000;
  return seconds >= 0 ? ageText(seconds) : undefined;
}
