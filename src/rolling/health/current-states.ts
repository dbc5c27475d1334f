import type { SeenState } from './downtime-ledger.js';
import { wholesByMember, type Ask } from './accounts.js';
import type { WatchedService } from './health-watch.js';
import { Members } from './members.js';
import type { Service } from './services.js';

/** Is told of every look at a service, and of what it means for a whole. */
export type SightListener = (name: string, state: SeenState, atMs: number) => void;

interface Current {
  state: SeenState;
  said: string | undefined;
  atMs: number;
}

/** How every service was seen last. Nothing was seen yet of what nobody has asked. */
export class CurrentStates {
  readonly #services: readonly Service[];
  readonly #current: ReadonlyMap<string, Current>;
  readonly #members: ReadonlyMap<string, Members>;
  readonly #wholes: ReadonlyMap<string, readonly string[]>;
  readonly #listeners = new Set<SightListener>();

  constructor(services: readonly Service[]) {
    const wholes = services.filter((one) => one.is === 'whole');
    this.#services = services;
    this.#current = new Map(
      services.map(({ name }) => [name, { state: 'unseen', said: 'was not asked yet', atMs: -Infinity }]),
    );
    this.#members = new Map(wholes.map(({ name, members }) => [name, new Members(members)]));
    this.#wholes = wholesByMember(wholes);
  }

  /** Takes a look into account, unless a later question was answered before. */
  see({ name, atMs }: Ask, state: SeenState, said: string | undefined): void {
    const current = this.#current.get(name);
    if (current === undefined || atMs < current.atMs) return;
    this.#set(name, { state, said: state === 'up' ? undefined : said, atMs });
    for (const whole of this.#wholes.get(name) ?? []) {
      const members = this.#members.get(whole);
      const heard = members?.add(name, state);
      if (heard === undefined) continue;
      this.#set(whole, {
        state: heard,
        said: heard === 'up' ? undefined : `${name}: ${said ?? state}`,
        atMs,
      });
    }
  }

  has(name: string): boolean {
    return this.#current.has(name);
  }

  /** All, in the order of the services. */
  now(): WatchedService[] {
    return this.#services.map(({ name, host }) => {
      const { state, said } = this.#current.get(name) ?? { state: 'unseen', said: undefined };
      return { name, host, state, said };
    });
  }

  /** Returns what ends it. */
  listen(listener: SightListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(name: string, next: Current): void {
    const current = this.#current.get(name);
    if (current !== undefined) Object.assign(current, next);
    for (const listener of this.#listeners) listener(name, next.state, next.atMs);
  }
}
