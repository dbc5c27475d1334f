import { inspect } from 'node:util';

/** What a secret prints as, everywhere. */
export const MASK = '***';

/**
 * A value that must not be seen. It prints as `***` however it is printed (string, JSON, inspect);
 * only {@link Secret.reveal} opens it, and only the transport's edge may call that.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The plain value: for writing to a host's standard input, never for an argument, a log or an error. */
  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
