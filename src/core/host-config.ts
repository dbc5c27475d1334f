import type { SourcePosition } from './errors.js';
import { NO_ROLLING, type GroupRolling, type HostRolling } from './rolling-settings.js';

export type TransportName = 'ssh2' | 'openssh' | 'local';
export type BecomeMethod = 'sudo' | 'none';

/** A variable and where it was written. */
export interface Variable {
  readonly value: unknown;
  readonly source: SourcePosition | undefined;
  /** The layer it came from, e.g. `vars`, `group dns`, `host dns1`, `playbook`, `--set`. */
  readonly origin: string;
  /** The place of what stands at a path of the value, or of the key there; undefined: no file holds it. */
  readonly placeOf?:
    ((path: readonly (string | number)[], part: 'key' | 'value') => SourcePosition) | undefined;
}

/** One host of the inventory, resolved. What is undefined may still come from the user's ssh_config. */
export interface HostConfig {
  readonly name: string;
  readonly address: string | undefined;
  /** The wanted port of its SSH server. */
  readonly port: number | undefined;
  /** Tried in this order while the wanted one does not answer. Empty where one port or none is written. */
  readonly otherPorts: readonly number[];
  readonly user: string | undefined;
  /** Jump hosts, nearest to us first: names of the inventory. Whole chain, already resolved. Empty: directly reached. */
  readonly via: readonly string[] | undefined;
  /** Private key files as written, `~` not yet expanded. */
  readonly identity: readonly string[] | undefined;
  readonly transport: TransportName;
  readonly become: BecomeMethod;
  /** Public host keys, `ssh-ed25519 AAAA…`. Empty: known_hosts decides. */
  readonly hostKeys: readonly string[];
  readonly groups: readonly string[];
  readonly vars: ReadonlyMap<string, Variable>;
  readonly optional: boolean;
  readonly runsOn: string | undefined;
  readonly dependsOn: readonly string[];
  readonly rolling: HostRolling;
  readonly source: SourcePosition;
  /** Every setting of the host (address, user, …) and where it came from, for `inventory show`. */
  readonly settings: ReadonlyMap<string, Variable>;
}

/** A host of which nothing is written but its name and what `rest` says; ssh_config and defaults decide the rest. */
export function bareHost(name: string, rest: Partial<Omit<HostConfig, 'name'>> = {}): HostConfig {
  return {
    name,
    address: undefined,
    port: undefined,
    otherPorts: [],
    user: undefined,
    via: undefined,
    identity: undefined,
    transport: 'ssh2',
    become: 'none',
    hostKeys: [],
    groups: [],
    vars: new Map(),
    optional: false,
    runsOn: undefined,
    dependsOn: [],
    rolling: NO_ROLLING,
    source: { file: 'inventory/hosts.yml', line: 1, column: 1 },
    settings: new Map(),
    ...rest,
  };
}

export interface GroupConfig {
  readonly name: string;
  /** Names of its hosts, in the inventory's order. */
  readonly hosts: readonly string[];
  readonly vars: ReadonlyMap<string, Variable>;
  readonly rolling?: GroupRolling | undefined;
  /** What else is said of the group (`max_unavailable`, `quorum`) and where. */
  readonly settings?: ReadonlyMap<string, Variable> | undefined;
}

export interface Inventory {
  /** In the order of the files. */
  readonly hosts: ReadonlyMap<string, HostConfig>;
  readonly groups: ReadonlyMap<string, GroupConfig>;
  /** Files that were read, as the user would type them. */
  readonly files: readonly string[];
}
