import type { HostConfig } from '../core/host-config.js';
import { HostKeyStore } from './host-key-store.js';
import type { HostKey } from './known-hosts.js';
import type { LoginStreams } from './login.js';
import type { RemoteAccount, RemoteTransport, RemoteTransportOptions } from './remote-transport.js';
import { Routes } from './routes.js';
import { SshConfig } from './ssh-config.js';

/** What every way to other machines has in common: where hosts are, and which keys count for them. */
export abstract class RoutedTransport implements RemoteTransport {
  protected readonly config: SshConfig;
  protected readonly routes: Routes;
  protected readonly store: HostKeyStore;

  /**
   * `user` logs in where nobody says who; `isProgram`: the ssh program follows its configuration itself.
   * @throws HomelabError `transport/no-ssh-config`
   */
  constructor(
    { inventory, home, env, ...options }: RemoteTransportOptions,
    { user, isProgram }: { readonly user: string; readonly isProgram: boolean },
  ) {
    this.config = new SshConfig({ file: options.sshConfigFile, home, env, isProgram });
    this.routes = new Routes({ inventory, config: this.config, user, isProgram });
    this.store = new HostKeyStore({
      project: options.projectKnownHosts,
      others: [...options.userKnownHosts, ...options.systemKnownHosts],
    });
  }

  abstract account(host: HostConfig): Promise<RemoteAccount>;
  abstract login(host: HostConfig, streams: LoginStreams): Promise<number>;
  abstract scan(host: HostConfig): Promise<HostKey[]>;
  abstract close(): Promise<void>;

  async pin(host: HostConfig, keys: readonly HostKey[]): Promise<number> {
    return this.store.pin(await this.routes.resolve(host), keys);
  }

  async known(host: HostConfig): Promise<HostKey[]> {
    const { accepted } = await this.store.lookUp(await this.routes.resolve(host));
    return accepted.map(({ key }) => key);
  }

  route(host: HostConfig): Promise<string[]> {
    return this.routes.names(host);
  }
}
