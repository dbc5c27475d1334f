import { counted } from '../../core/counted.js';
import { itemLine } from './item-line.js';
import { DRIFT_CHANGES, type DriftChange, type Transition } from './transitions.js';

const MOST_NAMES = 4;
/** Of one host: what a phone shows. */
const MOST_ITEMS = 10;

/** What changed, in one line: `drift on web1, nas (3 items); lost: gate`. */
export function transitionsTitle(transitions: readonly Transition[]): string {
  return DRIFT_CHANGES.map((change) => transitions.filter((one) => one.change === change))
    .flatMap((alike) => (alike[0] === undefined ? [] : [titlePart(alike[0].change, alike)]))
    .join('; ');
}

function titlePart(change: DriftChange, alike: readonly Transition[]): string {
  const names = nameList(alike.map(({ host }) => host));
  switch (change) {
    case 'lost':
      return `lost: ${names}`;
    case 'drift':
      return `drift on ${names} (${counted(alike.flatMap(({ items }) => items).length, 'item')})`;
    case 'back':
      return `back: ${names}`;
    default:
      return `in sync again: ${names}`;
  }
}

function nameList(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ');
}

/** What changed, a line for each host or item, the weightiest first. */
export function transitionLines(transitions: readonly Transition[], now: Date): readonly string[] {
  return DRIFT_CHANGES.flatMap((change) => transitions.filter((one) => one.change === change)).flatMap(
    (one) => linesOf(one, now),
  );
}

function linesOf({ host, change, items, reason }: Transition, now: Date): readonly string[] {
  switch (change) {
    case 'lost':
      return [`${host}: lost, ${reason ?? 'could not be checked'}`];
    case 'drift':
      return itemLines(host, items, now);
    case 'back':
      return [
        `${host}: back, ${items.length === 0 ? 'in sync' : `${counted(items.length, 'item')} differ${items.length === 1 ? 's' : ''}`}`,
      ];
    default:
      return [`${host}: in sync again`];
  }
}

/** The items of a host, one a line. */
export function itemLines(host: string, items: Transition['items'], now: Date): readonly string[] {
  const shown = items.slice(0, MOST_ITEMS).map((item) => `${host}: ${itemLine(item, now)}`);
  const more = items.length - shown.length;
  return more > 0 ? [...shown, `${host}: and ${counted(more, 'further item')}`] : shown;
}
