import type { HostConfig } from '../core/host-config.js';
import { IdentityFiles } from './identity-file.js';
import { localUser, type KeyRingSources } from './key-ring.js';
import type { HostKey } from './known-hosts.js';
import { sshLogin, type LoginStreams } from './login.js';
import { operatorKeys, type OperatorKey } from './operator-keys.js';
import { accountByPassword } from './password-account.js';
import type { RunPassword } from './run-password.js';
import type { RemoteAccount, RemoteTransportOptions } from './remote-transport.js';
import { RoutedTransport } from './routed-transport.js';
import type { SshConnection } from './ssh-connection.js';
import { SshConnections } from './ssh-connections.js';

/** Everything that needs ssh2, loaded when the first host is reached by SSH. */
export class SshTransport extends RoutedTransport {
  readonly #connections: SshConnections;
  readonly #env: RemoteTransportOptions['env'];
  readonly #keys: KeyRingSources;

  /** @throws HomelabError `transport/no-ssh-config` */
  constructor(options: RemoteTransportOptions) {
    super(options, { user: localUser(), isProgram: false });
    const { home, env, acceptNew, dialTimeoutMs, keepaliveMs } = options;
    this.#env = env;
    this.#keys = { files: new IdentityFiles(options.askSecret), home, env };
    this.#connections = new SshConnections({
      keys: this.#keys,
      hostKeys: { store: this.store, acceptNew },
      dialTimeoutMs,
      keepaliveMs,
      timings: options.timings,
    });
  }

  async account(host: HostConfig): Promise<RemoteAccount> {
    const connection = await this.#connect(host);
    const { endpoint, loggedInBy: login } = connection;
    return { user: endpoint.user, login, openChannel: (argv) => connection.exec(argv) };
  }

  /** As {@link account}, by a password in place of keys. @throws HomelabError `transport/login-password-…`, `transport/…` */
  async accountByPassword(host: HostConfig, password: RunPassword): Promise<RemoteAccount> {
    const endpoint = await this.routes.resolve(host);
    return accountByPassword(endpoint, password, (secret) =>
      this.#connections.connectByPassword(endpoint, secret),
    );
  }

  /** The public halves of the keys that the host is to be logged in to with. @throws HomelabError `transport/no-identity` */
  async operatorKeys(host: HostConfig): Promise<OperatorKey[]> {
    return operatorKeys(await this.routes.resolve(host), this.#keys);
  }

  async login(host: HostConfig, streams: LoginStreams): Promise<number> {
    return sshLogin(await this.#connect(host), streams, this.#env);
  }

  async scan(host: HostConfig): Promise<HostKey[]> {
    return this.#connections.scan(await this.routes.resolve(host));
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  async #connect(host: HostConfig): Promise<SshConnection> {
    return this.#connections.connect(await this.routes.resolve(host));
  }
}
