import type { Item } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import type { MaybeState } from '../core/state.js';
import { namesakesOf } from '../core/namesakes.js';
import type { Foresight } from '../core/task.js';
import { canAffect, isInside, touchesOf } from './touches.js';

/** An item that would be applied, and what the plan shows for it. */
export interface Pending {
  readonly item: Item;
  readonly result: TaskResult;
  /** What it brings into being: nothing, where it only changes or removes what is there. */
  readonly made: readonly string[];
  readonly removed: readonly string[];
}

/** An item that would be applied, with what a plan has to know of it for later ones. `before`: as observed. */
export function toPending(item: Item, result: TaskResult, before: MaybeState = null): Pending {
  const touches = touchesOf(item);
  const subject = touches?.slice(0, 1) ?? [];
  const { makes = subject, removes = subject } = foresightOf(item, before);
  const isNew = result.changes.some(({ field, before }) => field === 'state' && before === 'absent');
  const isGoing = result.changes.some(({ field, after }) => field === 'state' && after === 'absent');
  // Nobody can tell of a barrier what of it was there.
  const isMaker = isNew || result.status === 'unknown' || touches === undefined;
  return { item, result, made: isMaker ? makes : [], removed: isGoing ? removes : [] };
}

/** Where an administrator's programs lie; what packages bring lies elsewhere. */
const PROGRAM_FOLDERS = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin'];

/** What a plan has to know of the item; nothing of one that is left out or not complete. */
export function foresightOf(item: Item, before: MaybeState = null): Foresight {
  const isWhole = item.skipReason === undefined && item.late === undefined;
  return isWhole ? (item.task.foresight?.(item.params, before) ?? {}) : {};
}

/** A needed thing in the words in which items say what they make. */
function waysTo(thing: string): readonly string[] {
  const [, sort = '', name = ''] = /^([a-z]+):([^]*)$/.exec(thing) ?? [];
  if (sort === 'user' || sort === 'group') return [`account:${name}`];
  if (sort !== 'program') return [thing];
  return [`package:${name}`, ...PROGRAM_FOLDERS.map((folder) => `path:${folder}/${name}`)];
}

/** The last item that makes one of `things`, or what one of them lies in. */
export function makerOf(pending: readonly Pending[], things: readonly string[]): Pending | undefined {
  const ways = things.flatMap(waysTo);
  return pending.findLast(({ made }) => ways.some((way) => made.some((one) => brings(one, way))));
}

/** What decides over an item that hinges on `things`: what makes the first of them, else the next. */
export function deciderOf(
  pending: readonly Pending[],
  { kind }: Item,
  things: readonly string[],
): Pending | undefined {
  const deciders = things.map((thing) =>
    thing === 'anything' ? pending.findLast(({ item }) => item.kind !== kind) : makerOf(pending, [thing]),
  );
  return deciders.find((one) => one !== undefined);
}

/**
 * The last item that may bring one of `things` (undefined: nobody knows what is needed), as near as can be told: one
 * that makes it, then a package that is called like it, then one that installs packages, then one that touches it, then
 * one that may alter anything.
 */
export function causeOf(
  pending: readonly Pending[],
  things: readonly string[] | undefined,
): Pending | undefined {
  const ways = things?.flatMap(waysTo);
  const able = pending.filter(({ item }) => canAffect(touchesOf(item), ways));
  const likely = [
    ({ made }: Pending): boolean => made.some((thing) => thing.startsWith('package:')),
    ({ item }: Pending): boolean => ways !== undefined && touchesOf(item) !== undefined,
    (): boolean => true,
  ];
  const maker = things && (makerOf(able, things) ?? makerOf(able, things.flatMap(namesakesOf)));
  return maker ?? likely.map((isIt) => able.findLast(isIt)).find((earlier) => earlier !== undefined);
}

/** The last item that removes what `item` is about, or what that lies in. */
export function removerOf(pending: readonly Pending[], item: Item): Pending | undefined {
  const [subject] = touchesOf(item) ?? [];
  if (subject === undefined) return undefined;
  return pending.findLast(({ removed }) => removed.some((thing) => brings(thing, subject)));
}

/** Whether `thing` is or lies in what was made. */
function brings(made: string, needed: string): boolean {
  return made === needed || (made.startsWith('path:') && isInside(needed, made));
}
