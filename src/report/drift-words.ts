import type { DriftCause, DriftState } from '../core/drift.js';

/** States in the order that people want to know of them. */
export const STATE_ORDER: readonly DriftState[] = ['drifted', 'lost', 'busy', 'off', 'in-sync'];

export const STATE_WORDS: Readonly<Record<DriftState, string>> = {
  drifted: 'drifted',
  lost: 'lost',
  busy: 'busy',
  off: 'off',
  'in-sync': 'in sync',
};

/** What a state means, for whoever reads it for the first time. */
export const STATE_MEANINGS: Readonly<Record<DriftState, string>> = {
  drifted: 'not as the inventory says',
  lost: 'could not be checked',
  busy: 'being applied to',
  off: 'optional, and not reached',
  'in-sync': 'as the inventory says',
};

export const CAUSE_WORDS: Readonly<Record<DriftCause, string>> = {
  host: 'changed on the host',
  inventory: 'pending',
  both: 'changed on the host, and pending',
};
