import type { DriftCause } from '../../core/drift.js';
import type { FoundItem } from './found-hosts.js';
import { localTime } from './local-time.js';

const CAUSES: Readonly<Record<DriftCause, string>> = {
  host: 'changed on the host',
  inventory: 'pending',
  both: 'changed on the host, and pending',
};
const MOST_FIELDS = 5;
const MOST_CHARACTERS = 100;

/** An item in words: `file /etc/motd changed on the host (content), since 03:00`. */
export function itemLine({ kind, name, cause, fields, since }: FoundItem, now: Date): string {
  const shown = fields.slice(0, MOST_FIELDS).map(plainWord);
  const more = fields.length - shown.length;
  const list = [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const what = cause === undefined ? 'differs' : CAUSES[cause];
  const start = since === undefined ? '' : `, since ${localTime(new Date(since), now)}`;
  return `${kind} ${plainWord(name)} ${what}${list === '' ? '' : ` (${list})`}${start}`;
}

/** A name as one short line: a host may have had a part in it. */
export function plainWord(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= MOST_CHARACTERS
    ? line
    : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
