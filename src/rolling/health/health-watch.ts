import type { ServiceDowntime } from '../../core/downtime.js';

/** Something that is asked all the time, and how it is now. */
export interface WatchedService {
  /** `HOST/CHECK` of a host, `GROUP/CHECK` of a group. */
  readonly name: string;
  /** The host whose service it is; undefined: of a group. */
  readonly host: string | undefined;
  readonly state: 'up' | 'down' | 'unseen';
  /** What was seen last where it is not up, for people. */
  readonly said: string | undefined;
}

/** Asks all declared health checks, each at least once a second, by a clock that nobody sets. */
export interface HealthWatch {
  /** Resolves once each was asked once. */
  start(): Promise<void>;
  now(): readonly WatchedService[];
  /**
   * Returns once everything of these names has been up twice in a row since now.
   * @throws HomelabError `rolling/unhealthy` with what was seen last, when the time is over
   */
  untilUp(names: readonly string[], options: { timeoutMs: number; signal: AbortSignal }): Promise<void>;
  /** A host goes down and comes back: who asks from there is away, and connects again. */
  downtimes(): readonly ServiceDowntime[];
  /** Ends all connections. Never throws. */
  stop(): Promise<void>;
}
