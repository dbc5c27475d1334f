import type { Duplex } from 'node:stream';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { HomelabError, toHomelabError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { Timings } from '../core/timings.js';
import { dial, type DialOptions } from './dial.js';
import { closedError } from './dial-clock.js';
import type { Endpoint } from './endpoint.js';
import { checkHostKey, type HostKeyPolicy } from './host-key-check.js';
import { algorithmsByFamily, algorithmsFor } from './host-key-algorithms.js';
import { KeyRing, type KeyRingSources } from './key-ring.js';
import type { HostKey } from './known-hosts.js';
import { PasswordLogin } from './password-login.js';
import { Ports, type PortTry } from './ports.js';
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

/** Whom to talk to at a port, and as who. */
interface Target extends Pick<DialOptions, 'keys' | 'password' | 'verify'> {
  readonly algorithms: readonly ServerHostKeyAlgorithm[];
}

type AtPort<Value> = (at: Endpoint, dialTarget: (target: Target) => Promise<SshConnection>) => Promise<Value>;

/** Every connection of a run: one to each endpoint however many ask, those of jump hosts shared by all behind them. */
export class SshConnections {
  readonly #options: SshConnectionsOptions;
  readonly #connections = new SharedConnections<SshConnection>();
  readonly #ports = new Ports();

  constructor(options: SshConnectionsOptions) {
    this.#options = options;
  }

  /** An open connection. One that failed or was lost before is dialled anew. @throws HomelabError `transport/…` */
  connect(endpoint: Endpoint): Promise<SshConnection> {
    return this.#shared(endpoint, true);
  }

  /**
   * A connection that is made by a password and shared with nobody.
   * @throws HomelabError `transport/login-password-wrong`, `/no-password-login`, `transport/…`
   */
  connectByPassword(endpoint: Endpoint, secret: Secret): Promise<SshConnection> {
    const { key, name } = endpoint;
    return this.#connections.get({ key: `${key} by password`, name, isAsked: true }, () =>
      this.#reach(endpoint, async (at, dialTarget) =>
        dialTarget({ ...(await this.#known(at)), keys: undefined, password: new PasswordLogin(at, secret) }),
      ),
    );
  }

  /**
   * The host's keys, at most one of each type, without logging in there (jump hosts before it are logged in to).
   * @throws HomelabError `transport/…`
   */
  scan(endpoint: Endpoint): Promise<HostKey[]> {
    return this.#reach(endpoint, async (at, dialTarget) => {
      const found: HostKey[] = [];
      for (const algorithms of algorithmsByFamily()) {
        let shown: HostKey | undefined;
        const verify = (key: HostKey): Promise<void> => {
          shown = key;
          return Promise.reject(closedError(at.name));
        };
        await dialTarget({ keys: undefined, verify, algorithms }).catch((thrown: unknown) => {
          if (shown === undefined && toHomelabError(thrown).code !== 'transport/no-common-algorithm')
            throw thrown;
        });
        if (shown !== undefined) found.push(shown);
      }
      return found;
    });
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
    const [keys] = await Promise.all([KeyRing.collect(endpoint, sources), hostKeys.store.lookUp(endpoint)]);
    const logIn = (): Promise<SshConnection> =>
      this.#reach(endpoint, async (at, dialTarget) => {
        const known = await this.#known(at);
        return dialTarget({ ...known, keys });
      });
    try {
      return await logIn();
    } catch (thrown) {
      // While a passphrase was typed the server may have hung up (LoginGraceTime); no login has failed by that.
      if (!keys.hasAsked || toHomelabError(thrown).code !== 'transport/connection-lost') throw thrown;
      return logIn();
    }
  }

  /** How to tell that the server is who it was. */
  async #known(at: Endpoint): Promise<Pick<Target, 'verify' | 'algorithms'>> {
    const { hostKeys } = this.#options;
    const { accepted } = await hostKeys.store.lookUp(at);
    return {
      verify: (key) => checkHostKey(at, key, hostKeys),
      algorithms: algorithmsFor(accepted.map(({ key }) => key.type)),
    };
  }

  /** Calls `work` with a way to dial the host at a port that answers, once its jump host is there. */
  async #reach<Value>(endpoint: Endpoint, work: AtPort<Value>): Promise<Value> {
    const jump = endpoint.via.at(-1);
    const startMs = performance.now();
    const carrier = jump === undefined ? undefined : await this.#carrier(endpoint, jump);
    if (carrier !== undefined) this.#options.timings?.add('jump', endpoint.name, startMs);
    return this.#ports.find(endpoint, (at, port) =>
      work(at, (target) => this.#dialAt(at, target, { carrier, port })),
    );
  }

  #dialAt(
    at: Endpoint,
    { algorithms: hostKeyAlgorithms, ...target }: Target,
    { carrier, port }: { readonly carrier: SshConnection | undefined; readonly port: PortTry | undefined },
  ): Promise<SshConnection> {
    const { dialTimeoutMs: timeoutMs, keepaliveMs, timings } = this.#options;
    return this.#connections.limit(sshdOf(at), async () => {
      if (carrier === undefined) port?.begin();
      const sock = carrier === undefined ? undefined : await this.#forward(carrier, at, port);
      const { closing } = this.#connections;
      const signal = port === undefined ? closing : AbortSignal.any([closing, port.signal]);
      const rest = { timeoutMs, keepaliveMs, signal, carrier, timings };
      try {
        return await dial({
          ...target,
          ...rest,
          endpoint: at,
          sock,
          hostKeyAlgorithms,
          onAnswer: port?.answer,
        });
      } catch (thrown) {
        if (carrier?.reason === undefined) throw thrown;
        throw jumpFailure(at, carrier.endpoint, carrier.reason);
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

  #forward(carrier: SshConnection, endpoint: Endpoint, port: PortTry | undefined): Promise<Duplex> {
    const { dialTimeoutMs } = this.#options;
    return this.#connections.limit(`forward ${carrier.endpoint.key}`, async () => {
      port?.begin();
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
