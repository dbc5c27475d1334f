import { writeFile } from 'node:fs/promises';
import { toHomelabError } from '../core/errors.js';
import type { Timings } from '../core/timings.js';
import type { Endpoint } from './endpoint.js';
import { algorithmsByFamily } from './host-key-algorithms.js';
import type { HostKeyPolicy } from './host-key-check.js';
import type { KnownKeys } from './host-key-store.js';
import type { HostKey } from './known-hosts.js';
import { masterArgv, scanArgv, type TargetWords } from './openssh-argv.js';
import type { Askpass } from './openssh-askpass.js';
import { dialProgram, runToEnd, type OpensshDial } from './openssh-dial.js';
import type { PrivateFolder } from './openssh-folder.js';
import { keepNewKeys, keepShownKey, keysIn, writeKnownHosts } from './openssh-host-keys.js';
import { identityWords } from './openssh-identities.js';
import { opensshLogin } from './openssh-login.js';
import { OpensshMaster } from './openssh-master.js';
import { Ports } from './ports.js';
import { SharedConnections, sshdOf } from './shared-connections.js';
import type { ShellChannel } from './shell-channel.js';
import { jumpFailure } from './ssh-failure.js';

export interface OpensshMastersOptions {
  readonly folder: PrivateFolder;
  readonly askpass: Askpass;
  readonly hostKeys: HostKeyPolicy;
  /** `-F FILE`, or nothing. */
  readonly config: readonly string[];
  readonly home: string;
  /** Of every ssh that is started. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dialTimeoutMs: number;
  readonly keepaliveMs: number;
  readonly timings?: Timings | undefined;
}

/** What a dial of a host at one of its ports needs. */
interface Way {
  readonly words: Omit<TargetWords, 'knownHosts' | 'isNewAccepted'>;
  readonly dial: Omit<OpensshDial, 'argv' | 'known'>;
}

/** Programs at the same time on one connection, unless sshd is told otherwise (MaxSessions, sshd_config(5)). */
const MOST_SESSIONS = 10;
const NOTHING_KNOWN: KnownKeys = { accepted: [], isByOtherPort: false, revoked: [], authorities: [] };

/** Every connection of a run that the ssh program makes: those of jump hosts are shared by all behind them. */
export class OpensshMasters {
  readonly #options: OpensshMastersOptions;
  readonly #masters = new SharedConnections<OpensshMaster>();
  readonly #ports = new Ports();
  /** Programs on each connection of an endpoint. */
  readonly #sessions = new Map<string, number[]>();

  constructor(options: OpensshMastersOptions) {
    this.#options = options;
  }

  /** An open connection, dialled anew where the one before failed or was lost. @throws HomelabError `transport/…` */
  connect(endpoint: Endpoint): Promise<OpensshMaster> {
    return this.#shared(endpoint, { isAsked: true, index: 0 });
  }

  /** A program there, over a further connection where the others have no room. @throws HomelabError `transport/…` */
  async exec(endpoint: Endpoint, argv: readonly string[]): Promise<ShellChannel> {
    const sessions = this.#sessions.get(endpoint.key) ?? [];
    this.#sessions.set(endpoint.key, sessions);
    const free = sessions.findIndex((count) => count < MOST_SESSIONS);
    const index = free === -1 ? sessions.length : free;
    sessions[index] = (sessions[index] ?? 0) + 1;
    const release = (): void => void (sessions[index] = (sessions[index] ?? 1) - 1);
    try {
      const master = await this.#shared(endpoint, { isAsked: true, index });
      const channel = await master.exec(argv);
      void channel.ended.then(release);
      return channel;
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  /** The host's keys, at most one of each type, without logging in there. @throws HomelabError `transport/…` */
  scan(endpoint: Endpoint): Promise<HostKey[]> {
    return this.#reach(endpoint, async ({ words, dial }) => {
      const found: HostKey[] = [];
      for (const algorithms of algorithmsByFamily()) {
        const knownHosts = this.#options.folder.file('scan');
        await writeFile(knownHosts, '', { mode: 0o600 });
        const argv = scanArgv({ ...words, knownHosts, isNewAccepted: true }, algorithms);
        const ended = await runToEnd({ ...dial, known: NOTHING_KNOWN, argv });
        const keys = await keysIn(knownHosts);
        if (keys.length === 0 && ended.code !== 'transport/no-common-algorithm') throw ended;
        found.push(...keys);
      }
      return found;
    });
  }

  /** Ends every connection, the farthest first, and every dial. Never throws. */
  close(): Promise<void> {
    return this.#masters.close();
  }

  #shared(
    endpoint: Endpoint,
    { isAsked, index }: { isAsked: boolean; index: number },
  ): Promise<OpensshMaster> {
    const key = index === 0 ? endpoint.key : `${endpoint.key} #${index}`;
    return this.#masters.get({ key, name: endpoint.name, isAsked }, () => this.#dial(endpoint));
  }

  async #dial(endpoint: Endpoint): Promise<OpensshMaster> {
    const { askpass } = this.#options;
    // Meanwhile the jump host is on its way; why it fails is told below.
    const jump = endpoint.via.at(-1);
    if (jump !== undefined) this.#shared(jump, { isAsked: false, index: 0 }).catch(() => undefined);
    const askedBefore = askpass.asked;
    try {
      return await this.#logIn(endpoint);
    } catch (thrown) {
      // While a passphrase was typed the server may have hung up (LoginGraceTime); no login has failed by that.
      const isLost = toHomelabError(thrown).code === 'transport/connection-lost';
      if (askpass.asked === askedBefore || !isLost) throw thrown;
      return this.#logIn(endpoint);
    }
  }

  #logIn(endpoint: Endpoint): Promise<OpensshMaster> {
    const { folder, hostKeys, env } = this.#options;
    return this.#reach(endpoint, async ({ words, dial }) => {
      const at = words.endpoint;
      const knownHosts = folder.file('known');
      const { known, isNewAccepted } = await writeKnownHosts(at, hostKeys, knownHosts);
      const socket = { path: folder.file('m'), name: at.name };
      const argv = masterArgv({ ...words, knownHosts, isNewAccepted }, socket.path);
      try {
        const process = await dialProgram({ ...dial, known, argv }, socket.path);
        const { lines } = process.log;
        if (known.isByOtherPort) await keepShownKey(at, hostKeys.store, { lines, known });
        const loggedInBy = await opensshLogin(lines, at, env);
        const { carrier } = dial;
        return new OpensshMaster({ endpoint: at, process, socket, folder, env, loggedInBy, carrier });
      } finally {
        if (isNewAccepted) await keepNewKeys(at, hostKeys.store, knownHosts);
      }
    });
  }

  /** Calls `work` with what a dial needs, once the jump host is there and the server has not too many of them. */
  async #reach<Value>(endpoint: Endpoint, work: (way: Way) => Promise<Value>): Promise<Value> {
    const { config, home, keepaliveMs, dialTimeoutMs: timeoutMs, timings } = this.#options;
    const identities = identityWords(endpoint, home);
    const jump = endpoint.via.at(-1);
    const startMs = performance.now();
    const carrier = jump === undefined ? undefined : await this.#carrier(endpoint, jump);
    if (carrier !== undefined) timings?.add('jump', endpoint.name, startMs);
    const { closing } = this.#masters;
    return this.#ports.find(endpoint, (at, port) =>
      this.#masters.limit(sshdOf(at), () => {
        port?.begin();
        const signal = port === undefined ? closing : AbortSignal.any([closing, port.signal]);
        const words = { config, identities, keepaliveMs, timeoutMs, endpoint: at, jump: carrier?.socket };
        const watched = { endpoint: at, carrier, timeoutMs, signal, onAnswer: port?.answer };
        return work({ words, dial: { ...this.#options, ...watched } });
      }),
    );
  }

  async #carrier(endpoint: Endpoint, jump: Endpoint): Promise<OpensshMaster> {
    try {
      return await this.#shared(jump, { isAsked: false, index: 0 });
    } catch (thrown) {
      throw jumpFailure(endpoint, jump, toHomelabError(thrown));
    }
  }
}
