import type * as z from 'zod';

/** What is left of a mapping when the keys that something is wrong with are left out. */
export interface SoundPart<T> {
  readonly value: T;
  /** Keys that the schema knows and that were given, but wrong; all that it knows where there is no mapping at all. */
  readonly lost: ReadonlySet<string>;
}

/** The keys of `written` that have no mistake, so that others can be held against them. Every key is optional. */
export function soundPart<S extends z.ZodObject>(schema: S, written: unknown): SoundPart<z.output<S>> {
  const isMapping = typeof written === 'object' && written !== null && !Array.isArray(written);
  const known = Object.entries(schema.shape);
  if (!isMapping) return { value: schema.parse({}), lost: new Set(known.map(([key]) => key)) };
  const given = known.filter(([key]) => Object.hasOwn(written, key));
  const valueOf = (key: string): unknown => (written as Readonly<Record<string, unknown>>)[key];
  const sound = given.filter(([key, one]) => one.safeParse(valueOf(key)).success).map(([key]) => key);
  return {
    value: schema.parse(Object.fromEntries(sound.map((key) => [key, valueOf(key)]))),
    lost: new Set(given.map(([key]) => key).filter((key) => !sound.includes(key))),
  };
}
