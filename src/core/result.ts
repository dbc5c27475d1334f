import type { DriftOutcome, ItemDrift } from './drift.js';
import type { UpgradeOutcome } from './downtime.js';
import type { HomelabError } from './errors.js';
import type { Change } from './state.js';
import type { Timing } from './timings.js';

export type TaskStatus = 'ok' | 'changed' | 'pending' | 'unknown' | 'failed' | 'skipped';
export type HostStatus =
  'ok' | 'changed' | 'pending' | 'drifted' | 'failed' | 'unreachable' | 'skipped' | 'rolled-back';

/** What became of one item on one host. */
export interface TaskResult {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** What it is about, where that has a name of its own: a path, a unit, an account. Shown instead of the name. */
  readonly subject?: string | undefined;
  readonly status: TaskStatus;
  readonly changes: readonly Change[];
  /** In a plan: the change will be undone unless a new login proves it. */
  readonly isGuarded?: true | undefined;
  /** In a plan: it is an action that other items of this plan owe. Nothing of its own differs, and nothing is left of earlier runs. */
  readonly isFollowing?: true | undefined;
  /** Values of this item are secret: shown as `***`, before and after. */
  readonly sensitive: boolean;
  /** Why it is unknown, waits, or was skipped: a whole sentence without its full stop. */
  readonly reason?: string | undefined;
  /** What an apply found other than the plan had shown, e.g. `mode, owner`; undefined: nothing. */
  readonly differsFromPlan?: string | undefined;
  /** Of a drift check: why it differs, and since when; undefined: it does not, or nobody knows. */
  readonly drift?: ItemDrift | undefined;
  readonly error: HomelabError | null;
}

/** What became of one host. */
export interface HostResult {
  readonly host: string;
  readonly status: HostStatus;
  readonly durationMs: number;
  readonly roundTrips: number;
  readonly error: HomelabError | null;
  readonly tasks: readonly TaskResult[];
  /** What a person should know besides: sentences without their full stop. */
  readonly notes?: readonly string[] | undefined;
}

/** One thing of a host that is not as it should be. */
export interface Finding {
  /** The role that looks after it; the play, where it is of none. */
  readonly of: string;
  /** What a person reads. */
  readonly name: string;
  readonly changes: readonly Change[];
  readonly sensitive: boolean;
}

/** What was found on a host before a run and after it. */
export interface HostFindings {
  readonly host: string;
  /** Things that were looked at. */
  readonly looked: number;
  readonly before: readonly Finding[];
  readonly after: readonly Finding[];
}

export interface RunResult {
  readonly command: string;
  readonly run: string;
  readonly exitCode: number;
  readonly durationMs: number;
  readonly hosts: readonly HostResult[];
  /** Where the time went; undefined where nobody asked. */
  readonly timings?: readonly Timing[] | undefined;
  /** What was found before and after; undefined where nobody asked. */
  readonly findings?: readonly HostFindings[] | undefined;
  /** Of an upgrade: its waves, and what was away for how long. */
  readonly upgrade?: UpgradeOutcome | undefined;
  /** Of a drift check. */
  readonly drift?: DriftOutcome | undefined;
}

/** The result of a drift check. */
export interface DriftResult extends RunResult {
  readonly drift: DriftOutcome;
}

/** Why a host that nobody logged in to may be off. */
const OFF_CODES: readonly string[] = [
  'transport/unreachable',
  'transport/timeout',
  'transport/connection-refused',
  'transport/unresolvable',
  'transport/jump-failed',
];

/** Whether all that is known of the host speaks for its being switched off. */
export function looksOff({ error, roundTrips }: Pick<HostResult, 'error' | 'roundTrips'>): boolean {
  return roundTrips === 0 && OFF_CODES.includes(error?.code ?? '');
}

const STATUSES_OF_FAILURE: readonly HostStatus[] = ['failed', 'unreachable', 'rolled-back', 'skipped'];

/** 0 done or in sync, 1 failed or unreachable, 2 changes pending, 130 interrupted; 1 wins over 2, 130 over all. */
export function exitCodeOf(hosts: readonly HostResult[], isInterrupted: boolean): number {
  if (isInterrupted) return 130;
  if (hosts.some((host) => STATUSES_OF_FAILURE.includes(host.status))) return 1;
  return hosts.some((host) => host.status === 'pending' || host.status === 'drifted') ? 2 : 0;
}
