import type { FoundHost, FoundItem } from './found-hosts.js';
import { aboutItems, underNewNames } from './renamed.js';
import type { ToldHost } from './told.js';

/** What changed on a host since somebody was told of it, the weightiest first. */
export const DRIFT_CHANGES = ['lost', 'drift', 'back', 'cleared'] as const;

export type DriftChange = (typeof DRIFT_CHANGES)[number];

export interface Transition {
  readonly host: string;
  readonly change: DriftChange;
  /** Of drift, those that are new; of a host that is back, all that differ there. */
  readonly items: readonly FoundItem[];
  /** Of a host that is lost: why. */
  readonly reason: string | undefined;
}

/** What there is to tell of a host, and what is told once that was done. */
export interface Comparison {
  readonly host: string;
  readonly transitions: readonly Transition[];
  /** Undefined: the host is in sync, or nothing is known of it. */
  readonly next: ToldHost | undefined;
}

/**
 * Compares what was told of a host with what a check has found. Nobody knows more of a host that is off or busy: nothing changes
 * then. A host that is lost keeps the items that were told of it.
 * @param isWhole whether the check looked at all items of the host; else those that it did not look at are as they were told
 */
export function compareHost(told: ToldHost | undefined, found: FoundHost, isWhole: boolean): Comparison {
  const { host, state } = found;
  if (state === 'off' || state === 'busy') return { host, transitions: [], next: told };
  if (state === 'lost') {
    const lost: Transition = { host, change: 'lost', items: [], reason: found.lostFor };
    return {
      host,
      transitions: told?.isLost === true ? [] : [lost],
      next: { host, items: [], ...told, isLost: true },
    };
  }
  const known = told !== undefined && isWhole ? underNewNames(told, found) : told;
  const before = known?.items ?? [];
  const passedOver = isWhole ? [] : before.filter((id) => !found.looked.has(id));
  const items = [...new Set([...passedOver, ...found.items.map(({ id }) => id)])];
  const further = found.items.filter(({ id }) => !before.includes(id));
  const changes: readonly (Transition | false)[] = [
    told?.isLost === true && { host, change: 'back', items: found.items, reason: undefined },
    further.length > 0 && { host, change: 'drift', items: further, reason: undefined },
    before.length > 0 && items.length === 0 && { host, change: 'cleared', items: [], reason: undefined },
  ];
  return {
    host,
    transitions: changes.filter((one) => one !== false),
    next: items.length === 0 ? undefined : { host, isLost: false, items, ...aboutItems(items, told, found) },
  };
}
