import type { Check } from './check.js';
import type { SourcePosition } from './errors.js';
import type { TimeWindow } from './time-window.js';

/** How it is told from outside that something serves; asked all through an upgrade. */
export interface HealthCheck {
  /** As people call what is checked, e.g. `dns`. Unique on its host, or in its group. */
  readonly name: string;
  readonly check: Check;
  /**
   * Who asks: a host of the inventory by name, or `controller`. Undefined: the host itself where the check is of its
   * loopback address, a `command` or a `path`; else the last jump host on the way there, or the controller.
   */
  readonly from: string | undefined;
  readonly source: SourcePosition | undefined;
}

/** How the work of a host is moved away before it goes down, and back: which adapter, and its parameters as written. */
export interface DrainRequest {
  /** File name of an adapter, e.g. `consul`. */
  readonly adapter: string;
  /** Not yet checked; a mapping. */
  readonly params: unknown;
  readonly source: SourcePosition | undefined;
}

/** What makes a state of a host to go back to. */
export interface SnapshotHook {
  readonly take: readonly string[];
  /** Undefined: it is there for a person. */
  readonly restore: readonly string[] | undefined;
  /** Where both run: a host of the inventory, or `controller`; undefined: the host itself. They learn HOMELAB_HOST, HOMELAB_RUN. */
  readonly on: string | undefined;
}

/** A backup without which a host is not touched. */
export interface BackupRule {
  readonly maxAgeSeconds: number;
  /** A file or folder whose newest change counts, or a program whose last line is a time: seconds since 1970, or ISO 8601. */
  readonly at: { readonly path: string } | { readonly command: readonly string[] };
}

/** What the inventory says of a host for upgrades. */
export interface HostRolling {
  readonly health: readonly HealthCheck[];
  readonly drains: readonly DrainRequest[];
  /** Undefined: at any time. */
  readonly window: TimeWindow | undefined;
  readonly snapshot: SnapshotHook | undefined;
  readonly backup: BackupRule | undefined;
}

/** Nothing said. */
export const NO_ROLLING: HostRolling = {
  health: [],
  drains: [],
  window: undefined,
  snapshot: undefined,
  backup: undefined,
};

/** What the inventory says of a group for upgrades. */
export interface GroupRolling {
  /** Hosts that may be away at the same time; undefined: nothing was said. */
  readonly maxUnavailable: number | `${number}%` | undefined;
  /** What most of its hosts have to be there for, e.g. `consul`. */
  readonly quorum: string | undefined;
  /** Checks of what the hosts of the group serve together. */
  readonly health: readonly HealthCheck[];
}
