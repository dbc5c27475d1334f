import type { Item } from '../core/item.js';

/**
 * The items that roles ask of a host, with those that their kind makes one of joined at the place of the last of them.
 * Whether an item with a condition is done shows in the run, so it stays by itself.
 */
export function joinItems(items: readonly Item[]): Item[] {
  const joined: Item[] = [];
  for (const item of items) {
    const [at, one] = joinedWith(joined, item) ?? [joined.length, item];
    joined.splice(at, 1);
    joined.push(one);
  }
  return joined;
}

/** The first earlier item that `later` can be one with, its index, and what both are then. */
function joinedWith(items: readonly Item[], later: Item): readonly [number, Item] | undefined {
  if (!isJoinable(later)) return undefined;
  for (const [index, item] of items.entries()) {
    const isAlike = item.kind === later.kind && item.guarded === later.guarded && isJoinable(item);
    const params = isAlike ? later.task.join?.(item.params, later.params) : undefined;
    if (params !== undefined) return [index, both(item, later, params)];
  }
  return undefined;
}

function both(item: Item, later: Item, params: unknown): Item {
  return {
    ...later,
    params,
    name: `${item.name}, ${later.name}`,
    onChange: [...new Set([...item.onChange, ...later.onChange])],
    sensitive: item.sensitive || later.sensitive,
  };
}

function isJoinable({ task, params, condition, late, skipReason }: Item): boolean {
  return (
    task.join !== undefined &&
    params !== undefined &&
    condition === undefined &&
    late === undefined &&
    skipReason === undefined
  );
}
