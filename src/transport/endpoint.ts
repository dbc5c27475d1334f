import type { HostConfig } from '../core/host-config.js';
import type { HostKey } from './known-hosts.js';

/** Where a host is and how to get in: the inventory, filled up from the user's ssh_config. */
export interface Endpoint {
  /** The inventory's name, or a jump of ssh_config as it is written there. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** What the inventory alone says: the rest the ssh program finds out for itself. */
  readonly stated: Pick<HostConfig, 'address' | 'port' | 'user' | 'via'>;
  /** Key files as written; undefined: the agent and the default files. */
  readonly identities: readonly string[] | undefined;
  readonly isIdentityFromInventory: boolean;
  readonly isIdentitiesOnly: boolean;
  /** `none`, a socket, or a variable's name; undefined: SSH_AUTH_SOCK. */
  readonly agent: string | undefined;
  /** The same host at its other ports, in the order they are tried in while this one does not answer; of these: none. */
  readonly others: readonly Endpoint[];
  /** The name in known_hosts. */
  readonly knownAs: string;
  /** Its names at its other ports. */
  readonly alsoKnownAs: readonly string[];
  readonly pinned: readonly HostKey[];
  /** Further known_hosts files for this host. */
  readonly files: readonly string[];
  /** Jump hosts, nearest to us first. */
  readonly via: readonly Endpoint[];
  /** Unique for each name, account, address and way: what is equal shares a connection. */
  readonly key: string;
}
