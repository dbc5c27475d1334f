import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, ExecOptions, PseudoTtyOptions } from 'ssh2';
import { HomelabError } from '../core/errors.js';
import { quoteAll } from '../core/quote.js';
import type { Login } from '../core/shell.js';
import type { Endpoint } from './endpoint.js';
import type { ChannelEnd, ShellChannel } from './shell-channel.js';
import { oneLine } from './shell-channel.js';
import { jumpFailure, lostConnection, type RawError } from './ssh-failure.js';

const END_WAIT_MS = 500;

/** What a connection was made with. */
export interface MadeWith {
  readonly endpoint: Endpoint;
  /** The jump host's connection under it. */
  readonly carrier: SshConnection | undefined;
  readonly loggedInBy: Login | undefined;
}

/** One authenticated connection: programs, forwarded connections and logins are channels of it. */
export class SshConnection {
  readonly endpoint: Endpoint;
  /** Why the connection is over. Resolves once, never rejects. */
  readonly lost: Promise<HomelabError>;
  /** How it was logged in to; undefined where the server let anybody in. */
  readonly loggedInBy: Login | undefined;
  readonly #client: Client;
  #reason: HomelabError | undefined;

  /** `client` has just become ready; from here on its errors are this object's business. */
  constructor(client: Client, { endpoint, carrier, loggedInBy }: MadeWith) {
    this.#client = client;
    this.endpoint = endpoint;
    this.loggedInBy = loggedInBy;
    this.lost = new Promise((resolve) => {
      const settle = (error?: RawError): void => {
        const cause = carrier?.reason;
        this.#reason ??=
          cause === undefined || carrier === undefined
            ? lostConnection(endpoint, error)
            : jumpFailure(endpoint, carrier.endpoint, cause);
        resolve(this.#reason);
      };
      client.on('error', settle);
      client.on('close', () => settle());
      client.on('end', () => settle());
    });
  }

  /** Why it is over; undefined while it is not. */
  get reason(): HomelabError | undefined {
    return this.#reason;
  }

  /** A program without a terminal. @throws HomelabError `transport/connection-lost`, `transport/no-shell` */
  async exec(argv: readonly string[]): Promise<ShellChannel> {
    const channel = await this.#open((callback) => this.#client.exec(quoteAll(argv), callback));
    return this.#toShellChannel(channel);
  }

  /** A program, or the account's own shell, with a terminal where `pty` is given. */
  login(argv: readonly string[], pty: PseudoTtyOptions | undefined): Promise<ClientChannel> {
    const options: ExecOptions = pty === undefined ? {} : { pty };
    return this.#open((callback) => {
      if (argv.length > 0) this.#client.exec(quoteAll(argv), options, callback);
      else this.#client.shell(pty ?? false, callback);
    });
  }

  /** A connection from this host to `address:port`. Rejects with ssh2's own error, whose `reason` tells why. */
  forward(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) {
        reject(this.#reason);
        return;
      }
      void this.lost.then(reject);
      this.#client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        if (error) reject(error);
        else resolve(channel);
      });
    });
  }

  /** Says goodbye and lets go, after half a second by force. Never throws. */
  async end(): Promise<void> {
    this.#reason ??= lostConnection(this.endpoint, undefined);
    const closed = new Promise<void>((resolve) => void this.#client.on('close', () => resolve()));
    this.#client.end();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, END_WAIT_MS)))]);
    clearTimeout(timer);
    this.#client.destroy();
  }

  #open(
    start: (callback: (error: Error | undefined, channel: ClientChannel) => void) => void,
  ): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) {
        reject(this.#reason);
        return;
      }
      void this.lost.then(reject);
      start((error, channel) => {
        if (error === undefined) resolve(channel);
        else reject(this.#reason ?? this.#noChannel(error));
      });
    });
  }

  #noChannel(cause: Error): HomelabError {
    return new HomelabError({
      code: 'transport/no-shell',
      host: this.endpoint.name,
      message: `${this.endpoint.name} lets ${this.endpoint.user} in but starts no program: ${oneLine(cause.message)}`,
      hint: 'Look at MaxSessions, ForceCommand and the restrictions in authorized_keys there.',
      cause,
    });
  }

  #toShellChannel(channel: ClientChannel): ShellChannel {
    for (const stream of [channel, channel.stderr]) stream.on('error', () => undefined);
    const ended = new Promise<ChannelEnd>((resolve) => {
      // Not from 'exit': of a program that ends at once that comes before we are back here. 'close' waits for a reader.
      // When the connection goes, ssh2 closes its channels too: the reason is known by then.
      channel.once('close', (code?: number | null) => resolve({ code: code ?? null, lost: this.#reason }));
      void this.lost.then((lost) => resolve({ code: null, lost }));
    });
    return {
      stdin: channel,
      stdout: channel,
      stderr: channel.stderr,
      ended,
      destroy: () => channel.destroy(),
    };
  }
}
