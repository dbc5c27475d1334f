import { HomelabError } from '../core/errors.js';
import type { Item, LateItem } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import type { Change } from '../core/state.js';
import { noResult } from './late-items.js';
import type { Probed } from './probe-item.js';
import { taskResult } from './task-result.js';
import { canAffect, touchesOf } from './touches.js';

/** An item that would be applied, and what the plan shows for it. */
export interface Pending {
  readonly item: Item;
  readonly result: TaskResult;
}

interface Planning {
  /** What would be applied before it, in order. */
  readonly pending: readonly Pending[];
  readonly host: string;
}

/** Why an item with `when: { changed: … }` is left out. */
export const NOT_CHANGED = 'what it waits for did not change';

/**
 * What the plan shows for an item, given what was seen. What an earlier item may still bring about is unknown, and
 * never a failure or a guess.
 */
export function planItem(item: Item, seen: Probed | undefined, planning: Planning): TaskResult {
  const { pending, host } = planning;
  if (item.skipReason !== undefined) return taskResult(item, { status: 'skipped', reason: item.skipReason });
  const isChanged = (id: string): boolean => pending.some((earlier) => earlier.item.id === id);
  if (item.condition?.(isChanged) === false)
    return taskResult(item, { status: 'skipped', reason: NOT_CHANGED });
  if (item.late !== undefined) return planLate(item, item.late, planning);
  if (seen?.is === 'known') {
    const changes = changesDue(item, seen.changes);
    if (changes.length === 0) return taskResult(item, { status: 'ok' });
    return taskResult(item, { status: 'pending', changes, reason: whatItWaitsFor(item, seen, pending) });
  }
  const cause =
    seen === undefined || (seen.is === 'failed' && seen.isFinal) ? undefined : causeOf(item, pending);
  if (seen === undefined || cause === undefined)
    return taskResult(item, { status: 'failed', error: notDecidable(item, seen, host) });
  const why = seen.is === 'failed' ? firstLine(seen.error.message) : seen.reason;
  return taskResult(item, { status: 'unknown', reason: `unknown until "${cause.item.name}": ${why}` });
}

/** What an item that appears waits for: the last before it that makes what it lies in or belongs to. */
function whatItWaitsFor(
  item: Item,
  { before }: Extract<Probed, { is: 'known' }>,
  pending: readonly Pending[],
): string | undefined {
  const touches = touchesOf(item);
  if (before !== null || touches === undefined) return undefined;
  const maker = pending.findLast(
    (earlier) => doesMake(earlier) && canAffect(touchesOf(earlier.item) ?? [], touches),
  );
  return maker === undefined ? undefined : `will be created after "${maker.item.name}"`;
}

function doesMake({ result }: Pending): boolean {
  return result.changes.some(({ field, before }) => field === 'state' && before === 'absent');
}

/** The last item before this one that may alter what was seen. */
function causeOf(item: Item, pending: readonly Pending[]): Pending | undefined {
  return pending.findLast((earlier) => canAffect(touchesOf(earlier.item), touchesOf(item)));
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** An item that is made of what others print: they have to be about to run. */
function planLate(item: Item, { needs }: LateItem, { pending, host }: Planning): TaskResult {
  const missing = needs.find((name) => !pending.some((earlier) => earlier.item.printsAs === name));
  if (missing !== undefined)
    return taskResult(item, { status: 'failed', error: noResult(item, missing, host) });
  const names = needs.join('", "');
  return taskResult(item, {
    status: 'unknown',
    reason: `unknown until "${names}" has run: made of what it prints`,
  });
}

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

/** What an item is about to change: its differences and, where it is an action that `when: { changed: … }` lets run, that. */
export function changesDue(item: Item, differences: readonly Change[]): readonly Change[] {
  return item.task.isAction?.(item.params) === true ? [actionChange(), ...differences] : differences;
}

/** How an action that is due shows in a plan. */
export function actionChange(): Change {
  return { field: 'run', before: 'not yet', after: 'once' };
}
