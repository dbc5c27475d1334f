import type { HealthCheck } from './rolling-settings.js';

/** A host with what others it needs. Names that stand in it are in the topology. */
export interface TopologyHost {
  readonly name: string;
  /** Jump hosts, nearest to us first. */
  readonly via: readonly string[];
  /** The machine that it is a guest of. */
  readonly runsOn: string | undefined;
  /** Resolves via, mounts from. */
  readonly dependsOn: readonly string[];
  /** Groups of which any one host is enough. */
  readonly dependsOnAny: readonly string[];
  readonly groups: readonly string[];
  readonly health: readonly HealthCheck[];
}

/** Hosts that have a name together. */
export interface HostGroup {
  readonly name: string;
  /** In the inventory's order. Never empty. */
  readonly hosts: readonly string[];
  /** Of what they serve together. */
  readonly health: readonly HealthCheck[];
}

/** Hosts of which only so many may be away at the same time. */
export interface RedundancyGroup extends HostGroup {
  /** As the owner allows: at least 1. Of a quorum: 1. */
  readonly maxUnavailable: number;
  /** Set where most of them have to be there: what for. */
  readonly quorum: string | undefined;
}

/** Who needs whom, of all hosts of the inventory, whatever hosts were chosen. */
export interface Topology {
  /** In the inventory's order. */
  readonly hosts: ReadonlyMap<string, TopologyHost>;
  readonly groups: readonly RedundancyGroup[];
  /** Those of which nobody said how many may be away. */
  readonly otherGroups: readonly HostGroup[];
  /** What homelab itself needs, each with why, a half sentence: `homelab runs on it`, `it is the way out of this machine`. */
  readonly controller: ReadonlyMap<string, string>;
}
