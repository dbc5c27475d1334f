import type { Item } from '../core/item.js';
import type { ReadableHost } from '../core/task.js';
import { existence } from '../probes/existence.js';
import { foresightOf } from './foresight.js';
import type { Probed } from './probe-item.js';

/** Items that are about to change, each with what it requires and the host has not. One read for all, where any requires something. */
export type Missing = ReadonlyMap<Item, readonly string[]>;

/** Looks for what the items that are about to change require. */
export async function findMissing(host: ReadableHost, probed: ReadonlyMap<Item, Probed>): Promise<Missing> {
  const asked = [...probed].flatMap(([item, seen]) => {
    if (seen.is !== 'known' || seen.changes.length === 0) return [];
    return [{ item, requires: foresightOf(item, seen.before).requires ?? [] }];
  });
  const missing = await Promise.all(
    asked.map(async ({ item, requires }) => {
      const isThere = await Promise.all(requires.map((thing) => host.read(existence, thing)));
      return [item, requires.filter((_, index) => isThere[index] === false)] as const;
    }),
  );
  return new Map(missing);
}

/** Says what is missing: `user bob does not exist`. */
export function sayMissing(thing: string): string {
  const [, sort = '', name = ''] = /^([a-z]+):([^]*)$/.exec(thing) ?? [];
  if (sort === 'program') return `the program ${name} is not installed`;
  return `${sort === 'path' ? 'the directory' : sort} ${name} does not exist`;
}
