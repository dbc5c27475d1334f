import type { SeenState } from './downtime-ledger.js';

/** How a service that several hosts serve stands, from how it was seen last on each. Only a member that is up counts. */
export class Members {
  readonly #states: Map<string, SeenState>;

  /** Names of the services of its hosts. None was seen yet. */
  constructor(names: readonly string[]) {
    this.#states = new Map(names.map((name) => [name, 'unseen']));
  }

  /** Up where one is; else unseen where one may be. */
  get state(): SeenState {
    const states = [...this.#states.values()];
    if (states.includes('up')) return 'up';
    return states.includes('unseen') ? 'unseen' : 'down';
  }

  /**
   * Takes a look at one member. Returns what it says of the whole: that it is up only where this member was; undefined
   * where this member was not and another one was seen up last, which is no new success.
   */
  add(name: string, state: SeenState): SeenState | undefined {
    this.#states.set(name, state);
    const whole = this.state;
    return whole === 'up' && state !== 'up' ? undefined : whole;
  }

  copy(): Members {
    const copy = new Members([]);
    for (const [name, state] of this.#states) copy.#states.set(name, state);
    return copy;
  }
}
