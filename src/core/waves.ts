/** What an upgrade of a host is expected to do to it. */
export type RebootForecast = 'no' | 'maybe' | 'yes';

/** What has to be done on a host, as far as a plan can know. */
export interface HostWork {
  readonly host: string;
  /** Of its group: a leader, to be done after the others of that group. */
  readonly isLeader?: boolean | undefined;
  readonly reboot: RebootForecast;
}

/** Something that is not there while a host is done. */
export interface Outage {
  /** A host, or a service `GROUP/CHECK`, `HOST/CHECK`. */
  readonly what: string;
  /** Why, half a sentence: `it reboots`, `runs on pve1`, `is reached through gate`. */
  readonly why: string;
  /** About how long, seconds; 0: it is kept up by others. */
  readonly seconds: number;
}

/** A host in its wave. */
export interface WaveHost {
  readonly host: string;
  /** Why it is in this wave, half sentences. Never empty. */
  readonly why: readonly string[];
  readonly outages: readonly Outage[];
}

/** Hosts that are done at the same time, once those of the waves before are. */
export interface Wave {
  readonly hosts: readonly WaveHost[];
}

/** Something that goes down with an upgrade whatever the order is. */
export interface TopologyFinding {
  /** What has to be accepted for it, e.g. a group's name or `controller`. */
  readonly name: string;
  /** A sentence without its full stop. */
  readonly message: string;
  /** How to get rid of it, a sentence. */
  readonly hint: string;
  readonly hosts: readonly string[];
}

/** A host that takes no part. */
export interface LeftOut {
  readonly host: string;
  /** Half a sentence: `nothing to do`, `outside of its window Sun 02:00-05:00`. */
  readonly why: string;
}

/** In which order hosts are upgraded. */
export interface WavePlan {
  readonly waves: readonly Wave[];
  readonly leftOut: readonly LeftOut[];
  /** What has not been accepted. Empty: nothing has to be. */
  readonly findings: readonly TopologyFinding[];
  /** What has been, and is planned so. */
  readonly accepted: readonly TopologyFinding[];
}
