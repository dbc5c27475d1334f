import * as z from 'zod';

/** Fingerprints by field; null: the thing was absent. */
const printsSchema = z.record(z.string(), z.string()).nullable();

const itemSchema = z.object({
  kind: z.string(),
  subject: z.string().optional(),
  /** When it was last seen as wanted, milliseconds since 1970. */
  at: z.number(),
  prints: printsSchema,
});

/** Items of a host as they were when they were last as wanted, by id. */
export const itemsSchema = z.record(z.string(), itemSchema);

export type Prints = z.output<typeof printsSchema>;
export type KnownItem = z.output<typeof itemSchema>;
export type KnownItems = z.output<typeof itemsSchema>;

/** Items that no check has asked for in so long are forgotten, milliseconds. */
const LONGEST_MS = 180 * 86_400_000;

/** What is known without what nobody has asked for in half a year. */
export function withoutForgotten(items: KnownItems, nowMs: number): KnownItems {
  return Object.fromEntries(Object.entries(items).filter(([, { at }]) => nowMs - at < LONGEST_MS));
}

/** What is needed of an item to find it again. */
export interface ItemName {
  readonly id: string;
  readonly kind: string;
  readonly subject?: string | undefined;
}

/**
 * What is known of an item: by its id or, where it was given another name since, by what it is about: of names that nobody uses any
 * more the last one, as long as that is clear. `current`: ids of all items there are now.
 */
export function knownItem(
  items: KnownItems,
  { id, kind, subject }: ItemName,
  current: ReadonlySet<string>,
): KnownItem | undefined {
  if (Object.hasOwn(items, id)) return items[id];
  if (subject === undefined) return undefined;
  const [last, other] = Object.entries(items)
    .filter(([name, known]) => !current.has(name) && known.kind === kind && known.subject === subject)
    .map(([, known]) => known)
    .toSorted((one, two) => two.at - one.at);
  return last?.at === other?.at ? undefined : last;
}
