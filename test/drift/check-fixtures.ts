import type {
  DriftCause,
  DriftEpisode,
  DriftHistory,
  DriftState,
  HostCheck,
  PastCheck,
} from '../../src/core/drift.js';
import type { DriftResult, HostResult, TaskResult } from '../../src/core/result.js';
import { host, run, task } from '../report/fixtures.js';

export const NOW = '2026-11-22T06:00:00.000Z';

/** An item that differs, of a role where its id says so. */
export function drifted(id: string, cause: DriftCause = 'host', rest: Partial<TaskResult> = {}): TaskResult {
  const drift = { cause, fields: { mode: cause }, since: '2026-11-20T06:00:00.000Z', inSyncAt: null };
  const changes = [{ field: 'mode', before: '0644', after: '0600' }];
  return task(id, { id, status: 'pending', changes, drift, ...rest });
}

export function checked(name: string, state: DriftState, items: Partial<HostCheck['items']> = {}): HostCheck {
  return { host: name, state, items: { host: 0, inventory: 0, both: 0, ...items } };
}

/** A check so many days before {@link NOW}. */
export function past(daysAgo: number, hosts: readonly HostCheck[]): PastCheck {
  const at = new Date(Date.parse(NOW) - daysAgo * 86_400_000).toISOString();
  const exitCode = hosts.some(({ state }) => state === 'lost') ? 1 : 0;
  return { run: `run-${daysAgo}`, at, durationMs: 900, exitCode, hosts };
}

export function episode(hostName: string, item: string, rest: Partial<DriftEpisode> = {}): DriftEpisode {
  const since = '2026-11-18T06:00:00.000Z';
  const what = { name: item, kind: 'file', subject: undefined, cause: 'host' as const };
  return { host: hostName, item, ...what, since, inSyncAt: null, until: null, ended: null, ...rest };
}

const STATUS: Readonly<Record<DriftState, HostResult['status']>> = {
  'in-sync': 'ok',
  drifted: 'drifted',
  lost: 'unreachable',
  off: 'unreachable',
  busy: 'ok',
};

/** A check of hosts, each as its state and its items. */
export function driftResult(
  hosts: Readonly<Record<string, readonly [DriftState, readonly TaskResult[]]>>,
  history?: DriftHistory,
): DriftResult {
  const entries = Object.entries(hosts);
  const results = entries.map(([name, [state, tasks]]) => host(name, STATUS[state], { tasks }));
  const count = (tasks: readonly TaskResult[], cause: DriftCause): number =>
    tasks.filter(({ drift }) => drift?.cause === cause).length;
  const checks = entries.map(([name, [state, tasks]]) =>
    checked(name, state, {
      host: count(tasks, 'host'),
      inventory: count(tasks, 'inventory'),
      both: count(tasks, 'both'),
    }),
  );
  return { ...run('drift', results), drift: { at: NOW, hosts: checks, history } };
}
