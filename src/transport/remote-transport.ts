import type { HostConfig, Inventory } from '../core/host-config.js';
import type { Login } from '../core/shell.js';
import type { Timings } from '../core/timings.js';
import type { AskSecret } from './identity-file.js';
import type { HostKey } from './known-hosts.js';
import type { LoginStreams } from './login.js';
import type { OpenChannel } from './shell-channel.js';

export interface RemoteTransportOptions {
  readonly inventory: Inventory;
  readonly projectKnownHosts: string;
  readonly userKnownHosts: readonly string[];
  readonly systemKnownHosts: readonly string[];
  readonly sshConfigFile?: string | undefined;
  readonly home: string;
  readonly acceptNew: boolean;
  readonly askSecret: AskSecret;
  /** Of the programs that are started, and where an agent is named. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dialTimeoutMs: number;
  readonly keepaliveMs: number;
  readonly timings?: Timings | undefined;
}

/** Whom a host is logged in to as, and how to start programs there. */
export interface RemoteAccount {
  readonly user: string;
  /** How that was done, as far as it is known. */
  readonly login: Login | undefined;
  readonly openChannel: OpenChannel;
}

/** A way to other machines: by ssh2, or by the ssh program. Every method throws HomelabError `transport/…`. */
export interface RemoteTransport {
  /** Connected already. */
  account(host: HostConfig): Promise<RemoteAccount>;
  /** A login or one program, with the account's own privileges. @returns its exit code */
  login(host: HostConfig, streams: LoginStreams): Promise<number>;
  /** The keys the host shows. */
  scan(host: HostConfig): Promise<HostKey[]>;
  /** Pins keys. @returns how many were new */
  pin(host: HostConfig, keys: readonly HostKey[]): Promise<number>;
  /** The keys that count for the host, from whatever source knows it first. */
  known(host: HostConfig): Promise<HostKey[]>;
  /** The jump hosts on the way, nearest to us first. */
  route(host: HostConfig): Promise<string[]>;
  /** Never throws. */
  close(): Promise<void>;
}
