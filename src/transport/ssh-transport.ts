import { join } from 'node:path';
import type { HostConfig, Inventory } from '../core/host-config.js';
import type { Timings } from '../core/timings.js';
import { HostKeyStore } from './host-key-store.js';
import { IdentityFiles, type AskSecret } from './identity-file.js';
import { localUser } from './key-ring.js';
import type { HostKey } from './known-hosts.js';
import { Routes } from './routes.js';
import type { OpenChannel } from './shell-channel.js';
import { SshConfig } from './ssh-config.js';
import type { SshConnection } from './ssh-connection.js';
import { SshConnections } from './ssh-connections.js';

export interface SshTransportOptions {
  readonly inventory: Inventory;
  readonly projectKnownHosts: string;
  readonly sshConfigFile?: string | undefined;
  readonly systemKnownHosts: readonly string[];
  readonly home: string;
  readonly acceptNew: boolean;
  readonly askSecret: AskSecret;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dialTimeoutMs: number;
  readonly keepaliveMs: number;
  readonly timings?: Timings | undefined;
}

/** Everything that needs ssh2, loaded when the first host is reached by SSH. */
export class SshTransport {
  readonly #routes: Routes;
  readonly #store: HostKeyStore;
  readonly #connections: SshConnections;

  /** @throws HomelabError `transport/no-ssh-config` */
  constructor(options: SshTransportOptions) {
    const { inventory, home, env, acceptNew, dialTimeoutMs, keepaliveMs } = options;
    const config = new SshConfig({ file: options.sshConfigFile, home, env });
    const own = [join(home, '.ssh', 'known_hosts'), join(home, '.ssh', 'known_hosts2')];
    this.#routes = new Routes({ inventory, config, user: localUser() });
    this.#store = new HostKeyStore({
      project: options.projectKnownHosts,
      others: [...own, ...options.systemKnownHosts],
    });
    this.#connections = new SshConnections({
      keys: { files: new IdentityFiles(options.askSecret), home, env },
      hostKeys: { store: this.#store, acceptNew },
      dialTimeoutMs,
      keepaliveMs,
      timings: options.timings,
    });
  }

  async connect(host: HostConfig): Promise<SshConnection> {
    return this.#connections.connect(await this.#routes.resolve(host));
  }

  /** Whom the host is logged in to as, and how to start programs there. Connected already. */
  async account(host: HostConfig): Promise<{ user: string; openChannel: OpenChannel }> {
    const connection = await this.connect(host);
    return { user: connection.endpoint.user, openChannel: (argv) => connection.exec(argv) };
  }

  async scan(host: HostConfig): Promise<HostKey[]> {
    return this.#connections.scan(await this.#routes.resolve(host));
  }

  async pin(host: HostConfig, keys: readonly HostKey[]): Promise<number> {
    return this.#store.pin(await this.#routes.resolve(host), keys);
  }

  /** The keys that count for the host, from whatever source knows it first. */
  async known(host: HostConfig): Promise<HostKey[]> {
    const { accepted } = await this.#store.lookUp(await this.#routes.resolve(host));
    return accepted.map(({ key }) => key);
  }

  async route(host: HostConfig): Promise<string[]> {
    return (await this.#routes.resolve(host)).via.map((jump) => jump.name);
  }

  close(): Promise<void> {
    return this.#connections.close();
  }
}
