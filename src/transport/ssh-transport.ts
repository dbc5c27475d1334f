import type { HostConfig } from '../core/host-config.js';
import { HostKeyStore } from './host-key-store.js';
import { IdentityFiles } from './identity-file.js';
import { localUser } from './key-ring.js';
import type { HostKey } from './known-hosts.js';
import { sshLogin, type LoginStreams } from './login.js';
import type { RemoteAccount, RemoteTransport, RemoteTransportOptions } from './remote-transport.js';
import { Routes } from './routes.js';
import { SshConfig } from './ssh-config.js';
import type { SshConnection } from './ssh-connection.js';
import { SshConnections } from './ssh-connections.js';

/** Everything that needs ssh2, loaded when the first host is reached by SSH. */
export class SshTransport implements RemoteTransport {
  readonly #routes: Routes;
  readonly #store: HostKeyStore;
  readonly #connections: SshConnections;
  readonly #env: RemoteTransportOptions['env'];

  /** @throws HomelabError `transport/no-ssh-config` */
  constructor(options: RemoteTransportOptions) {
    const { inventory, home, env, acceptNew, dialTimeoutMs, keepaliveMs } = options;
    this.#env = env;
    const config = new SshConfig({ file: options.sshConfigFile, home, env });
    this.#routes = new Routes({ inventory, config, user: localUser() });
    this.#store = new HostKeyStore({
      project: options.projectKnownHosts,
      others: [...options.userKnownHosts, ...options.systemKnownHosts],
    });
    this.#connections = new SshConnections({
      keys: { files: new IdentityFiles(options.askSecret), home, env },
      hostKeys: { store: this.#store, acceptNew },
      dialTimeoutMs,
      keepaliveMs,
      timings: options.timings,
    });
  }

  async account(host: HostConfig): Promise<RemoteAccount> {
    const connection = await this.#connect(host);
    return { user: connection.endpoint.user, openChannel: (argv) => connection.exec(argv) };
  }

  async login(host: HostConfig, streams: LoginStreams): Promise<number> {
    return sshLogin(await this.#connect(host), streams, this.#env);
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

  route(host: HostConfig): Promise<string[]> {
    return this.#routes.names(host);
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  async #connect(host: HostConfig): Promise<SshConnection> {
    return this.#connections.connect(await this.#routes.resolve(host));
  }
}
