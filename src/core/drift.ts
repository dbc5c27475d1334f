/**
 * Why something is not as the inventory says: it was changed on the `host` since it was last as wanted, the `inventory`
 * has moved on and is not applied yet, or `both`.
 */
export const DRIFT_CAUSES = ['host', 'inventory', 'both'] as const;

export type DriftCause = (typeof DRIFT_CAUSES)[number];

/** What the history knows of an item that differs. Times are of the controller, ISO 8601 in UTC. */
export interface ItemDrift {
  /** Of the whole item: of its fields together. */
  readonly cause: DriftCause;
  /** By field of a change. */
  readonly fields: Readonly<Record<string, DriftCause>>;
  /** The first check that found it so. */
  readonly since: string;
  /** When it was last seen as wanted; null: never, as far as anybody knows. */
  readonly inSyncAt: string | null;
}

/**
 * What a check found of a host: `lost` could not be checked (not reached, or something failed), `off` is optional and not
 * reached, `busy` is being applied to, so nobody can say.
 */
export const DRIFT_STATES = ['in-sync', 'drifted', 'lost', 'off', 'busy'] as const;

export type DriftState = (typeof DRIFT_STATES)[number];

/** Whether a host in this state was looked at: only then does anybody know what differs there. */
export function isLookedAt(state: DriftState): boolean {
  return state === 'in-sync' || state === 'drifted';
}

/** What a check found of one host. */
export interface HostCheck {
  readonly host: string;
  readonly state: DriftState;
  /** Items that differ, by why. */
  readonly items: Readonly<Record<DriftCause, number>>;
}

/** A check of the past. */
export interface PastCheck {
  readonly run: string;
  /** When it began. */
  readonly at: string;
  readonly durationMs: number;
  readonly exitCode: number;
  readonly hosts: readonly HostCheck[];
}

/**
 * How a time in which something differed came to its end: it is as wanted again, nobody wants it any more, or the inventory does not
 * have its host any more.
 */
export const EPISODE_ENDS = ['in-sync', 'not-wanted', 'host-gone'] as const;

export type EpisodeEnd = (typeof EPISODE_ENDS)[number];

/** A time for which an item of a host was not as wanted. */
export interface DriftEpisode {
  readonly host: string;
  /** Id of the item. */
  readonly item: string;
  readonly name: string;
  readonly kind: string;
  readonly subject: string | undefined;
  readonly cause: DriftCause;
  readonly since: string;
  readonly inSyncAt: string | null;
  /** When it was found to be over; null: it still differs. */
  readonly until: string | null;
  /** Null: it still differs, or nobody noted it. */
  readonly ended: EpisodeEnd | null;
}

/** What is remembered of a project's checks, the newest first. */
export interface DriftHistory {
  readonly checks: readonly PastCheck[];
  readonly episodes: readonly DriftEpisode[];
}

/** What else a check reads of a host, where somebody wants to know. */
export interface HostMarks {
  /** Why it has to be booted anew; null: it has not. */
  readonly rebootReason: string | null;
  /** When its last backup was made, seconds since 1970; null: nobody knows; undefined: the inventory names none. */
  readonly lastBackupSeconds: number | null | undefined;
}

/** What a drift check adds to the result of its run. */
export interface DriftOutcome {
  /** When it began. */
  readonly at: string;
  /** In the order of the run's hosts. */
  readonly hosts: readonly HostCheck[];
  /** What was found has been applied since. */
  readonly isFixed?: boolean | undefined;
  /** Of the hosts that were reached, by name; undefined: nobody asked. */
  readonly marks?: ReadonlyMap<string, HostMarks> | undefined;
  /** Undefined: nobody asked, or it cannot be read. */
  readonly history?: DriftHistory | undefined;
}
