import type { OwedAction } from '../core/journal.js';
import type { HostPlay, Item } from '../core/item.js';
import type { HostLedger } from './host-ledger.js';

/** What is owed on a host whose boot this is. */
export type Debts = Pick<HostLedger, 'owed' | 'boot'>;

/** The actions that a play owes, in their written order: to items that changed, and to earlier runs. */
export function owedActions(
  play: HostPlay,
  isChanged: (item: Item) => boolean,
  ledger: Debts,
): readonly Item[] {
  const named = new Set(play.items.filter(isChanged).flatMap((item) => item.onChange));
  return [...play.actions]
    .filter(([name, action]) => named.has(name) || owedBefore(action, ledger) !== undefined)
    .map(([, action]) => action);
}

/**
 * The items of `play` that come to apply because `changed` has changed: what it owes besides its actions. One that is
 * made of what others print cannot be made up for later, when those print nothing.
 */
export function waitingFor(changed: Item, play: HostPlay): readonly Item[] {
  return play.items.filter(
    ({ condition, late }) =>
      late === undefined && condition?.((id) => id === changed.id) === true && !condition(() => false),
  );
}

/** Whether `when` lets the item run: because of what changed now, or of what had changed when an earlier run ended. */
export function isLet(item: Item, isChanged: (id: string) => boolean, ledger: Debts): boolean {
  return (
    item.condition?.(isChanged) !== false ||
    (item.late === undefined && owedBefore(item, ledger) !== undefined)
  );
}

/** What an earlier run still owes of `action`; undefined: nothing, or a boot since then has done as much. */
export function owedBefore(action: Item, ledger: Debts): OwedAction | undefined {
  const owed = ledger.owed.find(({ id }) => id === action.id);
  if (owed === undefined || owed.boot === '' || owed.boot === ledger.boot) return owed;
  const isDone = action.late === undefined && action.task.isDoneByBoot?.(action.params) === true;
  return isDone ? undefined : owed;
}

/** Of what is owed, what this run cannot do: no play of it has that. */
export function owedElsewhere(plays: readonly HostPlay[], ledger: Debts): readonly OwedAction[] {
  const known = plays.flatMap(({ items, actions }) => [...items, ...actions.values()]);
  const ids = new Set(known.map(({ id }) => id));
  return ledger.owed.filter(({ id }) => !ids.has(id));
}
