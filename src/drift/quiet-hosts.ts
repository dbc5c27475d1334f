import { EXIT } from '../core/exit-codes.js';
import { Fingerprints } from '../core/fingerprint.js';
import type { HostResult, RunResult } from '../core/result.js';
import type { HostObservations } from '../engine/observations.js';
import { hostPrint } from './compare/host-print.js';
import type { DriftStore } from './store/drift-store.js';
import { readQuietHosts, type QuietHosts } from './store/quiet-checks.js';
import { hasStore } from './store/use-store.js';

/** A host, and what was seen of it. */
interface SavedHost {
  readonly result: HostResult;
  readonly seen: HostObservations;
}

/** What a run found. */
interface Found {
  readonly result: RunResult;
  readonly observations: readonly HostObservations[];
  /** Names of all hosts of the inventory; undefined: nobody asks whether it has lost one. */
  readonly inventory?: ReadonlySet<string> | undefined;
}

/**
 * Whether every host that a run has reached is as wanted, and is what it was when that was remembered in `folder`, and no episode
 * is open of a host that the inventory has lost.
 */
export function isNothingNew(folder: string, { result, observations, inventory }: Found): boolean {
  const { hosts, exitCode } = result;
  if (exitCode !== EXIT.done || !hasStore(folder)) return false;
  const quiet = readQuietHosts(folder);
  if (quiet === undefined) return false;
  if (inventory !== undefined && quiet.open.some((host) => !inventory.has(host))) return false;
  const prints = new Fingerprints(quiet.salt);
  return observations.every((seen) => {
    const known = Object.hasOwn(quiet.prints, seen.host) ? quiet.prints[seen.host] : undefined;
    const own = hosts.find(({ host }) => host === seen.host);
    return known !== undefined && own !== undefined && hostPrint(own, seen, prints) === known;
  });
}

/** What is quiet, where `before` was, once `changed` is saved in the database. */
export function quietHosts(
  store: DriftStore,
  before: QuietHosts | undefined,
  changed: readonly SavedHost[],
): QuietHosts {
  const { salt } = store;
  const prints = new Fingerprints(salt);
  const now = new Map(Object.entries(before?.salt === salt ? before.prints : {}));
  for (const { result, seen } of changed) {
    const print = hostPrint(asChecked(result), seen, prints);
    if (print === undefined || store.openEpisodes(result.host).length > 0) now.delete(result.host);
    else now.set(result.host, print);
  }
  return { salt, prints: Object.fromEntries(now), open: store.openHosts() };
}

/** What was applied is found as wanted by the next check. */
function asChecked(result: HostResult): HostResult {
  const tasks = result.tasks.map((task) =>
    task.status === 'changed' ? { ...task, status: 'ok' as const } : task,
  );
  return { ...result, tasks };
}
