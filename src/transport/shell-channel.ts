import type { Readable, Writable } from 'node:stream';
import type { HomelabError } from '../core/errors.js';

/** How a program at the other end of a channel ended. */
export interface ChannelEnd {
  /** Null where it was killed, or where nobody can say. */
  readonly code: number | null;
  /** Set where not the program ended but the way to it. */
  readonly lost: HomelabError | undefined;
}

/** The three streams of one program, wherever it runs. Errors of the streams are handled; they show as the end. */
export interface ShellChannel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when all output has come and the program is over, or the way to it is. Never rejects. */
  readonly ended: Promise<ChannelEnd>;
  /** Gives the channel up without waiting. What runs at the other end may go on. */
  destroy(): void;
}

/** Opens a channel to a program. `argv` is plain words that mean the same to every login shell. */
export type OpenChannel = (argv: readonly string[]) => Promise<ShellChannel>;

/** The last bytes of a stream, for an error message. */
export class StreamTail {
  #text = '';

  constructor(stream: Readable, mostCharacters = 4096) {
    stream.on('data', (chunk: Buffer) => {
      this.#text = (this.#text + chunk.toString('utf8')).slice(-mostCharacters);
    });
  }

  get text(): string {
    return this.#text;
  }
}

/** What a host said, fit for one line of a message: no control characters, no direction marks, at most 300 characters. */
export function oneLine(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return plain.length <= 300 ? plain : `…${plain.slice(-299)}`;
}
