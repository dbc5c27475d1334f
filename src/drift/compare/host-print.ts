import { Content } from '../../core/content.js';
import type { Fingerprints } from '../../core/fingerprint.js';
import type { HostResult } from '../../core/result.js';
import { Secret } from '../../core/secret.js';
import type { MaybeState, StateValue } from '../../core/state.js';
import type { HostObservations } from '../../engine/observations.js';

/**
 * One fingerprint of all that was seen of a host where everything is as wanted; undefined where it is not. Secrets are left out of
 * it: that they are as wanted is enough, and to guess one from a fingerprint has to be slow.
 */
export function hostPrint(
  { tasks, error }: HostResult,
  { items }: HostObservations,
  prints: Fingerprints,
): string | undefined {
  if (error !== null || tasks.some(({ status }) => status !== 'ok' && status !== 'skipped')) return undefined;
  const seen = new Map(items.map((item) => [item.id, item.seen]));
  const shown = tasks
    .filter(({ status }) => status === 'ok')
    .map(({ id, kind, subject, sensitive }) => [
      id,
      kind,
      subject,
      sensitive || withoutSecrets(seen.get(id)),
    ]);
  return prints.of(shown);
}

function withoutSecrets(state: MaybeState | undefined): unknown {
  if (state === null || state === undefined) return state;
  return Object.entries(state).map(([field, value]) => [field, isSecret(value) || value]);
}

/** Whether a value must not be guessed. */
export function isSecret(value: StateValue): boolean {
  return value instanceof Secret || (value instanceof Content && value.isSecret);
}
