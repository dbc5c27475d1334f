import type { DriftState, HostCheck, HostMarks, PastCheck } from '../core/drift.js';
import type { DriftResult, HostResult } from '../core/result.js';
import { STATE_ORDER } from './drift-words.js';

/** Checks that the page shows of each host. */
const MOST_CHECKS = 30;

/** What one check found of a host; undefined: it did not look for it. */
export type PastState = HostCheck | undefined;

/** One host as the page shows it. */
export interface HostView {
  readonly name: string;
  readonly check: HostCheck;
  readonly result: HostResult | undefined;
  /** Since when it is in its state; of a drifted one, since when the oldest of its items differs. */
  readonly since: string;
  /** When it was last found in sync as a whole; undefined: not as far as the history goes. */
  readonly inSyncAt: string | undefined;
  readonly marks: HostMarks | undefined;
  /** What the checks of {@link PageModel.checks} found. */
  readonly past: readonly PastState[];
}

/** What the page is made of. */
export interface PageModel {
  readonly result: DriftResult;
  /** By state, in {@link STATE_ORDER}; within one as in the inventory. */
  readonly hosts: readonly HostView[];
  readonly counts: Readonly<Record<DriftState, number>>;
  /** The last ones, this one included, the oldest first. */
  readonly checks: readonly PastCheck[];
}

export function pageModel(result: DriftResult): PageModel {
  const { drift } = result;
  const all = [thisCheck(result), ...(drift.history?.checks ?? []).filter(({ run }) => run !== result.run)];
  const checks = all.slice(0, MOST_CHECKS).toReversed();
  const hosts = drift.hosts
    .map((check) => hostView(check, { result, all, checks }))
    .toSorted((a, b) => STATE_ORDER.indexOf(a.check.state) - STATE_ORDER.indexOf(b.check.state));
  const counts = { drifted: 0, lost: 0, busy: 0, off: 0, 'in-sync': 0 };
  for (const { state } of drift.hosts) counts[state] += 1;
  return { result, hosts, counts, checks };
}

function thisCheck({ run, durationMs, exitCode, drift: { at, hosts } }: DriftResult): PastCheck {
  return { run, at, durationMs, exitCode, hosts };
}

interface Known {
  readonly result: DriftResult;
  /** All that are remembered, the newest first. */
  readonly all: readonly PastCheck[];
  readonly checks: readonly PastCheck[];
}

function hostView(check: HostCheck, { result, all, checks }: Known): HostView {
  const { host: name, state } = check;
  const found = all.flatMap(({ at, hosts }) => {
    const one = hosts.find(({ host }) => host === name);
    return one === undefined ? [] : [{ at, state: one.state }];
  });
  const other = found.findIndex((one) => one.state !== state);
  const begin = found.at(other === -1 ? -1 : other - 1)?.at ?? result.drift.at;
  const own = result.hosts.find(({ host }) => host === name);
  return {
    name,
    check,
    result: own,
    since: state === 'drifted' ? (firstOf(own) ?? begin) : begin,
    inSyncAt: found.find((one) => one.state === 'in-sync')?.at,
    marks: result.drift.marks?.get(name),
    past: checks.map(({ hosts }) => hosts.find(({ host }) => host === name)),
  };
}

function firstOf(own: HostResult | undefined): string | undefined {
  return own?.tasks.flatMap(({ drift }) => drift?.since ?? []).toSorted()[0];
}
