import { isLookedAt, type DriftEpisode, type DriftHistory } from '../core/drift.js';
import { EXIT } from '../core/exit-codes.js';
import { Fingerprints } from '../core/fingerprint.js';
import type { DriftResult, RunResult } from '../core/result.js';
import type { HostObservations } from '../engine/observations.js';
import { recount } from './compare/check-outcome.js';
import { endedAt, explainHost, type Explained } from './compare/explain-host.js';
import { isNothingNew, quietHosts } from './quiet-hosts.js';
import type { DriftStore } from './store/drift-store.js';
import {
  addQuietCheck,
  forgetQuietHosts,
  readQuietHosts,
  saveQuietHosts,
  type QuietHosts,
} from './store/quiet-checks.js';
import { inStoreAlone, type StorePlace } from './store/store-lock.js';
import { useStore } from './store/use-store.js';

/** What a run saw of the hosts that it reached. */
export interface Seen {
  readonly observations: readonly HostObservations[];
  /** When it began. */
  readonly at: Date;
}

/**
 * Remembers what a run found as wanted, or has made so: from now on that is what hosts are compared with. What was not as
 * wanted, and is now, has come to its end.
 * @throws HomelabError `drift/no-history`
 */
export async function rememberApplied(
  place: StorePlace,
  { result, ...seen }: Seen & { readonly result: RunResult },
): Promise<void> {
  if (isNothingNew(place.folder, { result, observations: seen.observations })) return;
  await changeStore(place, (store) => {
    const explained = explainHosts(store, result, seen);
    for (const { result, items, episodes } of explained)
      saveHost(store, { host: result.host, items, at: seen.at }, episodes.filter(hasEnded));
    return { answer: undefined, explained };
  });
}

/** What a check saw, and of what it is. */
export interface SeenByCheck extends Seen {
  /** It looked at all items of its hosts: what differed and is asked for no longer has come to its end. */
  readonly isWhole: boolean;
  /** Names of all hosts of the inventory: what differed on another one has come to its end. */
  readonly inventory: ReadonlySet<string>;
}

/**
 * Tells why each item that a check found differs, and since when, and remembers the check.
 * @throws HomelabError `drift/no-history`
 */
export async function rememberCheck(
  place: StorePlace,
  check: DriftResult,
  { isWhole, inventory, ...seen }: SeenByCheck,
): Promise<DriftResult> {
  const busy = new Set(check.drift.hosts.filter(({ state }) => state === 'busy').map(({ host }) => host));
  const free = { ...seen, observations: seen.observations.filter(({ host }) => !busy.has(host)) };
  const isKept = await inStoreAlone(
    place,
    () =>
      isNothingNew(place.folder, { result: check, observations: free.observations, inventory }) &&
      addQuietCheck(place.folder, pastOf(check)),
  );
  if (isKept) return check;
  const lookedAt = new Set(
    check.drift.hosts.filter(({ state }) => isLookedAt(state)).map(({ host }) => host),
  );
  return changeStore(place, (store) => {
    const explained = explainHosts(store, check, { ...free, whole: isWhole ? lookedAt : undefined });
    // Another check that began later may have been faster: what that one saw stays.
    const newest = explained.filter(({ result }) => !store.isSeenSince(result.host, seen.at, new Date()));
    for (const { result, items, episodes, renamed } of newest) {
      const { host, tasks } = result;
      for (const episode of renamed) store.forgetEpisode(episode);
      const isAll = isWhole && lookedAt.has(host);
      const gone = isAll ? endsOfGone(store.openEpisodes(host), tasks, seen.at) : [];
      saveHost(store, { host, items, at: seen.at }, [...episodes, ...gone]);
    }
    endHostsBeside(store, inventory, seen.at);
    const results = new Map(explained.map(({ result }) => [result.host, result]));
    const answer = recount({ ...check, hosts: check.hosts.map((host) => results.get(host.host) ?? host) });
    if (answer.exitCode !== EXIT.interrupted) store.addCheck(pastOf(answer));
    return { answer, explained: newest };
  });
}

/** Ends what differs on hosts that the inventory does not have, unless a check that began later has looked at them. */
function endHostsBeside(store: DriftStore, inventory: ReadonlySet<string>, at: Date): void {
  const gone = store
    .openHosts()
    .filter((host) => !inventory.has(host) && !store.isSeenSince(host, at, new Date()));
  for (const episode of gone.flatMap((host) => store.openEpisodes(host)))
    store.saveEpisode(endedAt(episode, at, 'host-gone'));
}

/** What the page of a fleet shows of the past. @throws HomelabError `drift/no-history` */
export function readHistory(place: StorePlace): Promise<DriftHistory> {
  return useStore(place, (store) => store.history({ checks: 200, episodes: 500 }));
}

/** What is to be answered, and what became of the hosts. */
interface Changed<T> {
  readonly answer: T;
  /** Those of which something was saved. */
  readonly explained: readonly SeenHost[];
}

type SeenHost = Explained & { readonly seen: HostObservations };

/** Changes what is remembered; which hosts are quiet is unknown meanwhile, and is what follows from it afterwards. */
async function changeStore<T>(place: StorePlace, change: (store: DriftStore) => Changed<T>): Promise<T> {
  const { folder } = place;
  const changeAlone = (store: DriftStore): { readonly answer: T; readonly quiet: QuietHosts } => {
    const before = readQuietHosts(folder);
    forgetQuietHosts(folder);
    store.forgetFuture(new Date());
    const { answer, explained } = change(store);
    return { answer, quiet: quietHosts(store, before, explained) };
  };
  const { answer } = await useStore(place, changeAlone, ({ quiet }) => saveQuietHosts(folder, quiet));
  return answer;
}

function saveHost(
  store: DriftStore,
  { host, items, at }: { readonly host: string; readonly items: Explained['items']; readonly at: Date },
  episodes: readonly DriftEpisode[],
): void {
  store.saveKnownItems(host, items, at);
  for (const episode of episodes) store.saveEpisode(episode);
}

function hasEnded({ until }: DriftEpisode): boolean {
  return until !== null;
}

/** Of items that nobody asks for any more: they are not there, or what they are for does not hold. */
function endsOfGone(
  open: readonly DriftEpisode[],
  tasks: Explained['result']['tasks'],
  at: Date,
): DriftEpisode[] {
  const ids = new Set(tasks.filter(({ status }) => status !== 'skipped').map(({ id }) => id));
  return open.filter(({ item }) => !ids.has(item)).map((episode) => endedAt(episode, at, 'not-wanted'));
}

function pastOf({ run, durationMs, exitCode, drift }: DriftResult) {
  return { run, at: drift.at, durationMs, exitCode, hosts: drift.hosts };
}

function explainHosts(
  store: DriftStore,
  { hosts }: RunResult,
  {
    observations,
    at,
    whole,
  }: Seen & {
    /** Hosts all of whose items were looked at. */
    readonly whole?: ReadonlySet<string> | undefined;
  },
): SeenHost[] {
  const prints = new Fingerprints(store.salt);
  return observations.flatMap((seen) => {
    const result = hosts.find(({ host }) => host === seen.host);
    if (result === undefined) return [];
    const memory = { items: store.knownItems(seen.host), open: store.openEpisodes(seen.host) };
    return [
      {
        ...explainHost(memory, { result, observations: seen, at, prints, isWhole: whole?.has(seen.host) }),
        seen,
      },
    ];
  });
}
