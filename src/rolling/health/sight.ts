import type { Check } from '../../core/check.js';

/** What one look saw. */
export interface Sight {
  readonly isUp: boolean;
  /** Where it is not up: what was seen, for people. */
  readonly said: string | undefined;
}

/** Asks once. Never rejects. Aborted: it ends what it has begun. */
export type AskCheck = (check: Check, signal: AbortSignal) => Promise<Sight>;

/** It serves. */
export const UP: Sight = { isUp: true, said: undefined };

/** It does not. */
export function down(said: string): Sight {
  return { isUp: false, said };
}

/** What an error says. Node bundles those of several addresses in one that has no words. */
export function wordsOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (error.message !== '') return error.message;
  return first instanceof Error ? first.message : error.name;
}
