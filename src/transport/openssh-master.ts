import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { ReadStream } from 'node:tty';
import { HomelabError } from '../core/errors.js';
import type { Login } from '../core/shell.js';
import type { Endpoint } from './endpoint.js';
import { openLocalChannel } from './local-channel.js';
import { localLogin, type LoginStreams } from './login.js';
import { channelArgv, checkArgv, loginArgv, type ControlSocket } from './openssh-argv.js';
import type { PrivateFolder } from './openssh-folder.js';
import type { Refusal } from './openssh-log.js';
import type { SshProcess } from './openssh-process.js';
import { oneLine, type ChannelEnd, type ShellChannel } from './shell-channel.js';
import { jumpFailure, lostConnection } from './ssh-failure.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface MasterOptions {
  readonly endpoint: Endpoint;
  readonly process: SshProcess;
  readonly socket: ControlSocket;
  readonly folder: PrivateFolder;
  /** Of the programs that use it. */
  readonly env: Environment;
  /** How it was logged in to, where ssh told. */
  readonly loggedInBy: Login | undefined;
  /** The jump host's connection that carries this one. */
  readonly carrier: OpensshMaster | undefined;
}

/** ssh ends with it when it has failed itself; so may any program it runs. */
const SSH_CODE = 255;
const END_WAIT_MS = 500;
/** How much later than this connection that of its jump host may be seen to end. */
const CARRIER_WAIT_MS = 200;

/** One authenticated connection of the ssh program: an `ssh -M` that runs as long as it does, others use its socket. */
export class OpensshMaster {
  readonly endpoint: Endpoint;
  readonly socket: ControlSocket;
  /** Why the connection is over. Resolves once, never rejects. */
  readonly lost: Promise<HomelabError>;
  readonly #options: MasterOptions;
  readonly #channels = new Set<ShellChannel>();
  #reason: HomelabError | undefined;

  /** `process` listens on `socket` already. */
  constructor(options: MasterOptions) {
    this.#options = options;
    this.endpoint = options.endpoint;
    this.socket = options.socket;
    this.lost = options.process.ended.then(async () => (this.#reason ??= await this.#whyLost()));
  }

  /** How it was logged in to; undefined where ssh did not tell. */
  get loggedInBy(): Login | undefined {
    return this.#options.loggedInBy;
  }

  /** Why it is over; undefined while it is not. */
  get reason(): HomelabError | undefined {
    return this.#reason;
  }

  /** Why a connection through this host could not be made. */
  refusalOf(place: { address: string; port: number }): Refusal | undefined {
    return this.#options.process.log.refusalOf(place);
  }

  /** A program without a terminal. @throws HomelabError `transport/connection-lost` */
  async exec(argv: readonly string[]): Promise<ShellChannel> {
    if (this.#reason !== undefined) throw this.#reason;
    const log = this.#options.folder.file('log');
    const words = channelArgv(this.socket, log, argv);
    const channel = await openLocalChannel({ argv: words, ...this.#place });
    this.#channels.add(channel);
    void channel.ended.then(() => this.#channels.delete(channel));
    return { ...channel, ended: channel.ended.then((end) => this.#endOf(end, log)) };
  }

  /**
   * A program, or the account's own shell, with a terminal where `stdin` is one: ssh handles that itself.
   * @returns the exit code; 255 also where a signal ended it @throws HomelabError `transport/connection-lost`
   */
  async login(streams: LoginStreams, config: readonly string[]): Promise<number> {
    const log = this.#options.folder.file('log');
    const argv = loginArgv({
      socket: this.socket,
      config,
      log,
      hasTerminal: streams.stdin instanceof ReadStream,
      command: streams.command ?? [],
    });
    const code = await localLogin({ ...streams, command: argv }, this.#options.env);
    const { lost } = await this.#endOf({ code, lost: undefined }, log);
    if (lost !== undefined) throw lost;
    return code;
  }

  /** Lets go, after half a second by force. Never throws. */
  async end(): Promise<void> {
    const { process } = this.#options;
    this.#reason ??= lostConnection(this.endpoint, undefined);
    process.kill('SIGTERM');
    let timer: NodeJS.Timeout | undefined;
    const ended = Promise.all([process.ended, ...[...this.#channels].map((channel) => channel.ended)]);
    await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, END_WAIT_MS)))]);
    clearTimeout(timer);
    process.kill('SIGKILL');
    for (const channel of this.#channels) channel.destroy();
  }

  get #place(): { env: Environment; cwd: string; isApart: true } {
    return { env: this.#options.env, cwd: '/', isApart: true };
  }

  /** Tells the end of the program from that of the way to it: only the log of ssh knows. */
  async #endOf(end: ChannelEnd, log: string): Promise<ChannelEnd> {
    const said = end.code === SSH_CODE ? await readFile(log, 'utf8').catch(() => '') : '';
    await rm(log, { force: true });
    if (end.code !== SSH_CODE || said.includes('Received exit status from master')) return end;
    if (!(await this.#isListening())) {
      // One that nobody can use any more, its socket being gone, would never be over.
      this.#options.process.kill('SIGTERM');
      return { code: null, lost: this.#reason ?? (await this.lost) };
    }
    const refused = /session request failed|refused by peer/.test(said);
    // Else a signal has ended the program, of which ssh says nothing more.
    return { code: null, lost: refused ? this.#noChannel(said) : undefined };
  }

  async #isListening(): Promise<boolean> {
    if (this.#reason !== undefined || !existsSync(this.socket.path)) return false;
    const check = await openLocalChannel({ argv: checkArgv(this.socket), ...this.#place });
    check.stdout.resume();
    check.stderr.resume();
    const { code } = await check.ended;
    return code === 0 && this.#reason === undefined;
  }

  async #whyLost(): Promise<HomelabError> {
    const { process, carrier } = this.#options;
    const isSilent = process.log.said.some((line) => /^Timeout, server .* not responding/.test(line));
    if (carrier !== undefined && !isSilent) {
      const soon = new Promise<void>((resolve) => void setTimeout(resolve, CARRIER_WAIT_MS).unref());
      await Promise.race([carrier.lost, soon]);
      if (carrier.reason !== undefined) return jumpFailure(this.endpoint, carrier.endpoint, carrier.reason);
    }
    const level = isSilent ? 'client-timeout' : 'client-socket';
    const said = oneLine(process.log.said.at(-1) ?? 'ssh ended');
    return lostConnection(this.endpoint, Object.assign(new Error(said), { level }));
  }

  #noChannel(said: string): HomelabError {
    const why = said.split('\n').find((line) => /request failed|refused by peer/.test(line)) ?? said;
    const { name, user } = this.endpoint;
    return new HomelabError({
      code: 'transport/no-shell',
      host: name,
      message: `${name} lets ${user} in but starts no program: ${oneLine(why)}`,
      hint: 'Look at MaxSessions, ForceCommand and the restrictions in authorized_keys there.',
    });
  }
}
