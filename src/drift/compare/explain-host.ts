import type { DriftEpisode, EpisodeEnd, ItemDrift } from '../../core/drift.js';
import type { Fingerprints } from '../../core/fingerprint.js';
import type { HostResult, TaskResult } from '../../core/result.js';
import type { HostObservations, Observation } from '../../engine/observations.js';
import { isActionChange } from '../../engine/plan-item.js';
import { causesOf, jointCause } from './drift-causes.js';
import { knownItem, withoutForgotten, type KnownItem, type KnownItems } from './host-memory.js';
import { printsOf } from './item-prints.js';

/** What is known of a host before it is looked at. */
export interface HostMemory {
  readonly items: KnownItems;
  /** Those of the host that have not ended. */
  readonly open: readonly DriftEpisode[];
}

/** What a run saw of a host, at a time. */
export interface HostLook {
  readonly result: HostResult;
  readonly observations: HostObservations;
  readonly at: Date;
  readonly prints: Fingerprints;
  /** It looked at all items of the host: what it did not look at is there no more, or has another name. */
  readonly isWhole?: boolean | undefined;
}

/** What a look makes of what was known. */
export interface Explained {
  /** Every task that differs with why, and since when. */
  readonly result: HostResult;
  readonly items: KnownItems;
  /** Episodes that began, went on or ended; the rest of them stays as it was. */
  readonly episodes: readonly DriftEpisode[];
  /** Episodes that go on under another name, as they were. */
  readonly renamed: readonly DriftEpisode[];
}

/** Compares what was seen of a host with what it was when it was last as wanted. Pure. */
export function explainHost(memory: HostMemory, look: HostLook): Explained {
  const { result, observations, at } = look;
  const ids = new Set(result.tasks.map(({ id }) => id));
  const items: Record<string, KnownItem> = { ...withoutForgotten(memory.items, at.getTime()) };
  const episodes: DriftEpisode[] = [];
  const renamed: DriftEpisode[] = [];
  const observed = new Map(observations.items.map((one) => [one.id, one]));
  const tasks = result.tasks.map((task) => {
    const seen = observed.get(task.id);
    const known = isOwed(task) ? undefined : knownItem(memory.items, task, ids);
    const open = openOf(memory.open, task, look.isWhole === true ? ids : undefined);
    if (isInSync(task)) {
      const now = knownNow(task, seen, { look, known, open });
      if (now !== undefined) items[task.id] = now;
      if (open !== undefined) episodes.push(endedAt(open, at));
      return task;
    }
    if (!isDrifted(task)) return task;
    const drift = driftOf(task, { look, known, open });
    episodes.push(episodeOf(result.host, task, drift));
    if (open !== undefined && open.item !== task.id) renamed.push(open);
    return { ...task, drift };
  });
  return { result: { ...result, tasks }, items, episodes, renamed };
}

/** An episode that a look has found over: never before it began, whichever of two looks beside each other is kept first. */
export function endedAt(episode: DriftEpisode, at: Date, ended: EpisodeEnd = 'in-sync'): DriftEpisode {
  const until = at.toISOString();
  return { ...episode, until: until < episode.since ? episode.since : until, ended };
}

/** The episode of an item; `current`, ids of all items: also the only one of that kind and subject that began under a name there is no more. */
function openOf(
  open: readonly DriftEpisode[],
  { id, kind, subject }: TaskResult,
  current: ReadonlySet<string> | undefined,
): DriftEpisode | undefined {
  const own = open.find(({ item }) => item === id);
  if (own !== undefined || current === undefined || subject === undefined) return own;
  const [former, ...others] = open.filter(
    (one) => !current.has(one.item) && one.kind === kind && one.subject === subject,
  );
  return others.length === 0 ? former : undefined;
}

/** One that is left alone for a reason will be as wanted, by what another item is to do. */
function isInSync({ status, reason }: TaskResult): boolean {
  return status === 'changed' || (status === 'ok' && reason === undefined);
}

/**
 * Whether it is known not to be as wanted. What cannot be told before something else is done is no less so; an action that only
 * follows from other items is: nothing of its own differs.
 */
export function isDrifted({ status, isFollowing }: Pick<TaskResult, 'status' | 'isFollowing'>): boolean {
  return (status === 'pending' && isFollowing !== true) || status === 'unknown';
}

/** Whether all there is of it is an action that an earlier run owes: nobody has ever seen that in sync. */
function isOwed({ changes }: TaskResult): boolean {
  return changes.length > 0 && changes.every(isActionChange);
}

function episodeOf(host: string, task: TaskResult, drift: ItemDrift): DriftEpisode {
  const { id: item, name, kind, subject } = task;
  const { cause, since, inSyncAt } = drift;
  return { host, item, name, kind, subject, cause, since, inSyncAt, until: null, ended: null };
}

interface Known {
  readonly look: HostLook;
  readonly known: KnownItem | undefined;
  readonly open?: DriftEpisode | undefined;
}

function knownNow(
  { kind, subject, sensitive, status }: TaskResult,
  seen: Observation | undefined,
  { look: { at, prints }, known, open }: Known,
): KnownItem | undefined {
  if (seen?.seen === undefined) return undefined;
  const isChanged = status === 'changed' || open !== undefined;
  const before = isChanged ? undefined : known?.prints;
  return {
    kind,
    ...(subject === undefined ? {} : { subject }),
    at: at.getTime(),
    prints: printsOf(seen.seen, { prints, isSensitive: sensitive }, before),
  };
}

function driftOf(task: TaskResult, { look: { at, prints }, known, open }: Known): ItemDrift {
  const fields = causesOf(task.changes, known?.prints, { prints, isSensitive: task.sensitive });
  return {
    // Of what cannot be known yet no field is: it is not as it was, if ever it was.
    cause: jointCause(Object.values(fields)) ?? (known === undefined ? 'inventory' : 'host'),
    fields,
    since: open?.since ?? at.toISOString(),
    // A clock that was wrong may have noted a time that is still to come.
    inSyncAt:
      open?.inSyncAt ??
      (known === undefined ? null : new Date(Math.min(known.at, at.getTime())).toISOString()),
  };
}
