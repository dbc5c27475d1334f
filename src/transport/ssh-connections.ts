import type { Duplex } from 'node:stream';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { HomelabError, toHomelabError } from '../core/errors.js';
import type { Timings } from '../core/timings.js';
import { dial } from './dial.js';
import { closedError } from './dial-clock.js';
import type { Endpoint } from './endpoint.js';
import { checkHostKey, type HostKeyPolicy } from './host-key-check.js';
import { algorithmsByFamily, algorithmsFor } from './host-key-algorithms.js';
import { KeyRing, type KeyRingSources } from './key-ring.js';
import type { HostKey } from './known-hosts.js';
import { SharedConnections, sshdOf } from './shared-connections.js';
import type { SshConnection } from './ssh-connection.js';
import { dialTimeout, forwardFailure, jumpFailure } from './ssh-failure.js';

export interface SshConnectionsOptions {
  readonly keys: KeyRingSources;
  readonly hostKeys: HostKeyPolicy;
  readonly dialTimeoutMs: number;
  readonly keepaliveMs: number;
  readonly timings?: Timings | undefined;
}

/** Every connection of a run: one to each endpoint however many ask, those of jump hosts shared by all behind them. */
export class SshConnections {
  readonly #options: SshConnectionsOptions;
  readonly #connections = new SharedConnections<SshConnection>();

  constructor(options: SshConnectionsOptions) {
    this.#options = options;
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
  close(): Promise<void> {
    return this.#connections.close();
  }

  #shared(endpoint: Endpoint, isAsked: boolean): Promise<SshConnection> {
    const { key, name } = endpoint;
    return this.#connections.get({ key, name, isAsked }, () => this.#dial(endpoint));
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
    return this.#connections.limit(sshdOf(endpoint), async () => {
      const sock = carrier === undefined ? undefined : await this.#forward(carrier, endpoint);
      const signal = this.#connections.closing;
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
    return this.#connections.limit(`forward ${carrier.endpoint.key}`, async () => {
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
        this.#connections.closing.addEventListener('abort', giveUp, { once: true });
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
}
