import type { OwedAction } from '../core/journal.js';
import type { HostPlay, Item } from '../core/item.js';
import type { HostLedger } from './host-ledger.js';

/** The actions that a play owes, in their written order: to items that changed, and to earlier runs. */
export function owedActions(
  play: HostPlay,
  isChanged: (item: Item) => boolean,
  ledger: HostLedger,
): readonly Item[] {
  const named = new Set(play.items.filter(isChanged).flatMap((item) => item.onChange));
  return [...play.actions]
    .filter(([name, action]) => named.has(name) || owedBefore(action, ledger) !== undefined)
    .map(([, action]) => action);
}

/** What an earlier run still owes of `action`; undefined: nothing, or a boot since then has done as much. */
export function owedBefore(action: Item, ledger: HostLedger): OwedAction | undefined {
  const owed = ledger.owed.find(({ id }) => id === action.id);
  if (owed === undefined || owed.boot === '' || owed.boot === ledger.boot) return owed;
  const isDone = action.late === undefined && action.task.isDoneByBoot?.(action.params) === true;
  return isDone ? undefined : owed;
}

/** Of what is owed, that of `plays` which they no longer have. */
export function droppedActions(plays: readonly HostPlay[], ledger: HostLedger): readonly OwedAction[] {
  const known = plays.flatMap(({ items, actions }) => [...items, ...actions.values()]);
  const ids = new Set(known.map(({ id }) => id));
  const slugs = new Set(known.map(({ id }) => playOf(id)));
  return ledger.owed.filter(({ id }) => slugs.has(playOf(id)) && !ids.has(id));
}

/** Of what is owed, that of plays which are no part of this run. */
export function actionsOfOtherPlays(plays: readonly HostPlay[], ledger: HostLedger): readonly OwedAction[] {
  const known = plays.flatMap(({ items, actions }) => [...items, ...actions.values()]);
  const slugs = new Set(known.map(({ id }) => playOf(id)));
  return ledger.owed.filter(({ id }) => !slugs.has(playOf(id)));
}

function playOf(id: string): string {
  return id.split('/', 1)[0] ?? '';
}
