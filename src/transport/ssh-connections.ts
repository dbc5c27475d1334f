import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import pLimit, { type LimitFunction } from 'p-limit';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { HomelabError, toHomelabError } from '../core/errors.js';
import type { Timings } from '../core/timings.js';
import { closedError, dial } from './dial.js';
import type { Endpoint } from './endpoint.js';
import { checkHostKey, type HostKeyPolicy } from './host-key-check.js';
import { algorithmsByFamily, algorithmsFor } from './host-key-algorithms.js';
import { KeyRing, type KeyRingSources } from './key-ring.js';
import type { HostKey } from './known-hosts.js';
import type { SshConnection } from './ssh-connection.js';
import { dialTimeout, forwardFailure, jumpFailure } from './ssh-failure.js';

export interface SshConnectionsOptions {
  readonly keys: KeyRingSources;
  readonly hostKeys: HostKeyPolicy;
  readonly dialTimeoutMs: number;
  readonly keepaliveMs: number;
  readonly timings?: Timings | undefined;
}

interface Entry {
  readonly connection: Promise<SshConnection>;
  isOver: boolean;
  failedAtMs: number | undefined;
}

/** sshd drops logins at random from ten unfinished ones on (MaxStartups 10:30:100, sshd_config(5)). */
const DIALS_PER_SSHD = 8;
/** How long hosts behind a jump host take its failure as known, instead of dialling it again each. */
const FAILURE_MEMORY_MS = 60_000;

/** Every connection of a run: one to each endpoint however many ask, those of jump hosts shared by all behind them. */
export class SshConnections {
  readonly #options: SshConnectionsOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #limits = new Map<string, LimitFunction>();
  readonly #closing = new AbortController();

  constructor(options: SshConnectionsOptions) {
    this.#options = options;
    setMaxListeners(0, this.#closing.signal);
  }

  /** An open connection. One that failed or was lost before is dialled anew. @throws HomelabError `transport/…` */
  connect(endpoint: Endpoint): Promise<SshConnection> {
    return this.#shared(endpoint, true);
  }

  /**
   * The host's keys, at most one of each type, without logging in there (jump hosts before it are logged in to).
   * @throws HomelabError `transport/…`
   */
  async scan(endpoint: Endpoint): Promise<HostKey[]> {
    const found: HostKey[] = [];
    for (const algorithms of algorithmsByFamily()) {
      let shown: HostKey | undefined;
      const verify = (key: HostKey): Promise<void> => {
        shown = key;
        return Promise.reject(closedError(endpoint.name));
      };
      await this.#reach(endpoint, { keys: undefined, verify, algorithms }).catch((thrown: unknown) => {
        if (shown === undefined && toHomelabError(thrown).code !== 'transport/no-common-algorithm')
          throw thrown;
      });
      if (shown !== undefined) found.push(shown);
    }
    return found;
  }

  /** Ends every connection, the farthest first, and every dial. Never throws. */
  async close(): Promise<void> {
    this.#closing.abort();
    const settled = await Promise.allSettled([...this.#entries.values()].map((entry) => entry.connection));
    const open = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const depths = [...new Set(open.map((connection) => connection.endpoint.via.length))].toSorted(
      (a, b) => b - a,
    );
    for (const depth of depths)
      await Promise.all(
        open.filter(({ endpoint }) => endpoint.via.length === depth).map((connection) => connection.end()),
      );
    this.#entries.clear();
  }

  #shared(endpoint: Endpoint, isAsked: boolean): Promise<SshConnection> {
    if (this.#closing.signal.aborted) return Promise.reject(closedError(endpoint.name));
    const known = this.#entries.get(endpoint.key);
    if (known !== undefined && isUsable(known, isAsked)) return known.connection;
    const entry: Entry = { connection: this.#dial(endpoint), isOver: false, failedAtMs: undefined };
    this.#entries.set(endpoint.key, entry);
    entry.connection.then(
      (connection) => void connection.lost.then(() => (entry.isOver = true)),
      () => (entry.failedAtMs = performance.now()),
    );
    return entry.connection;
  }

  async #dial(endpoint: Endpoint): Promise<SshConnection> {
    const { keys: sources, hostKeys } = this.#options;
    // Meanwhile the jump host is on its way; why it fails is told below.
    const jump = endpoint.via.at(-1);
    if (jump !== undefined) this.#shared(jump, false).catch(() => undefined);
    const [known, keys] = await Promise.all([
      hostKeys.store.lookUp(endpoint),
      KeyRing.collect(endpoint, sources),
    ]);
    const target = {
      keys,
      verify: (key: HostKey) => checkHostKey(endpoint, key, hostKeys),
      algorithms: algorithmsFor(known.accepted.map(({ key }) => key.type)),
    };
    try {
      return await this.#reach(endpoint, target);
    } catch (thrown) {
      // While a passphrase was typed the server may have hung up (LoginGraceTime); no login has failed by that.
      if (!keys.hasAsked || toHomelabError(thrown).code !== 'transport/connection-lost') throw thrown;
      return this.#reach(endpoint, target);
    }
  }

  async #reach(
    endpoint: Endpoint,
    target: Pick<Parameters<typeof dial>[0], 'keys' | 'verify'> & {
      algorithms: readonly ServerHostKeyAlgorithm[];
    },
  ): Promise<SshConnection> {
    const { dialTimeoutMs: timeoutMs, keepaliveMs, timings } = this.#options;
    const { keys, verify, algorithms: hostKeyAlgorithms } = target;
    const jump = endpoint.via.at(-1);
    const startMs = performance.now();
    const carrier = jump === undefined ? undefined : await this.#carrier(endpoint, jump);
    if (carrier !== undefined) timings?.add('jump', endpoint.name, startMs);
    // The same sshd by whatever name and account.
    return this.#limit(endpoint.key.replace(/[^>]*@/g, ''), async () => {
      const sock = carrier === undefined ? undefined : await this.#forward(carrier, endpoint);
      const { signal } = this.#closing;
      try {
        return await dial({
          endpoint,
          sock,
          keys,
          verify,
          hostKeyAlgorithms,
          timeoutMs,
          keepaliveMs,
          signal,
          carrier,
          timings,
        });
      } catch (thrown) {
        if (carrier?.reason === undefined) throw thrown;
        throw jumpFailure(endpoint, carrier.endpoint, carrier.reason);
      }
    });
  }

  async #carrier(endpoint: Endpoint, jump: Endpoint): Promise<SshConnection> {
    try {
      return await this.#shared(jump, false);
    } catch (thrown) {
      throw jumpFailure(endpoint, jump, toHomelabError(thrown));
    }
  }

  #forward(carrier: SshConnection, endpoint: Endpoint): Promise<Duplex> {
    const { dialTimeoutMs } = this.#options;
    return this.#limit(`forward ${carrier.endpoint.key}`, async () => {
      let timer: NodeJS.Timeout | undefined;
      const channel = carrier.forward(endpoint.address, endpoint.port);
      const late = new Promise<never>((_resolve, reject) => {
        const giveUp = (): void => {
          channel.then(
            (stream) => stream.destroy(),
            () => undefined,
          );
          reject(new HomelabError({ ...dialTimeout(endpoint), host: endpoint.name }));
        };
        timer = setTimeout(giveUp, dialTimeoutMs);
        this.#closing.signal.addEventListener('abort', giveUp, { once: true });
      });
      try {
        return await Promise.race([channel, late]);
      } catch (thrown) {
        if (carrier.reason !== undefined) throw jumpFailure(endpoint, carrier.endpoint, carrier.reason);
        throw thrown instanceof HomelabError
          ? thrown
          : forwardFailure(endpoint, carrier.endpoint, thrown as Error);
      } finally {
        clearTimeout(timer);
      }
    });
  }

  /** At most eight at a time of what carries the same name. */
  #limit<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
    const limit = this.#limits.get(name) ?? pLimit(DIALS_PER_SSHD);
    this.#limits.set(name, limit);
    return limit(work);
  }
}

function isUsable(entry: Entry, isAsked: boolean): boolean {
  if (entry.isOver) return false;
  if (entry.failedAtMs === undefined) return true;
  return !isAsked && performance.now() - entry.failedAtMs < FAILURE_MEMORY_MS;
}
