import type { SectionResult } from '../core/shell.js';
import { BODY_MARK, END_MARK, HEADER_MARK, HELLO_MARK } from './shell-program.js';

export type FrameOutcome =
  | { readonly kind: 'answer'; readonly results: SectionResult[] }
  /** A file was no longer as long as it had been counted: ask again. */
  | { readonly kind: 'mismatch' }
  /** The host has no private place to keep output in, or no room left there: what came after was not run. */
  | { readonly kind: 'no-scratch' }
  /** The header made no sense. */
  | { readonly kind: 'garbled' };

export interface FrameExpectation {
  readonly nonce: string;
  /** Nonce of the hello that comes first; undefined where the shell has said hello before. */
  readonly hello: string | undefined;
  readonly sectionCount: number;
  readonly limitBytes: number;
}

interface Piece {
  readonly index: number;
  readonly stream: 'stdout' | 'stderr';
  readonly sizeBytes: number;
  readonly truncated: boolean;
}

/** A header has a few bytes for each section; one that never ends is not ours. */
const MOST_HEADER_BYTES = 8 << 20;

/**
 * Reads one answer from a stream of bytes that may hold anything before it. Only the nonce, fresh and unknown to
 * whatever runs on the host, makes a line a frame; the contents are counted, never looked at.
 */
export class FrameParser {
  readonly #expected: FrameExpectation;
  readonly #end: Buffer;
  #state: 'hello' | 'begin' | 'header' | 'body' | 'skip';
  #pending: Buffer = Buffer.alloc(0);
  #codes: (number | null)[] = [];
  #pieces: Piece[] = [];
  /** The contents and, right behind them, the end mark. */
  #body: Buffer = Buffer.alloc(0);
  #filled = 0;
  #isByteReader = false;

  constructor(expected: FrameExpectation) {
    this.#expected = expected;
    this.#state = expected.hello === undefined ? 'begin' : 'hello';
    this.#end = Buffer.from(`\n${END_MARK} ${expected.nonce}\n`);
  }

  /** Whether the shell has begun to read what was sent. */
  get hasHello(): boolean {
    return this.#state !== 'hello';
  }

  /** Whether the shell reads its commands byte by byte (bash); known once there is an outcome. */
  get isByteReader(): boolean {
    return this.#isByteReader;
  }

  /** Takes more bytes; the outcome once there is one. */
  push(chunk: Buffer): FrameOutcome | undefined {
    if (this.#state === 'body') return this.#fill(chunk);
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (this.#state === 'hello' && this.#seek(`\n${HELLO_MARK} ${this.#expected.hello}\n`))
      this.#state = 'begin';
    if (this.#state === 'begin' && this.#seek(`\n${HEADER_MARK} ${this.#expected.nonce} `))
      this.#state = 'header';
    if (this.#state === 'header') return this.#readHeader();
    if (this.#state === 'skip' && this.#seek(this.#end)) return { kind: 'mismatch' };
    return undefined;
  }

  /** Drops everything up to and with `mark`. Where it is not there yet, keeps only what may be its beginning. */
  #seek(mark: string | Buffer): boolean {
    const at = this.#pending.indexOf(mark);
    this.#pending = this.#pending.subarray(
      at < 0 ? Math.max(0, this.#pending.length - mark.length) : at + mark.length,
    );
    return at >= 0;
  }

  #readHeader(): FrameOutcome | undefined {
    const mark = `\n${BODY_MARK} ${this.#expected.nonce}\n`;
    const at = this.#pending.indexOf(mark);
    if (at < 0) return this.#pending.length > MOST_HEADER_BYTES ? { kind: 'garbled' } : undefined;
    const header = this.#pending.toString('latin1', 0, at);
    const rest = this.#pending.subarray(at + mark.length);
    this.#pending = Buffer.alloc(0);
    const failure = this.#understand(header);
    if (failure !== undefined) return { kind: failure };
    const total = this.#pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0);
    this.#body = Buffer.allocUnsafe(total + this.#end.length);
    this.#state = 'body';
    return this.#fill(rest);
  }

  /** `FIRST CODE…`, FIRST with a `b` before it in bash, and then the lines of `wc`: `  SIZE oN`. */
  #understand(header: string): 'garbled' | 'no-scratch' | undefined {
    const [codesLine = '', ...sizeLines] = header.split('\n');
    const [start = '', ...codes] = codesLine.split(' ');
    this.#isByteReader = start.startsWith('b');
    const first = start.replace(/^b/, '');
    if (first === '0') return 'no-scratch';
    if (!/^[1-9]\d{0,8}$/.test(first) || codes.length !== this.#expected.sectionCount) return 'garbled';
    if (!codes.every((code) => /^(-|\d{1,3})$/.test(code))) return 'garbled';
    this.#codes = codes.map((code) => (code === '-' ? null : Number(code)));
    for (const line of sizeLines) {
      const size = /^\s*(\d{1,15}) ([oe])(\d{1,9})$/.exec(line);
      if (size === null) continue;
      const index = Number(size[3]) - Number(first);
      if (index < 0 || index >= codes.length) return 'garbled';
      const sizeBytes = Math.min(Number(size[1]), this.#expected.limitBytes);
      const truncated = Number(size[1]) > this.#expected.limitBytes;
      this.#pieces.push({ index, stream: size[2] === 'o' ? 'stdout' : 'stderr', sizeBytes, truncated });
    }
    return undefined;
  }

  #fill(chunk: Buffer): FrameOutcome | undefined {
    const taken = chunk.copy(this.#body, this.#filled);
    this.#filled += taken;
    const hasEnd =
      this.#filled >= this.#end.length &&
      this.#body.subarray(this.#filled - this.#end.length, this.#filled).equals(this.#end);
    if (hasEnd) return this.#filled === this.#body.length ? this.#answer() : { kind: 'mismatch' };
    if (this.#filled < this.#body.length) return undefined;
    this.#state = 'skip';
    const tail = this.#body.subarray(this.#body.length - this.#end.length);
    this.#body = Buffer.alloc(0);
    return this.push(Buffer.concat([tail, chunk.subarray(taken)]));
  }

  #answer(): FrameOutcome {
    const none: Buffer = Buffer.alloc(0);
    const results = this.#codes.map((code) => ({ code, stdout: none, stderr: none, truncated: false }));
    let at = 0;
    for (const { index, stream, sizeBytes, truncated } of this.#pieces) {
      const result = results[index];
      if (result === undefined) continue;
      result[stream] = this.#body.subarray(at, at + sizeBytes);
      result.truncated ||= truncated;
      at += sizeBytes;
    }
    return { kind: 'answer', results };
  }
}
