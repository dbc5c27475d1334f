import type { DriftState } from '../core/drift.js';
import { STATE_ORDER } from './drift-words.js';
import { markup, rawMarkup, type Markup } from './markup.js';

/** On a field of 16 by 16: a sign of inequality, a cross, a clock, a switch, a tick. */
const PATHS: Readonly<Record<DriftState, string>> = {
  drifted: 'M3 6h10M3 10h10M10.5 3l-5 10',
  lost: 'M4 4l8 8M12 4l-8 8',
  busy: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M8 5.2V8l2 1.6',
  off: 'M8 2.5V8M5.2 4.3a4.8 4.8 0 1 0 5.6 0',
  'in-sync': 'M3 8.5l3.2 3.2L13 4.8',
};

/** The signs of all states, once for the whole page. */
export function iconSheet(): Markup {
  const symbols = STATE_ORDER.map((state) =>
    rawMarkup(`<symbol id="icon-${state}" viewBox="0 0 16 16"><path d="${PATHS[state]}"/></symbol>`),
  );
  return markup`<svg class="sheet" aria-hidden="true" width="0" height="0">${symbols}</svg>`;
}

/** The sign of a state, beside its word: it says nothing of its own. */
export function icon(state: DriftState): Markup {
  return markup`<svg class="icon" aria-hidden="true" width="16" height="16"><use href="#icon-${state}"/></svg>`;
}
