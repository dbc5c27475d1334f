import { HomelabError, HomelabErrors } from '../core/errors.js';
import { byPlace } from '../yaml/place-order.js';

/** Mistakes gathered on the way, so that all of them can be told at once. */
export class Problems {
  readonly #errors: HomelabError[] = [];

  get isEmpty(): boolean {
    return this.#errors.length === 0;
  }

  add(...errors: readonly HomelabError[]): void {
    this.#errors.push(...errors);
  }

  /** What `read` resolves to; undefined where it throws a {@link HomelabError}, which is kept. */
  async collectAsync<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (thrown) {
      this.#keep(thrown);
      return undefined;
    }
  }

  /** As {@link Problems.collectAsync}, at once. */
  collect<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (thrown) {
      this.#keep(thrown);
      return undefined;
    }
  }

  /** All of them, each once, in the order of their places. */
  inOrder(): readonly HomelabError[] {
    return [...new Set(this.#errors)].toSorted(byPlace);
  }

  #keep(thrown: unknown): void {
    if (thrown instanceof HomelabErrors) this.#errors.push(...thrown.errors);
    else if (thrown instanceof HomelabError) this.#errors.push(thrown);
    else throw thrown;
  }
}

/** `file:line:column`, for hints that name another place. */
export function placeText(place: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}): string {
  return `${place.file}:${place.line}:${place.column}`;
}
