import type { DriftCause } from '../../core/drift.js';
import type { Change } from '../../core/state.js';
import { isActionChange } from '../../engine/plan-item.js';
import type { Prints } from './host-memory.js';
import { printOf, type PrintOptions } from './item-prints.js';

/**
 * Why each field of `changes` differs, by comparing three: what it was when it was last as wanted, what it is, and what is
 * wanted now. Nothing known of then: nobody has applied it yet. An action that is owed is nothing that a host is.
 */
export function causesOf(
  changes: readonly Change[],
  known: Prints | undefined,
  options: PrintOptions,
): Record<string, DriftCause> {
  const { prints, isSensitive: isSecret } = options;
  return Object.fromEntries(
    changes.map((change): [string, DriftCause] => {
      const { field, before, after } = change;
      if (known === undefined || isActionChange(change)) return [field, 'inventory'];
      const then = printOf(known, field, options);
      const isMoved = prints.of(after, { isSecret }) !== then;
      const isTouched = prints.of(before, { isSecret }) !== then;
      return [field, isMoved && isTouched ? 'both' : isTouched ? 'host' : 'inventory'];
    }),
  );
}

/** The cause of all together; undefined for none. */
export function jointCause(causes: readonly DriftCause[]): DriftCause | undefined {
  const [first] = causes;
  return first === undefined || causes.every((cause) => cause === first) ? first : 'both';
}
