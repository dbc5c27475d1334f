import type { HostConfig } from '../../core/host-config.js';
import type { DriftCause, DriftState, HostCheck } from '../../core/drift.js';
import { EXIT } from '../../core/exit-codes.js';
import {
  looksOff,
  type DriftResult,
  type HostResult,
  type RunResult,
  type TaskResult,
} from '../../core/result.js';
import { isDrifted } from './explain-host.js';

export interface CheckContext {
  readonly hosts: readonly HostConfig[];
  /** Names of those that other runs apply on. */
  readonly busy: ReadonlySet<string>;
  /** When the check began. */
  readonly at: Date;
}

/**
 * The result of a run as that of a drift check: what each host's state is, and the exit code that follows. An optional host
 * that is off, and one that is being applied to, is skipped and no failure.
 */
export function checkOutcome(result: RunResult, { hosts, busy, at }: CheckContext): DriftResult {
  const optional = new Set(hosts.filter((host) => host.optional).map(({ name }) => name));
  const checked = result.hosts.map((host) => {
    const state = stateOf(host, { isBusy: busy.has(host.host), isOptional: optional.has(host.host) });
    return { host: asChecked(host, state), state };
  });
  const states = checked.flatMap(({ host, state }) =>
    state === undefined ? [] : [{ host: host.host, state, items: countsOf(host) }],
  );
  return {
    ...result,
    exitCode: exitCodeOf(result.exitCode, states),
    hosts: checked.map(({ host }) => host),
    drift: { at: at.toISOString(), hosts: states },
  };
}

/** The same check, its counts as its items say by now. */
export function recount(check: DriftResult): DriftResult {
  const results = new Map(check.hosts.map((host) => [host.host, host]));
  const hosts = check.drift.hosts.map((one) => {
    const result = results.get(one.host);
    return result === undefined ? one : { ...one, items: countsOf(result) };
  });
  return { ...check, drift: { ...check.drift, hosts } };
}

interface HostSort {
  readonly isBusy: boolean;
  readonly isOptional: boolean;
}

/** Undefined: the run did not come to it. */
function stateOf(host: HostResult, { isBusy, isOptional }: HostSort): DriftState | undefined {
  if (isBusy) return 'busy';
  if (host.error !== null || host.tasks.some(({ status }) => status === 'failed')) {
    return isOptional && looksOff(host) ? 'off' : 'lost';
  }
  if (host.status === 'skipped') return undefined;
  return host.tasks.some(isDrifted) ? 'drifted' : 'in-sync';
}

function asChecked(host: HostResult, state: DriftState | undefined): HostResult {
  if (state === 'busy') return { ...host, status: 'skipped', tasks: [] };
  if (state === 'drifted') return { ...host, tasks: host.tasks.map(toldApart) };
  if (state !== 'off') return host;
  const notes = [...(host.notes ?? []), `is optional, and off: ${host.error?.message ?? ''}`];
  return { ...host, status: 'skipped', error: null, notes };
}

/** An action says that it is no drift. */
function toldApart(task: TaskResult): TaskResult {
  if (task.isFollowing !== true || task.status !== 'pending') return task;
  return { ...task, reason: 'follows once the above is put right' };
}

function countsOf({ tasks }: HostResult): HostCheck['items'] {
  const count = (wanted: DriftCause): number => tasks.filter(({ drift }) => drift?.cause === wanted).length;
  return { host: count('host'), inventory: count('inventory'), both: count('both') };
}

function exitCodeOf(code: number, states: readonly HostCheck[]): number {
  if (code === EXIT.interrupted) return code;
  if (states.some(({ state }) => state === 'lost')) return EXIT.failed;
  return states.some(({ state }) => state === 'drifted') ? EXIT.pending : EXIT.done;
}
