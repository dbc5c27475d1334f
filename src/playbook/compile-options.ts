import type { SourcePosition } from '../core/errors.js';
import type { HostConfig, Inventory } from '../core/host-config.js';
import type { SecretOpener } from '../secrets/secret-opener.js';
import type { KindSource } from './load-playbooks.js';
import type { RoleSource } from './raw-role.js';

export interface CompileOptions {
  readonly projectDir: string;
  readonly inventory: Inventory;
  /** Relative to the project, in the order they run. */
  readonly playbooks: readonly string[];
  /** Where a file says that there is such a playbook. */
  readonly playbookPlaces?: ReadonlyMap<string, SourcePosition> | undefined;
  /** Absolute paths of playbooks that are not the project's, by the names that errors give them. */
  readonly playbookFiles?: ReadonlyMap<string, string> | undefined;
  /** The chosen hosts: plays are bound to those of them that they name. */
  readonly hosts: readonly HostConfig[];
  /**
   * All playbooks of the project, relative to it: what their roles say listens on a host is told to the roles of the chosen
   * ones. Default: there are no others than the chosen ones.
   */
  readonly projectPlaybooks?: readonly string[] | undefined;
  readonly kinds: KindSource;
  /** Default: there are none. */
  readonly roles?: RoleSource | undefined;
  /** Opens encrypted values and files; default: there is no identity. */
  readonly secrets?: SecretOpener | undefined;
  /** Only items with one of these tags; empty: all. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** What is not to be relied on in an inventory with mistakes; default: it has none. */
  readonly doubts?: Doubts | undefined;
}

export interface Doubts {
  /** Hosts that nothing is compiled for, and whose variables nobody knows. */
  readonly brokenHosts: ReadonlySet<string>;
  /** False: hosts and groups may be missing from the inventory. */
  readonly isComplete: boolean;
}

/** Everything is as it is written. */
export const NO_DOUBTS: Doubts = { brokenHosts: new Set(), isComplete: true };
