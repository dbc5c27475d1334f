import type { PackageUpgrade } from '../../core/drain.js';
import {
  afterGuestEntry,
  drainedGuests,
  guestEntries,
  isOfGuest,
  type GuestMemories,
  type GuestMemory,
} from './guest-memory.js';
import type { UpgradeEntry, UpgradeRequest } from './upgrade-entry.js';

/** What is remembered of a host that an upgrade has begun and not finished. */
export interface HostMemory {
  /** Boot id it had when it was begun. */
  readonly boot: string;
  /** What was not well then already, e.g. failed units. */
  readonly state: readonly string[];
  /** What was to be upgraded. */
  readonly packages: readonly PackageUpgrade[];
  /** How each drain adapter found it, by label. */
  readonly drains: ReadonlyMap<string, unknown>;
  /** Names of the services that ran when it was begun: they have to again. */
  readonly services: ReadonlySet<string>;
  /** Labels of drains that were begun and not undone. */
  readonly drained: ReadonlySet<string>;
  readonly hasSnapshot: boolean;
  /** Id of the job that upgrades it; undefined: none was started. */
  readonly job: string | undefined;
  readonly isUpgraded: boolean;
  /** Id of the job that takes its upgrade back; undefined: none was started. */
  readonly backJob: string | undefined;
  /** Boot id that it was asked to leave; undefined: it was not. */
  readonly rebootedFrom: string | undefined;
  readonly isRestarted: boolean;
  /** What ran on it when it was to boot. */
  readonly guests: GuestMemories;
}

/** An earlier upgrade, as its journal tells it. */
export interface EarlierUpgrade {
  readonly run: string;
  readonly request: UpgradeRequest;
  /** Hosts in the middle of it, in the order they were begun. */
  readonly unfinished: ReadonlyMap<string, HostMemory>;
  readonly done: ReadonlySet<string>;
  /** Undefined: it was killed, or still runs. */
  readonly exitCode: number | undefined;
}

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

/** What the entries of a journal come to; undefined where it has no beginning. */
export function earlierUpgrade(entries: readonly UpgradeEntry[]): EarlierUpgrade | undefined {
  const [first] = entries;
  if (first?.is !== 'run') return undefined;
  const unfinished = new Map<string, HostMemory>();
  const done = new Set<string>();
  let exitCode: number | undefined;
  for (const entry of entries.slice(1)) {
    if (entry.is === 'end') exitCode = entry.exitCode;
    else if (entry.is === 'begun') unfinished.set(entry.host, beginningOf(entry));
    else if (entry.is === 'done') {
      unfinished.delete(entry.host);
      done.add(entry.host);
    } else if (entry.is !== 'run') {
      const memory = unfinished.get(entry.host);
      if (memory !== undefined) unfinished.set(entry.host, after(memory, entry));
    }
  }
  return { run: first.run, request: first.request, unfinished, done, exitCode };
}

function beginningOf(entry: Extract<UpgradeEntry, { is: 'begun' }>): HostMemory {
  const { boot, state, packages, drains, services } = entry;
  return {
    boot,
    state,
    packages,
    drains: new Map(Object.entries(drains)),
    services: new Set(services),
    drained: new Set(),
    hasSnapshot: false,
    job: undefined,
    isUpgraded: false,
    backJob: undefined,
    rebootedFrom: undefined,
    isRestarted: false,
    guests: new Map(),
  };
}

function after(memory: HostMemory, entry: UpgradeEntry): HostMemory {
  const next: Changing<HostMemory> = { ...memory };
  if (entry.is === 'snapshot') next.hasSnapshot = true;
  else if (entry.is === 'draining') next.drained = new Set([...memory.drained, entry.drain]);
  else if (entry.is === 'undrained')
    next.drained = new Set([...memory.drained].filter((one) => one !== entry.drain));
  else if (entry.is === 'job') next.job = entry.job;
  else if (entry.is === 'upgraded') next.isUpgraded = true;
  else if (entry.is === 'rolling-back')
    Object.assign(next, { isUpgraded: false, job: undefined, backJob: entry.job });
  else if (entry.is === 'rebooting') next.rebootedFrom = entry.boot;
  else if (entry.is === 'restarted') next.isRestarted = true;
  else if (isOfGuest(entry)) next.guests = afterGuestEntry(memory.guests, entry);
  return next;
}

/** Whether anything was done to the host: until then it is as it was, and whatever forbids to begin it forbids to go on. */
export function isTouched(memory: HostMemory): boolean {
  const isDrained = memory.drained.size > 0 || drainedGuests(memory.guests).length > 0;
  return isDrained || memory.hasSnapshot || !isStillServing(memory);
}

/** Who does not serve because an earlier run has left it in the middle, or drained: why, a half sentence. */
export function inTheMiddle(earlier: EarlierUpgrade | undefined): ReadonlyMap<string, string> {
  const begun = [...(earlier?.unfinished ?? [])].filter(([, memory]) => isTouched(memory));
  const guests = begun.flatMap(([host, memory]) =>
    drainedGuests(memory.guests).map((guest) => [guest, `is drained for a reboot of ${host}`] as const),
  );
  return new Map([...guests, ...begun.map(([host]) => [host, 'is in the middle of its upgrade'] as const)]);
}

/** Whether nothing has stopped it yet but its drains. */
export function isStillServing({ job, backJob, isUpgraded, rebootedFrom }: HostMemory): boolean {
  return [job, backJob, rebootedFrom].every((one) => one === undefined) && !isUpgraded;
}

/** Whether all of its drains had been asked for: what is not in force was undone. */
export function isPastDrains({ isUpgraded, isRestarted, rebootedFrom }: HostMemory): boolean {
  return isUpgraded || isRestarted || rebootedFrom !== undefined;
}

/** What an earlier run leaves to the next one, which may be killed as well: hosts that it did not reach are among them. */
export function inheritedEntries(earlier: EarlierUpgrade | undefined): readonly UpgradeEntry[] {
  if (earlier === undefined) return [];
  return [
    ...[...earlier.done].map((host) => ({ is: 'done', host }) as const),
    ...[...earlier.unfinished].flatMap(([host, memory]) => entriesOf(host, memory)),
  ];
}

/** The entries that a memory was made of: what an earlier run left in the middle, for the journal of the next one. */
export function entriesOf(host: string, memory: HostMemory | undefined): readonly UpgradeEntry[] {
  if (memory === undefined) return [];
  const { boot, state, packages, drains, services, drained, job, rebootedFrom } = memory;
  return [
    {
      is: 'begun',
      host,
      boot,
      state: [...state],
      packages: [...packages],
      drains: Object.fromEntries(drains),
      services: [...services],
    },
    ...(memory.hasSnapshot ? [{ is: 'snapshot', host } as const] : []),
    ...[...drained].map((drain) => ({ is: 'draining', host, drain }) as const),
    ...(job === undefined ? [] : [{ is: 'job', host, job } as const]),
    ...(memory.isUpgraded ? [{ is: 'upgraded', host } as const] : []),
    ...(memory.backJob === undefined ? [] : [{ is: 'rolling-back', host, job: memory.backJob } as const]),
    ...(rebootedFrom === undefined ? [] : [{ is: 'rebooting', host, boot: rebootedFrom } as const]),
    ...(memory.isRestarted ? [{ is: 'restarted', host } as const] : []),
    ...guestEntries(host, memory.guests),
  ];
}

/** What is remembered of a host as the guest of another one that is in the middle; undefined: nothing. */
export function memoryAsGuest(earlier: EarlierUpgrade | undefined, guest: string): GuestMemory | undefined {
  const known = [...(earlier?.unfinished.values() ?? [])].flatMap(({ guests }) => guests.get(guest) ?? []);
  return known.find(({ drained }) => drained.size > 0) ?? known[0];
}
