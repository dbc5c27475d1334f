import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { HostConfig, Inventory } from '../core/host-config.js';
import { environmentForPrograms } from '../core/secret-variables.js';
import type { RemoteShell } from '../core/shell.js';
import type { Timings } from '../core/timings.js';
import type { HomelabTransport, ShownHostKey } from './homelab-transport.js';
import { Answers } from './answers.js';
import { BecomePassword } from './become-password.js';
import { FramedShell, type ShellSource } from './framed-shell.js';
import type { AskSecret } from './identity-file.js';
import { fingerprint, type HostKey } from './known-hosts.js';
import { openLocalChannel } from './local-channel.js';
import type { LoginStreams } from './login.js';
import type { OpenChannel } from './shell-channel.js';
import { sudoSource } from './sudo-source.js';
import type { OperatorKey } from './operator-keys.js';
import type { RunPassword } from './run-password.js';
import type { SshTransport } from './ssh-transport.js';
import type { RemoteAccount, RemoteTransport, RemoteTransportOptions } from './remote-transport.js';

export interface TransportOptions {
  readonly inventory: Inventory;
  /** The project's known_hosts: read first, and where new keys are pinned. It need not exist. */
  readonly projectKnownHosts: string;
  /** A file, `none`, or undefined for the user's own. */
  readonly sshConfigFile?: string | undefined;
  /** Default: the home of who runs this. */
  readonly home?: string | undefined;
  /** Pin hosts that nothing is known about on first sight. Default: false. */
  readonly acceptNew?: boolean | undefined;
  /** Asks a person for a passphrase or the sudo password; undefined where nobody answers. Once for each, one at a time. */
  readonly askSecret: AskSecret;
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** For connection and login together, and for a shell to start. Default: 10 s. */
  readonly dialTimeoutMs?: number | undefined;
  /** A connection that leaves two keepalives unanswered is lost at the third, so after three times this. Default: 4 s. */
  readonly keepaliveMs?: number | undefined;
  /** Known_hosts files of the whole machine. Default: those in /etc/ssh. */
  readonly systemKnownHosts?: readonly string[] | undefined;
  /** Is told where the time goes. */
  readonly timings?: Timings | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const SYSTEM_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];
const DIAL_TIMEOUT_MS = 10_000;
const KEEPALIVE_MS = 4000;
/** A login may run slow profiles before the shell reads. */
const HELLO_TIMEOUTS = 3;

/** The transport of one run. Nothing is connected, read or loaded before it is asked for. */
export function createTransport(options: TransportOptions): HomelabTransport {
  return new TransportOfRun(options);
}

class TransportOfRun implements HomelabTransport {
  readonly #options: TransportOptions;
  readonly #env: Environment;
  /** What programs on this machine get to see. */
  readonly #childEnv: Environment;
  readonly #dialTimeoutMs: number;
  readonly #askSecret: AskSecret;
  readonly #answers: Answers;
  readonly #password: BecomePassword;
  readonly #shells = new Set<FramedShell>();
  #ssh2: Promise<SshTransport> | undefined;
  #openssh: Promise<RemoteTransport> | undefined;

  constructor(options: TransportOptions, before?: { answers: Answers; password: BecomePassword }) {
    this.#options = options;
    this.#env = options.env ?? process.env;
    this.#childEnv = environmentForPrograms(this.#env);
    this.#dialTimeoutMs = options.dialTimeoutMs ?? DIAL_TIMEOUT_MS;
    this.#answers = before?.answers ?? new Answers(options.askSecret);
    this.#askSecret = before === undefined ? this.#answers.ask : this.#answers.askUnlessKnown();
    this.#password = before?.password ?? new BecomePassword(this.#env, this.#askSecret);
  }

  afresh(): HomelabTransport {
    return new TransportOfRun(this.#options, { answers: this.#answers, password: this.#password });
  }

  async open(host: HostConfig): Promise<RemoteShell> {
    if (host.transport === 'local') {
      const openHere: OpenChannel = ([, ...argv]) =>
        openLocalChannel({ argv, env: this.#childEnv, cwd: '/' });
      return this.#openShell(host, { isRoot: userInfo().uid === 0, login: undefined, openChannel: openHere });
    }
    const { user, login, openChannel } = await (await this.#way(host)).account(host);
    return this.#openShell(host, { isRoot: user === 'root', login, openChannel });
  }

  async openByPassword(host: HostConfig, password: RunPassword): Promise<RemoteShell> {
    const { login, openChannel } = await (await this.#loadSsh2()).accountByPassword(host, password);
    return this.#openShell({ ...host, become: 'none' }, { isRoot: false, login, openChannel });
  }

  async operatorKeys(host: HostConfig): Promise<OperatorKey[]> {
    return (await this.#loadSsh2()).operatorKeys(host);
  }

  async openLogin(host: HostConfig, streams: LoginStreams): Promise<number> {
    if (host.transport !== 'local') return (await this.#way(host)).login(host, streams);
    const { localLogin } = await import('./login.js');
    return localLogin(streams, this.#childEnv);
  }

  async scanHostKeys(host: HostConfig): Promise<ShownHostKey[]> {
    return host.transport === 'local' ? [] : show(await (await this.#way(host)).scan(host));
  }

  async knownHostKeys(host: HostConfig): Promise<ShownHostKey[]> {
    return host.transport === 'local' ? [] : show(await (await this.#way(host)).known(host));
  }

  async pinHostKeys(host: HostConfig, keys: readonly HostKey[]): Promise<number> {
    return (await this.#way(host)).pin(host, keys);
  }

  async routeOf(host: HostConfig): Promise<string[]> {
    return host.transport === 'local' ? [] : (await this.#way(host)).route(host);
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#shells].map((shell) => shell.close()));
    for (const way of [this.#openssh, this.#ssh2])
      await way?.then(
        (transport) => transport.close(),
        () => undefined,
      );
  }

  /** `openChannel` is given words for a login shell: `exec` first, then the program. */
  async #openShell(
    host: HostConfig,
    { isRoot, login, openChannel }: Omit<RemoteAccount, 'user'> & { readonly isRoot: boolean },
  ): Promise<RemoteShell> {
    const source: ShellSource =
      host.become === 'none' || isRoot
        ? { open: () => openChannel(['exec', '/bin/sh']) }
        : sudoSource({
            host: host.name,
            openChannel,
            password: this.#password,
            timeoutMs: this.#dialTimeoutMs,
          });
    const shell = new FramedShell({
      host: host.name,
      source,
      login,
      helloTimeoutMs: this.#dialTimeoutMs * HELLO_TIMEOUTS,
      onEnd: () => this.#shells.delete(shell),
    });
    const startMs = performance.now();
    await shell.open();
    this.#options.timings?.add('shell', host.name, startMs);
    this.#shells.add(shell);
    return shell;
  }

  /** How the host is reached: by the ssh program if itself or a jump host on its way is. */
  async #way(host: HostConfig): Promise<RemoteTransport> {
    if (isByProgram(host)) return this.#loadOpenssh();
    const { hosts } = this.#options.inventory;
    const programs = [...hosts.values()].filter(isByProgram);
    if (programs.length === 0) return this.#loadSsh2();
    const names = host.via ?? (await (await this.#loadOpenssh()).route(host));
    return names.some((name) => programs.some((jump) => jump.name === name))
      ? this.#loadOpenssh()
      : this.#loadSsh2();
  }

  /** ssh2 takes some 40 ms to load; commands that do not connect go without. */
  #loadSsh2(): Promise<SshTransport> {
    this.#ssh2 ??= import('./ssh-transport.js').then(
      ({ SshTransport }) => new SshTransport(this.#remoteOptions()),
    );
    return this.#ssh2;
  }

  #loadOpenssh(): Promise<RemoteTransport> {
    this.#openssh ??= import('./openssh-transport.js').then(
      ({ OpensshTransport }) => new OpensshTransport(this.#remoteOptions()),
    );
    return this.#openssh;
  }

  #remoteOptions(): RemoteTransportOptions {
    const home = this.#options.home ?? homedir();
    return {
      ...this.#options,
      askSecret: this.#askSecret,
      env: this.#childEnv,
      home,
      dialTimeoutMs: this.#dialTimeoutMs,
      acceptNew: this.#options.acceptNew ?? false,
      keepaliveMs: this.#options.keepaliveMs ?? KEEPALIVE_MS,
      userKnownHosts: ['known_hosts', 'known_hosts2'].map((name) => join(home, '.ssh', name)),
      systemKnownHosts: this.#options.systemKnownHosts ?? SYSTEM_KNOWN_HOSTS,
    };
  }
}

function isByProgram({ transport }: HostConfig): boolean {
  return transport === 'openssh';
}

function show(keys: readonly HostKey[]): ShownHostKey[] {
  return keys.map((key) => ({ ...key, fingerprint: fingerprint(key) }));
}
