import { HomelabError } from '../core/errors.js';
import type { HostPlay, Item, LateItem } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import type { Change } from '../core/state.js';
import type { HostSession } from './host-session.js';
import { noResult } from './late-items.js';
import { canProbe, probeItems, type Probed } from './probe-item.js';
import { taskResult } from './task-result.js';
import { canAffect, touchesOf } from './touches.js';

/** Looks at every item of the host, all at once, and keeps what each would change. Reads only. */
export async function planHost(session: HostSession): Promise<void> {
  if (session.reached === undefined) return;
  const { readable, plays } = session.reached;
  const applicable = session.items.filter(canProbe);
  const probed = await probeItems(readable, applicable);
  for (const [item, seen] of probed) session.probed.set(item, seen);
  const pending: Item[] = [];
  for (const play of plays.values()) {
    for (const item of play.items) {
      const result = planItem(item, probed.get(item), pending, session.host.name);
      session.results.set(item, result);
      if (isPending(result)) pending.push(item);
      // A plan that cannot be carried out to its end is not begun.
      if (result.error !== null && item.onFailure === 'stop') session.fail(result.error);
    }
    for (const action of owedActions(play, (item) => pending.includes(item))) {
      session.results.set(action, taskResult(action, { status: 'pending', changes: [actionChange()] }));
    }
  }
}

function isPending(result: TaskResult): boolean {
  return result.status === 'pending' || result.status === 'unknown';
}

function planItem(item: Item, seen: Probed | undefined, pending: readonly Item[], host: string): TaskResult {
  if (item.skipReason !== undefined) return taskResult(item, { status: 'skipped', reason: item.skipReason });
  const isChanged = (id: string): boolean => pending.some((earlier) => earlier.id === id);
  if (item.condition?.(isChanged) === false)
    return taskResult(item, { status: 'skipped', reason: NOT_CHANGED });
  if (item.late !== undefined) return planLate(item, item.late, { pending, host });
  if (seen === undefined)
    return taskResult(item, { status: 'failed', error: neverKnown(item, 'not looked at', host) });
  if (seen.is === 'failed') return taskResult(item, { status: 'failed', error: seen.error });
  if (seen.is === 'known') {
    const changes = changesDue(item, seen.changes);
    return taskResult(item, { status: changes.length === 0 ? 'ok' : 'pending', changes });
  }
  const cause = pending.findLast((earlier) => canAffect(touchesOf(earlier), touchesOf(item)));
  if (cause === undefined)
    return taskResult(item, { status: 'failed', error: neverKnown(item, seen.reason, host) });
  return taskResult(item, { status: 'unknown', reason: `${seen.reason}; known after "${cause.name}"` });
}

/** An item that is made of what others print: they have to be about to run. */
function planLate(
  item: Item,
  { needs }: LateItem,
  { pending, host }: { readonly pending: readonly Item[]; readonly host: string },
): TaskResult {
  const missing = needs.find((name) => !pending.some(({ printsAs }) => printsAs === name));
  if (missing !== undefined)
    return taskResult(item, { status: 'failed', error: noResult(item, missing, host) });
  return taskResult(item, { status: 'unknown', reason: `made of what "${needs.join('", "')}" prints` });
}

/** Why an item with `when: { changed: … }` is left out. */
export const NOT_CHANGED = 'what it waits for did not change';

/** The error for an item that cannot be looked at, with nothing before it that could mend that. */
function neverKnown(item: Item, reason: string, host: string): HomelabError {
  return new HomelabError({
    code: 'engine/nothing-to-manage',
    message: reason,
    hint: 'Add an item before this one that brings it (a package, a file, a unit), or correct the name.',
    host,
    task: item.name,
    source: item.source,
  });
}

/** Why an item cannot be decided when its turn has come: its probe failed, or there is still nothing to look at. */
export function notDecidable(
  item: Item,
  seen: Exclude<Probed, { is: 'known' }> | undefined,
  host: string,
): HomelabError {
  return seen?.is === 'failed' ? seen.error : neverKnown(item, seen?.reason ?? 'not looked at', host);
}

/** The actions that a play owes, in their written order, given which items changed. */
export function owedActions(play: HostPlay, isChanged: (item: Item) => boolean): Item[] {
  const owed = new Set(play.items.filter(isChanged).flatMap((item) => item.onChange));
  return [...play.actions].filter(([name]) => owed.has(name)).map(([, action]) => action);
}

/** What an item is about to change: its differences and, where it is an action that `when: { changed: … }` lets run, that. */
export function changesDue(item: Item, differences: readonly Change[]): readonly Change[] {
  return item.task.isAction?.(item.params) === true ? [actionChange(), ...differences] : differences;
}

/** How an action that is due shows in a plan. */
export function actionChange(): Change {
  return { field: 'run', before: 'not yet', after: 'once' };
}
