import type { RedundancyGroup } from '../../core/topology.js';
import type { Loss } from './losses.js';
import type { SoundOrder } from './sound-order.js';

/** Why a host that could have been in a wave is not. */
export type Delay =
  | { readonly kind: 'full' }
  /** It, or what goes down with it, is in a group of which the wave takes so many already. */
  | { readonly kind: 'group'; readonly group: RedundancyGroup; readonly beside: readonly string[] }
  /** It and another of the wave need each other. */
  | { readonly kind: 'torn'; readonly beside: readonly string[] };

/** What is put into waves: hosts by number. */
export interface Schedule {
  readonly losses: readonly Loss[];
  readonly order: SoundOrder;
  readonly groups: readonly RedundancyGroup[];
  /** Hosts that are alone in their wave. */
  readonly isAlone: (number: number) => boolean;
  /** Most hosts of a wave: at least 1. */
  readonly concurrency: number;
}

/** Waves of numbers, and why hosts were put off, the last time counting. */
export interface Scheduled {
  readonly waves: readonly (readonly number[])[];
  readonly delays: ReadonlyMap<number, Delay>;
}

/**
 * Puts `numbers` into waves: each as early as its order lets it, those first that most others wait for. Each wave takes at
 * least one, so it ends.
 */
export function schedule(numbers: readonly number[], plan: Schedule): Scheduled {
  const rank = ranksOf(numbers, plan);
  const waiting = countBefore(numbers, plan);
  const byRank = (one: number, other: number) => (rank.get(other) ?? 0) - (rank.get(one) ?? 0) || one - other;
  const delays = new Map<number, Delay>();
  const waves: number[][] = [];
  let ready = numbers.filter((number) => waiting.get(number) === 0).toSorted(byRank);
  while (ready.length > 0) {
    const wave = nextWave(ready, plan, delays);
    waves.push(wave);
    const taken = new Set(wave);
    const freed: number[] = [];
    for (const next of wave.flatMap((number) => plan.order.after[number] ?? [])) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) freed.push(next);
    }
    ready = [...ready.filter((number) => !taken.has(number)), ...freed].toSorted(byRank);
  }
  return { waves, delays };
}

function nextWave(ready: readonly number[], plan: Schedule, delays: Map<number, Delay>): number[] {
  const wave: number[] = [];
  const taken = new Map<number, number>();
  for (const number of ready) {
    if (wave.length > 0 && plan.isAlone(number)) continue;
    const delay = wave.length === 0 ? undefined : delayOf(number, { wave, taken, plan });
    if (delay !== undefined) {
      delays.set(number, delay);
      continue;
    }
    wave.push(number);
    for (const [group, count] of plan.losses[number]?.byGroup ?? [])
      taken.set(group, (taken.get(group) ?? 0) + count);
    if (plan.isAlone(number)) break;
  }
  return wave;
}

interface Filling {
  readonly wave: readonly number[];
  /** How many hosts of each group the wave takes. */
  readonly taken: ReadonlyMap<number, number>;
  readonly plan: Schedule;
}

function delayOf(number: number, { wave, taken, plan }: Filling): Delay | undefined {
  if (wave.length >= plan.concurrency) return { kind: 'full' };
  const nameOf = (other: number) => plan.losses[other]?.work.host ?? '';
  for (const [index, count] of plan.losses[number]?.byGroup ?? []) {
    const group = plan.groups[index];
    if (group === undefined || (taken.get(index) ?? 0) + count <= group.maxUnavailable) continue;
    const beside = wave.filter((other) => plan.losses[other]?.byGroup.has(index) ?? false);
    return { kind: 'group', group, beside: beside.map(nameOf) };
  }
  const torn = plan.order.torn[number] ?? [];
  if (torn.length === 0) return undefined;
  const beside = wave.filter((other) => torn.includes(other));
  return beside.length === 0 ? undefined : { kind: 'torn', beside: beside.map(nameOf) };
}

function countBefore(numbers: readonly number[], { order }: Schedule): Map<number, number> {
  const counts = new Map(numbers.map((number) => [number, 0]));
  for (const number of numbers)
    for (const next of order.after[number] ?? []) counts.set(next, (counts.get(next) ?? 0) + 1);
  return counts;
}

/** How many waves at least have to follow each: those that wait for it, or the others of its tightest group. */
function ranksOf(numbers: readonly number[], plan: Schedule): ReadonlyMap<number, number> {
  const inGroup = new Map<number, number>();
  for (const number of numbers)
    for (const group of plan.losses[number]?.byGroup.keys() ?? [])
      inGroup.set(group, (inGroup.get(group) ?? 0) + 1);
  const ranks = new Map<number, number>();
  for (const number of laterFirst(numbers, plan)) {
    const groups = [...(plan.losses[number]?.byGroup.keys() ?? [])];
    const tightest = groups.map((group) =>
      Math.ceil((inGroup.get(group) ?? 0) / (plan.groups[group]?.maxUnavailable ?? 1)),
    );
    const after = (plan.order.after[number] ?? []).map((next) => ranks.get(next) ?? 0);
    ranks.set(number, Math.max(most(after) + 1, most(tightest)));
  }
  return ranks;
}

function most(counts: readonly number[]): number {
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

/** Those that others wait for after those that wait for them. */
function laterFirst(numbers: readonly number[], plan: Schedule): readonly number[] {
  const waiting = countBefore(numbers, plan);
  const order = numbers.filter((number) => waiting.get(number) === 0);
  // The list grows while it is walked.
  for (const number of order)
    for (const next of plan.order.after[number] ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) order.push(next);
    }
  return order.toReversed();
}
