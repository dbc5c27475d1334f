import * as z from 'zod';

/** What may stand at one place: a union counts as each of its members, an optional as what it holds. */
export type Candidates = readonly z.ZodType[];

/** The schemas behind the wrappers (optional, default, lazy, union, pipe, …) of `schema`. */
export function candidatesOf(schema: z.ZodType): Candidates {
  const known = kept.get(schema);
  if (known !== undefined) return known;
  const found = unwrapped(schema);
  kept.set(schema, found);
  return found;
}

/** Asked for every key of every item of every host. */
const kept = new WeakMap<z.ZodType, Candidates>();

function unwrapped(schema: z.ZodType): Candidates {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((one) => candidatesOf(one as z.ZodType));
  if (schema instanceof z.ZodPipe)
    return [schema.in, schema.out].flatMap((one) => candidatesOf(one as z.ZodType));
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodLazy
  )
    return candidatesOf(schema.unwrap() as z.ZodType);
  return [schema];
}

/** What may stand under `key` of a mapping or list. */
function childrenOf(candidates: Candidates, key: string | number): Candidates {
  return candidates.flatMap((schema) => {
    if (schema instanceof z.ZodObject) {
      const shape = schema.shape as Record<string, z.ZodType>;
      return Object.hasOwn(shape, key) ? candidatesOf(shape[String(key)] as z.ZodType) : [];
    }
    if (schema instanceof z.ZodRecord) return candidatesOf(schema.valueType as z.ZodType);
    if (schema instanceof z.ZodArray) return candidatesOf(schema.element as z.ZodType);
    return [];
  });
}

/** The keys that a mapping at `path` of a value of `schema` may have; empty where any key may be. */
export function knownKeys(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  const candidates = path.reduce<Candidates>(childrenOf, candidatesOf(schema));
  const objects = candidates.filter((one) => one instanceof z.ZodObject);
  return [...new Set(objects.flatMap((one) => Object.keys(one.shape)))];
}

/**
 * `value` without the keys that begin with `x-` and that no schema knows, at every place where only known keys may be.
 * Free mappings (`vars`) keep theirs.
 */
export function withoutIgnoredKeys(value: unknown, candidates: Candidates): unknown {
  return hasIgnoredKeys(value) ? strip(value, candidates) : value;
}

function hasIgnoredKeys(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasIgnoredKeys);
  return Object.entries(value).some(([key, inner]) => key.startsWith('x-') || hasIgnoredKeys(inner));
}

function strip(value: unknown, candidates: Candidates): unknown {
  if (candidates.length === 0) return value;
  if (Array.isArray(value)) return value.map((item, index) => strip(item, childrenOf(candidates, index)));
  if (!isPlainMapping(value)) return value;
  const isFree = candidates.some((one) => one instanceof z.ZodRecord);
  const isStrict = candidates.some((one) => one instanceof z.ZodObject);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, child]) => ({ key, child, children: childrenOf(candidates, key) }))
      .filter(({ key, children }) => !(isStrict && !isFree && key.startsWith('x-') && children.length === 0))
      .map(({ key, child, children }) => [key, strip(child, children)]),
  );
}

/** Not a value with a class of its own, such as a secret. */
function isPlainMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
