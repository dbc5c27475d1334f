import { schemaProblems, type SchemaResult } from '../yaml/schema-problems.js';
import type { RawItem } from './raw-item.js';

/** Parameters that were parsed, and what came of it. */
interface Parsed {
  readonly value: unknown;
  readonly result: SchemaResult<unknown>;
}

/** How many different parameters of one item are remembered: hosts differ by group more often than each by itself. */
const MOST_KEPT = 6;
const keptByItem = new WeakMap<RawItem, readonly Parsed[]>();

/** What the schema of an item's kind makes of parameters. Most hosts ask for the same, so that is done once. */
export function parseForItem(raw: RawItem, value: unknown): SchemaResult<unknown> {
  const kept = keptByItem.get(raw) ?? [];
  const known = kept.find((one) => isSame(one.value, value));
  if (known !== undefined) return known.result;
  const result = schemaProblems(value, raw.task.params);
  keptByItem.set(raw, [{ value, result }, ...kept].slice(0, MOST_KEPT));
  return result;
}

/** Whether two rendered values hold the same; values with a class of their own only where they are one. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const prototype: unknown = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b)) return false;
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
