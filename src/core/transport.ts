import type { HostConfig } from './host-config.js';
import type { RemoteShell } from './shell.js';

/** Opens shells on hosts; shares connections between them. */
export interface Transport {
  /**
   * A shell on `host` with the privileges the inventory asks for.
   * @throws HomelabError `transport/…` with the host and, where a jump host is at fault, its name
   */
  open(host: HostConfig): Promise<RemoteShell>;
  /** The jump hosts on the way to `host`, nearest to us first, by name, with whatever ssh_config adds. */
  routeOf(host: HostConfig): Promise<readonly string[]>;
  /**
   * Another transport with the same settings that shares no connection with this one: what it opens proves that a login
   * works now. What a person was asked for this one is not asked again. It has to be closed too.
   */
  afresh(): Transport;
  /** Ends every connection. Never throws. */
  close(): Promise<void>;
}
