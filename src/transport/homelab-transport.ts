import type { HostConfig } from '../core/host-config.js';
import type { RemoteShell } from '../core/shell.js';
import type { Transport } from '../core/transport.js';
import type { HostKey } from './known-hosts.js';
import type { LoginStreams } from './login.js';
import type { OperatorKey } from './operator-keys.js';
import type { RunPassword } from './run-password.js';

/** A key that a server shows, for a person to compare. */
export interface ShownHostKey extends HostKey {
  /** `SHA256:…` */
  readonly fingerprint: string;
}

/** A {@link Transport} with what `homelab ssh` and `homelab trust` need besides. */
export interface HomelabTransport extends Transport {
  afresh(): HomelabTransport;
  /**
   * An interactive login, or one program, over the same route and with the account's own privileges.
   * @returns its exit code @throws HomelabError `transport/…`
   */
  openLogin(host: HostConfig, streams: LoginStreams): Promise<number>;
  /**
   * A shell with the account's own privileges, logged in to by a password in place of a key, by ssh2 whatever the host's
   * transport is. @throws HomelabError `transport/login-password-needed`, `/login-password-wrong`, `/no-password-login`,
   *   `transport/…`
   */
  openByPassword(host: HostConfig, password: RunPassword): Promise<RemoteShell>;
  /**
   * The public halves of the keys that the host is to be logged in to with: those named for it, else what the agent holds,
   * else the first in ~/.ssh. @throws HomelabError `transport/no-identity`, `/bad-identity`
   */
  operatorKeys(host: HostConfig): Promise<OperatorKey[]>;
  /**
   * The keys the host shows, without logging in to it. Jump hosts are logged in to: trust those first. Empty for `local`.
   * @throws HomelabError `transport/…`
   */
  scanHostKeys(host: HostConfig): Promise<ShownHostKey[]>;
  /** The keys that count for the host already: of the inventory, or of the first known_hosts file that knows it. */
  knownHostKeys(host: HostConfig): Promise<ShownHostKey[]>;
  /**
   * Writes keys to the project's known_hosts.
   * @returns how many were new
   * @throws HomelabError `transport/host-key-changed` where it holds another key of the same type
   */
  pinHostKeys(host: HostConfig, keys: readonly HostKey[]): Promise<number>;
}
