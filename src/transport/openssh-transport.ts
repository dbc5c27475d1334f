import { userInfo } from 'node:os';
import type { HostConfig } from '../core/host-config.js';
import type { HostKey } from './known-hosts.js';
import type { LoginStreams } from './login.js';
import { Askpass } from './openssh-askpass.js';
import { PrivateFolder } from './openssh-folder.js';
import { OpensshMasters } from './openssh-masters.js';
import type { RemoteAccount, RemoteTransportOptions } from './remote-transport.js';
import { RoutedTransport } from './routed-transport.js';

/** Hosts as the system's ssh program reaches them, with its own configuration, certificates and hardware keys. */
export class OpensshTransport extends RoutedTransport {
  readonly #options: RemoteTransportOptions;
  readonly #askpass: Askpass;
  #ground: Promise<{ folder: PrivateFolder; masters: OpensshMasters }> | undefined;

  /** @throws HomelabError `transport/no-ssh-config` */
  constructor(options: RemoteTransportOptions) {
    super(options, { user: userInfo().username, isProgram: true });
    this.#options = options;
    this.#askpass = new Askpass(options.askSecret);
  }

  async account(host: HostConfig): Promise<RemoteAccount> {
    const [endpoint, masters] = await Promise.all([this.routes.resolve(host), this.#masters()]);
    const { loggedInBy: login } = await masters.connect(endpoint);
    return { user: endpoint.user, login, openChannel: (argv) => masters.exec(endpoint, argv) };
  }

  async login(host: HostConfig, streams: LoginStreams): Promise<number> {
    const masters = await this.#masters();
    const master = await masters.connect(await this.routes.resolve(host));
    return master.login(streams, this.config.argv);
  }

  async scan(host: HostConfig): Promise<HostKey[]> {
    return (await this.#masters()).scan(await this.routes.resolve(host));
  }

  async close(): Promise<void> {
    const ground = await this.#ground?.catch(() => undefined);
    await ground?.masters.close();
    this.#askpass.close();
    await ground?.folder.remove();
  }

  async #masters(): Promise<OpensshMasters> {
    this.#ground ??= this.#prepare();
    return (await this.#ground).masters;
  }

  async #prepare(): Promise<{ folder: PrivateFolder; masters: OpensshMasters }> {
    const { env, acceptNew } = this.#options;
    const folder = await PrivateFolder.make(env);
    const asking = await this.#askpass.listen(folder.path);
    const masters = new OpensshMasters({
      ...this.#options,
      folder,
      askpass: this.#askpass,
      hostKeys: { store: this.store, acceptNew },
      config: this.config.argv,
      // Its words are read: they must not come in another language.
      env: { ...env, ...asking, LC_ALL: 'C' },
    });
    return { folder, masters };
  }
}
