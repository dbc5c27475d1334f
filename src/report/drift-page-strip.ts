import { counted } from '../core/counted.js';
import type { DriftState, PastCheck } from '../core/drift.js';
import { timeText } from './drift-page-time.js';
import type { HostView, PastState } from './drift-page-model.js';
import { STATE_ORDER, STATE_WORDS } from './drift-words.js';
import { markup, type Markup } from './markup.js';

/** All lengths in pixels. */
const STEP = 8;
const BAR = 6;
const HEIGHT = 22;
/** Of a bar for one item that differs, and for each more, up to the whole height. */
const LEAST = 8;
const EACH = 2;

/** Height and look tell states apart where colours do not. */
const LOW: Readonly<Record<Exclude<DriftState, 'drifted' | 'lost'>, number>> = {
  'in-sync': 4,
  busy: 12,
  off: 2,
};

/** What the last checks found of a host: a bar for each, the newest at the right. */
export function stripSvg({ name, past }: HostView, checks: readonly PastCheck[]): Markup {
  const width = checks.length * STEP;
  const bars = past.map((found, index) => bar(found, index, checks[index]?.at ?? ''));
  return markup`<svg class="strip" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="img" aria-label="${name}: ${summary(past)}"><path class="base" d="M0 ${HEIGHT - 0.5}H${width}"/>${bars}</svg>`;
}

function summary(past: readonly PastState[]): string {
  const told = STATE_ORDER.map((state) => ({
    state,
    count: past.filter((found) => found?.state === state).length,
  })).filter(({ count }) => count > 0);
  const looked = past.filter((found) => found !== undefined).length;
  return `${counted(looked, 'check')}: ${told.map(({ state, count }) => `${count} ${STATE_WORDS[state]}`).join(', ')}`;
}

function bar(found: PastState, index: number, at: string): Markup | undefined {
  if (found === undefined) return undefined;
  const { state, items } = found;
  const count = items.host + items.inventory + items.both;
  const height = heightOf(state, count);
  const x = index * STEP + 1;
  const words = state === 'drifted' ? `${STATE_WORDS[state]}, ${counted(count, 'item')}` : STATE_WORDS[state];
  const title = markup`<title>${timeText(at)}: ${words}</title>`;
  // Hollow, so that it is no drift for whoever sees no red.
  if (state === 'lost')
    return markup`<rect class="lost" x="${x + 0.75}" y="${1.75}" width="${BAR - 1.5}" height="${HEIGHT - 3.5}">${title}</rect>`;
  return markup`<rect class="${state}" x="${x}" y="${HEIGHT - 1 - height}" width="${BAR}" height="${height}">${title}</rect>`;
}

function heightOf(state: DriftState, count: number): number {
  if (state === 'lost') return HEIGHT;
  return state === 'drifted' ? Math.min(HEIGHT - 2, LEAST + EACH * Math.max(0, count - 1)) : LOW[state];
}
