import type { Fingerprints } from '../../core/fingerprint.js';
import type { MaybeState, StateValue } from '../../core/state.js';
import type { Prints } from './host-memory.js';
import { isSecret as isSecretValue } from './host-print.js';

/** How fingerprints of an item are made. */
export interface PrintOptions {
  readonly prints: Fingerprints;
  readonly isSensitive: boolean;
}

/**
 * The fingerprint of each field that was seen. One of a secret is slow to make: where one is `known`, it is taken to be the
 * same. So that is for an item that was as wanted all the time.
 */
export function printsOf(
  seen: MaybeState,
  { prints, isSensitive }: PrintOptions,
  known: Prints | undefined,
): Prints {
  if (seen === null) return null;
  const print = (field: string, value: StateValue): string => {
    const isSecret = isSensitive || isSecretValue(value);
    const before = isSecret && known?.[field];
    return typeof before === 'string' ? before : prints.of(value, { isSecret });
  };
  return Object.fromEntries(Object.entries(seen).map(([field, value]) => [field, print(field, value)]));
}

/** The fingerprint that a field had; a thing that was there or not answers for the field `state`, as in a diff. */
export function printOf(known: Prints, field: string, { prints, isSensitive }: PrintOptions): string {
  const own = known === null || !Object.hasOwn(known, field) ? undefined : known[field];
  if (own !== undefined) return own;
  const value = field === 'state' ? (known === null ? 'absent' : 'present') : null;
  return prints.of(value, { isSecret: isSensitive });
}
