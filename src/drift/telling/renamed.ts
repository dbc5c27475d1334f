import type { FoundHost } from './found-hosts.js';
import type { ToldHost } from './told.js';

/**
 * What was told of a host, under the names that its items have now: one that is there no more goes on as the item that acts on the
 * same thing and was not told, as long as each of them is the only one.
 * @param found all items of the host
 */
export function underNewNames(told: ToldHost, found: FoundHost): ToldHost {
  const { about = {} } = told;
  const known = new Set(told.items);
  const gone = told.items.filter((id) => !found.looked.has(id));
  const added = found.items.filter(({ id }) => !known.has(id));
  const now = new Map(
    gone.flatMap((id) => {
      const [next, ...others] = added.filter((item) => item.about !== undefined && item.about === about[id]);
      const isOnly = gone.filter((one) => about[one] === about[id]).length === 1;
      return next !== undefined && others.length === 0 && isOnly ? [[id, next.id] as const] : [];
    }),
  );
  return { ...told, items: told.items.map((id) => now.get(id) ?? id) };
}

/** What the items of `ids` act on, of those that were told and those that were found; nothing where nobody can say. */
export function aboutItems(
  ids: readonly string[],
  told: ToldHost | undefined,
  found: FoundHost,
): Pick<ToldHost, 'about'> {
  const all = { ...told?.about };
  for (const { id, about } of found.items) if (about !== undefined) all[id] = about;
  const kept = ids.flatMap((id) => (Object.hasOwn(all, id) ? [[id, all[id]] as const] : []));
  return kept.length === 0 ? {} : { about: Object.fromEntries(kept) as Record<string, string> };
}
