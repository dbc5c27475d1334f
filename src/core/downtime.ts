import type { WavePlan } from './waves.js';

/** How long a service was away, as it was seen from where it was asked. */
export interface ServiceDowntime {
  /** `HOST/CHECK` of a host, `GROUP/CHECK` of a group. */
  readonly name: string;
  /** Undefined: of a group. */
  readonly host: string | undefined;
  /** True: a service of several hosts, which is away only when none of them answers. */
  readonly isRedundant: boolean;
  readonly longestMs: number;
  readonly totalMs: number;
  /** How often. */
  readonly interruptions: number;
  /** Nobody could look: who asks was away itself. */
  readonly unseenMs: number;
  readonly samples: number;
  /** Still away at the end. */
  readonly isDown: boolean;
}

/** What an upgrade has to tell beside its hosts. */
export interface UpgradeOutcome {
  readonly plan: WavePlan;
  /** By service, seconds that the plan had promised as the longest interruption. */
  readonly promises: ReadonlyMap<string, number>;
  /** Undefined: nothing was measured, because nothing was done. */
  readonly downtimes: readonly ServiceDowntime[] | undefined;
  /** Of a run that stopped. */
  readonly standing: Standing | undefined;
  /** What another upgrade has left, and this one does not go on with. */
  readonly abandoned?: Abandoned | undefined;
}

/** What an upgrade has left in the middle that nobody goes on with. */
export interface Abandoned {
  readonly run: string;
  /** Hosts in the middle of it, and guests that it has drained. */
  readonly hosts: readonly string[];
  /** What stays drained until somebody brings it back: each host with what was moved away, `nas (docker)`. */
  readonly drained: readonly string[];
}

/** What a run that stopped has left, and how to go on. */
export interface Standing {
  /** Services that serve, and those that do not. */
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** Hosts that stay drained, each with what was moved away: `nas (docker)`. */
  readonly drained: readonly string[];
  /** The command that goes on. */
  readonly next: string;
}
