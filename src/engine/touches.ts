import type { Item } from '../core/item.js';

/** What an item may alter; undefined: anything, as one may that is not complete. One that is left out alters nothing. */
export function touchesOf(item: Item): readonly string[] | undefined {
  if (item.skipReason !== undefined) return [];
  return item.late === undefined ? item.task.touches?.(item.params) : undefined;
}

/** Whether an item that touches this may alter any other, whatever else it names. */
export function isBarrier(touches: readonly string[] | undefined): boolean {
  return touches === undefined || touches.includes('anything');
}

/** Whether applying an item that touches `first` may change what a probe of one that touches `second` saw. */
export function canAffect(
  first: readonly string[] | undefined,
  second: readonly string[] | undefined,
): boolean {
  // What touches nothing looks at nothing that could change.
  if (second?.length === 0) return false;
  if (first === undefined || isBarrier(first)) return true;
  // A barrier's own probe may have looked anywhere.
  if (second === undefined) return true;
  return first.some((one) => second.some((other) => overlaps(one, other)));
}

function overlaps(a: string, b: string): boolean {
  if (a === b) return true;
  return a.startsWith('path:') && b.startsWith('path:') && (isInside(a, b) || isInside(b, a));
}

/** Whether one touched path lies in another. */
export function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
