import { setMaxListeners } from 'node:events';
import pLimit, { type LimitFunction } from 'p-limit';
import type { HomelabError } from '../core/errors.js';
import { closedError } from './dial-clock.js';
import type { Endpoint } from './endpoint.js';

/** What can be shared: a connection of whatever transport. */
export interface SharedConnection {
  readonly endpoint: Endpoint;
  /** Why it is over. Resolves once, never rejects. */
  readonly lost: Promise<HomelabError>;
  /** Never throws. */
  end(): Promise<void>;
}

interface Entry<Connection> {
  readonly connection: Promise<Connection>;
  isOver: boolean;
  failedAtMs: number | undefined;
}

/** sshd drops logins at random from ten unfinished ones on (MaxStartups 10:30:100, sshd_config(5)). */
const DIALS_PER_SSHD = 8;
/** How long hosts behind a jump host take its failure as known, instead of dialling it again each. */
const FAILURE_MEMORY_MS = 60_000;

/** One connection for each key however many ask at the same time, and few dials at once to each server. */
export class SharedConnections<Connection extends SharedConnection> {
  readonly #entries = new Map<string, Entry<Connection>>();
  readonly #limits = new Map<string, LimitFunction>();
  readonly #closing = new AbortController();

  constructor() {
    setMaxListeners(0, this.#closing.signal);
  }

  /** Aborted by {@link close}. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * The connection that `key` stands for. One that was lost is dialled anew; so is one that failed, if it is asked for
   * itself and not on the way to another host. @throws HomelabError `transport/closed`, or what `dial` throws
   */
  get(
    { key, name, isAsked }: { key: string; name: string; isAsked: boolean },
    dial: () => Promise<Connection>,
  ): Promise<Connection> {
    if (this.#closing.signal.aborted) return Promise.reject(closedError(name));
    const known = this.#entries.get(key);
    if (known !== undefined && isUsable(known, isAsked)) return known.connection;
    const entry: Entry<Connection> = { connection: dial(), isOver: false, failedAtMs: undefined };
    this.#entries.set(key, entry);
    entry.connection.then(
      (connection) => void connection.lost.then(() => (entry.isOver = true)),
      () => (entry.failedAtMs = performance.now()),
    );
    return entry.connection;
  }

  /** At most eight at a time of what carries the same name. */
  limit<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
    const limit = this.#limits.get(name) ?? pLimit(DIALS_PER_SSHD);
    this.#limits.set(name, limit);
    return limit(work);
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
}

/** The same sshd by whatever name and account: what {@link SharedConnections.limit} counts dials by. */
export function sshdOf(endpoint: Endpoint): string {
  return endpoint.key.replace(/[^>]*@/g, '');
}

function isUsable(entry: Entry<unknown>, isAsked: boolean): boolean {
  if (entry.isOver) return false;
  if (entry.failedAtMs === undefined) return true;
  return !isAsked && performance.now() - entry.failedAtMs < FAILURE_MEMORY_MS;
}
