import type { Item } from '../core/item.js';
import type { NamelessItem } from './compile-item.js';

/** Ids `play/item`, or `play/role/item`, of the items of one play, each given once. */
export class ItemIds {
  readonly #play: string;
  readonly #given = new Set<string>();

  /** `play` is unique among the plays, e.g. one of {@link playSlugs}. */
  constructor(play: string) {
    this.#play = play;
  }

  /** `role`: the item's own, which stands between the play and its name. */
  give(item: NamelessItem, name: string = item.name, role?: string): Item {
    const start = role === undefined ? this.#play : `${this.#play}/${role}`;
    const id = nextFree(`${start}/${slug(name) || item.kind}`, this.#given);
    return { ...item, id };
  }
}

/** The names of plays as their items' ids begin, in their order: no two are the same. */
export function playSlugs(names: readonly string[]): readonly string[] {
  const given = new Set<string>();
  return names.map((name) => nextFree(slug(name) || 'play', given));
}

/** `base`, or with the first number behind it that makes it new; it is taken then. */
export function nextFree(base: string, given: Set<string>): string {
  let id = base;
  for (let count = 2; given.has(id); count++) id = `${base}-${count}`;
  given.add(id);
  return id;
}

/** Lower case, dashes for everything but letters and digits. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
}
