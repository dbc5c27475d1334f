import type { DriftCause, DriftOutcome, ItemDrift } from '../core/drift.js';
import type { HostResult } from '../core/result.js';
import { timeText } from './local-time.js';
import type { Palette } from './palette.js';
import { visibleLine } from './sanitize.js';

/** What is said of one cause. */
const WORDS: Readonly<Record<DriftCause, string>> = {
  host: 'changed on the host',
  inventory: 'pending: the inventory has moved on',
  both: 'changed on the host, and the inventory has moved on',
};

/** Why an item differs, and since when, in one line: `changed on the host between 2026-11-21 03:00 and 2026-11-22 03:00`. */
export function driftLine({ cause, fields, since, inSyncAt }: ItemDrift): string {
  if (cause === 'inventory') {
    const what = inSyncAt === null ? 'pending: not applied yet' : WORDS.inventory;
    return `${what}, found first at ${timeText(since)}`;
  }
  const shares = shareText({ fields });
  const what = shares ?? WORDS[cause];
  if (inSyncAt === null) return `${what}, found first at ${timeText(since)}`;
  const [from, to] = timesText(inSyncAt, since);
  return `${what}${shares === undefined ? '' : ','} ${from === to ? `at ${to}` : `between ${from} and ${to}`}`;
}

/** Two times, the earlier first. Where the clock was put back between them, what it showed says nothing: then in UTC. */
function timesText(from: string, to: string): readonly [string, string] {
  const [first, last] = [timeText(from), timeText(to)];
  return first <= last ? [first, last] : [utcText(from), utcText(to)];
}

function utcText(at: string): string {
  return `${visibleLine(at.slice(0, 16).replace('T', ' '))} UTC`;
}

/** Which fields were changed on the host and which are pending; undefined: all of them are the same. */
export function shareText({ fields }: Pick<ItemDrift, 'fields'>): string | undefined {
  const [host, inventory] = [fieldsOf(fields, 'host'), fieldsOf(fields, 'inventory')];
  return host === '' || inventory === '' ? undefined : `changed on the host: ${host}; pending: ${inventory}`;
}

function fieldsOf(fields: ItemDrift['fields'], wanted: DriftCause): string {
  return Object.entries(fields)
    .filter(([, cause]) => cause === wanted || cause === 'both')
    .map(([field]) => visibleLine(field))
    .join(', ');
}

/** Hosts that are told apart as nobody expects them: a line, empty where there are none. */
export function offText({ hosts }: DriftOutcome, palette: Palette): string {
  const names = hosts.filter(({ state }) => state === 'off').map(({ host }) => visibleLine(host));
  return names.length === 0 ? '' : `${palette.dim(`optional, and off: ${names.join(', ')}`)}\n`;
}

/** The hosts that a check was made of, or was to be: all but those that are told apart. */
export function checkedHosts(
  hosts: readonly HostResult[],
  outcome: DriftOutcome | undefined,
): readonly HostResult[] {
  const off = new Set(outcome?.hosts.filter(({ state }) => state === 'off').map(({ host }) => host));
  return hosts.filter(({ host }) => !off.has(host));
}

/** A drift check for a program: what each host's state is, and which hosts are told apart. */
export function driftDocument({ at, hosts }: DriftOutcome): Record<string, unknown> {
  return { at, hosts };
}
