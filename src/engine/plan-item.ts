import { HomelabError } from '../core/errors.js';
import type { Item, LateItem } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import type { Change } from '../core/state.js';
import { causeOf, deciderOf, foresightOf, makerOf, removerOf, type Pending } from './foresight.js';
import { noResult } from './late-items.js';
import { isLet, type Debts } from './owed-actions.js';
import type { Probed } from './probe-item.js';
import { sayMissing } from './requirements.js';
import { taskResult } from './task-result.js';
import { touchesOf } from './touches.js';

interface Planning {
  /** What would be applied before it, in order. */
  readonly pending: readonly Pending[];
  /** What it requires and the host has not. */
  readonly missing: readonly string[];
  readonly host: string;
  readonly ledger: Debts;
}

type Known = Extract<Probed, { is: 'known' }>;

/** Why an item with `when: { changed: … }` is left out. */
export const NOT_CHANGED = 'what it waits for did not change';

/**
 * What the plan shows for an item, given what was seen. What an earlier item may still bring about is unknown, and
 * never a failure or a guess.
 */
export function planItem(item: Item, seen: Probed | undefined, planning: Planning): TaskResult {
  const { pending } = planning;
  if (item.skipReason !== undefined) return taskResult(item, { status: 'skipped', reason: item.skipReason });
  const isChanged = (id: string): boolean => pending.some((earlier) => earlier.item.id === id);
  if (!isLet(item, isChanged, planning.ledger))
    return taskResult(item, { status: 'skipped', reason: NOT_CHANGED });
  if (item.late !== undefined) return planLate(item, item.late, planning);
  if (seen?.is === 'known') return planKnown(item, seen, planning);
  if (seen === undefined) return undecided(item, seen, undefined, planning);
  if (seen.is === 'unknown')
    return undecided(item, seen, causeOf(pending, seen.needs ?? touchesOf(item)), planning);
  return undecided(item, seen, seen.isFinal ? undefined : causeOf(pending, touchesOf(item)), planning);
}

function planKnown(item: Item, seen: Known, planning: Planning): TaskResult {
  const { pending } = planning;
  const { hingesOn, doneBy = {} } = foresightOf(item, seen.before);
  const decider = hingesOn && deciderOf(pending, item, hingesOn.things);
  if (hingesOn !== undefined && decider !== undefined) return unknownUntil(item, decider, hingesOn.why);
  const remover = removerOf(pending, item);
  if (remover !== undefined) {
    const reason = `will be gone with "${remover.item.name}"`;
    return isToBeAbsent(seen)
      ? taskResult(item, { status: 'ok', reason })
      : unknownUntil(item, remover, 'that removes it');
  }
  const all = changesDue(item, seen.changes);
  if (all.length === 0) return taskResult(item, { status: 'ok' });
  const makerOfField = (field: string): Pending | undefined => makerOf(pending, [doneBy[field] ?? []].flat());
  const changes = all.filter(({ field }) => makerOfField(field) === undefined);
  const [first] = all;
  if (changes.length === 0 && first !== undefined) {
    const reason = `will be so after "${makerOfField(first.field)?.item.name}"`;
    return taskResult(item, { status: 'ok', reason });
  }
  const lacked = planning.missing.find((thing) => makerOf(pending, [thing]) === undefined);
  if (lacked !== undefined) {
    const reason = sayMissing(lacked);
    return undecided(item, { is: 'unknown', reason }, causeOf(pending, [lacked]), planning);
  }
  return taskResult(item, { status: 'pending', changes, reason: whatItWaitsFor(item, seen, planning) });
}

/** Whether nothing at all is wanted to be there. */
function isToBeAbsent({ after }: Known): boolean {
  return Object.values(after ?? {}).every((value) => value === null || value === 'absent');
}

/** What an item waits for: the last before it that makes what it requires or, where it appears, what it lies in or belongs to. */
function whatItWaitsFor(item: Item, { changes }: Known, { pending, missing }: Planning): string | undefined {
  const isNew = changes.some(({ field, before }) => field === 'state' && before === 'absent');
  const maker = makerOf(pending, [...missing, ...(isNew ? (touchesOf(item) ?? []) : [])]);
  return maker === undefined ? undefined : `will be ${isNew ? 'created' : 'done'} after "${maker.item.name}"`;
}

/** Unknown until `cause`; a failure where there is none. */
function undecided(
  item: Item,
  seen: Exclude<Probed, { is: 'known' }> | undefined,
  cause: Pending | undefined,
  { host }: Planning,
): TaskResult {
  if (seen === undefined || cause === undefined)
    return taskResult(item, { status: 'failed', error: notDecidable(item, seen, host) });
  return unknownUntil(item, cause, seen.is === 'failed' ? firstLine(seen.error.message) : seen.reason);
}

function unknownUntil(item: Item, cause: Pending, why: string): TaskResult {
  return taskResult(item, { status: 'unknown', reason: `unknown until "${cause.item.name}": ${why}` });
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

/** Whether a change is that of an action that is due: nothing of the host differs. */
export function isActionChange({ field, before, after }: Change): boolean {
  const due = actionChange();
  return field === due.field && before === due.before && after === due.after;
}
