import type { AnyTask } from '../core/task.js';
import type { KindSource } from './load-playbooks.js';

/**
 * The kinds that roles ask for. Which those are is known once a role was asked, and importing one takes time that
 * compiling does not wait for: see {@link AskedKinds.withKinds}.
 */
export class AskedKinds {
  readonly #source: KindSource;
  readonly #loaded = new Map<string, AnyTask>();
  /** Kinds that were asked for and are not loaded yet. */
  readonly #missing = new Set<string>();

  constructor(source: KindSource) {
    this.#source = source;
  }

  /** What `make` resolves to or throws when every kind that it asks for is loaded; before that it is called in vain. */
  async withKinds<T>(make: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const made = await make();
        if (this.#missing.size === 0) return made;
      } catch (thrown) {
        if (this.#missing.size === 0) throw thrown;
      }
      for (const kind of this.#missing) this.#loaded.set(kind, await this.#source.load(kind));
      this.#missing.clear();
    }
  }

  /** Whether there is such a kind. */
  has(kind: string): boolean {
    return this.#source.kinds().includes(kind);
  }

  /** The kind; undefined on the first attempt, where it is not loaded yet. */
  find(kind: string): AnyTask | undefined {
    const task = this.#loaded.get(kind);
    if (task === undefined) this.#missing.add(kind);
    return task;
  }
}
