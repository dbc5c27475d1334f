import { inspect } from 'node:util';

/** What a secret prints as, everywhere. */
export const MASK = '***';

/** A value that prints as `***` however it is printed: as text, as JSON, by inspect. */
export abstract class Masked {
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

/**
 * A value that must not be seen: text, or the bytes of a file. Only {@link Secret.reveal} and {@link Secret.revealBytes}
 * open it. What is made of an opened one is secret again, and only the transport's edge may let it go.
 */
export class Secret extends Masked {
  readonly #bytes: Uint8Array | undefined;
  readonly #text: string;

  constructor(value: string | Uint8Array) {
    super();
    this.#bytes = typeof value === 'string' ? undefined : value;
    this.#text = typeof value === 'string' ? value : Buffer.from(value).toString('utf8');
  }

  /** The plain text: for writing to a host's standard input, never for an argument, a log or an error. */
  reveal(): string {
    return this.#text;
  }

  /** The plain bytes; those of a text are its UTF-8. The same rule as for {@link Secret.reveal}. */
  revealBytes(): Uint8Array {
    return this.#bytes ?? Buffer.from(this.#text, 'utf8');
  }

  equals(other: Secret): boolean {
    return Buffer.from(this.revealBytes()).equals(other.revealBytes());
  }
}
