import type { DriftHistory } from '../core/drift.js';
import { EXIT } from '../core/exit-codes.js';
import { Fingerprints } from '../core/fingerprint.js';
import type { DriftResult, RunResult } from '../core/result.js';
import type { HostObservations } from '../engine/observations.js';
import { recount } from './compare/check-outcome.js';
import { explainHost, type Explained } from './compare/explain-host.js';
import type { DriftStore } from './store/drift-store.js';

/** A run that has come to its end, and what it saw. */
export interface SeenRun {
  readonly result: RunResult;
  readonly observations: readonly HostObservations[];
  /** When it began. */
  readonly at: Date;
}

/**
 * Remembers what a run found as wanted, or has made so: from now on that is what hosts are compared with. What was not as
 * wanted, and is now, has come to its end.
 */
export function rememberApplied(store: DriftStore, run: SeenRun): void {
  for (const { result, items, episodes } of explainHosts(store, run)) {
    store.saveKnownItems(result.host, items);
    for (const episode of episodes.filter(({ until }) => until !== null)) store.saveEpisode(episode);
  }
}

/** Tells why each item that a check found differs, and since when, and remembers the check. */
export function rememberCheck(store: DriftStore, check: DriftResult, observed: SeenRun): DriftResult {
  const busy = new Set(check.drift.hosts.filter(({ state }) => state === 'busy').map(({ host }) => host));
  const observations = observed.observations.filter(({ host }) => !busy.has(host));
  const explained = explainHosts(store, { ...observed, result: check, observations });
  for (const { result, items, episodes } of explained) {
    store.saveKnownItems(result.host, items);
    for (const episode of episodes) store.saveEpisode(episode);
  }
  const results = new Map(explained.map(({ result }) => [result.host, result]));
  const outcome = recount({ ...check, hosts: check.hosts.map((host) => results.get(host.host) ?? host) });
  const { run, durationMs, exitCode, drift } = outcome;
  if (exitCode !== EXIT.interrupted)
    store.addCheck({ run, at: drift.at, durationMs, exitCode, hosts: drift.hosts });
  return outcome;
}

/** What the page of a fleet shows of the past. */
export function readHistory(store: DriftStore): DriftHistory {
  return store.history({ checks: 200, episodes: 500 });
}

function explainHosts(store: DriftStore, { result, observations, at }: SeenRun): Explained[] {
  const prints = new Fingerprints(store.salt);
  return observations.flatMap((seen) => {
    const own = result.hosts.find(({ host }) => host === seen.host);
    if (own === undefined) return [];
    const memory = { items: store.knownItems(seen.host), open: store.openEpisodes(seen.host) };
    return [explainHost(memory, { result: own, observations: seen, at, prints })];
  });
}
