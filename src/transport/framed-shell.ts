import { randomBytes } from 'node:crypto';
import { HomelabError } from '../core/errors.js';
import type { Reader } from '../core/reader.js';
import type { Login, RemoteShell, RunOptions, Section, SectionResult } from '../core/shell.js';
import { exchange, type ExchangeOutcome } from './exchange.js';
import { FrameParser } from './frame-parser.js';
import { ReadBatch } from './read-batch.js';
import { StreamTail, type ChannelEnd, type ShellChannel } from './shell-channel.js';
import { shellFailure, type FailedOutcome } from './shell-failure.js';
import { helloText, inOneBlock, repeatText, requestText } from './shell-program.js';

/** Where a shell's channel comes from. */
export interface ShellSource {
  /** Opens the channel that should turn into a shell. @throws HomelabError `transport/…` */
  open(): Promise<ShellChannel>;
  /**
   * The channel ended before a shell had read anything. Another one to send the same request to.
   * @throws HomelabError why there will be none
   */
  reopen?(end: ChannelEnd, stderr: string): Promise<ShellChannel>;
}

export interface FramedShellOptions {
  readonly host: string;
  readonly source: ShellSource;
  /** How long the shell may take to say that it reads. */
  readonly helloTimeoutMs: number;
  /** How its account was logged in to, where that is known. */
  readonly login?: Login | undefined;
  /** Called once, when the shell is of no more use. */
  readonly onEnd?: (() => void) | undefined;
}

const DEFAULT_LIMIT_BYTES = 64 << 20;
/** From here on a request is worth a process of its own where the shell reads byte by byte. */
const BLOCK_FROM_CHARACTERS = 16 * 1024;
const CLOSE_WAIT_MS = 2000;
/** 128 bits, so that nothing on a host can guess it. */
const nonce = (): string => randomBytes(16).toString('hex');

interface Request {
  readonly sections: readonly Section[];
  readonly options: RunOptions;
}

/** A {@link RemoteShell} over one channel: requests in their order, one at a time, each answered by one frame. */
export class FramedShell implements RemoteShell {
  readonly #options: FramedShellOptions;
  readonly #reads = new ReadBatch((sections) => this.run(sections, { atOnce: true }));
  #channel: ShellChannel | undefined;
  #stderr: StreamTail | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #hasHello = false;
  #isByteReader = false;
  #broken: HomelabError | undefined;
  #roundTrips = 0;
  #underWay = 0;

  constructor(options: FramedShellOptions) {
    this.#options = options;
  }

  get login(): Login | undefined {
    return this.#options.login;
  }

  get roundTrips(): number {
    return this.#roundTrips;
  }

  /** Opens the channel now, so that a host that cannot be reached says so before it is asked anything. */
  async open(): Promise<void> {
    this.#adopt(await this.#options.source.open());
  }

  run(sections: readonly Section[], options: RunOptions = {}): Promise<SectionResult[]> {
    if (sections.length === 0) return Promise.resolve([]);
    this.#underWay += 1;
    const answer = this.#queue.then(() => this.#answer({ sections, options }));
    const done = (): void => void (this.#underWay -= 1);
    this.#queue = answer.then(done, done);
    return answer;
  }

  read<Value>(reader: Reader<Value>, key: string): Promise<Value> {
    return this.#reads.read(reader, key);
  }

  /**
   * Ends the shell, which removes its scratch folder. One that has answered everything is not waited for: it ends when
   * it reads that there is nothing more, connection or not. A request that still runs is cut off after two seconds.
   */
  async close(): Promise<void> {
    const isGivenUp = this.#broken !== undefined;
    const { host } = this.#options;
    this.#end(
      new HomelabError({ code: 'transport/closed', host, message: `The shell on ${host} was closed` }),
    );
    const channel = this.#channel;
    if (channel === undefined || isGivenUp) return;
    channel.stdin.end();
    channel.stdout.resume();
    if (this.#underWay === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_WAIT_MS)));
    await Promise.race([channel.ended, patience]);
    clearTimeout(timer);
    channel.destroy();
  }

  async #answer(request: Request): Promise<SectionResult[]> {
    let outcome = await this.#ask(request, false);
    if (outcome.kind === 'ended' && !outcome.hasHello && outcome.end.lost === undefined) {
      await this.#reopen(outcome.end);
      outcome = await this.#ask(request, false);
    }
    if (outcome.kind === 'mismatch') outcome = await this.#ask(request, true);
    if (outcome.kind === 'answer') return outcome.results;
    throw this.#failure(outcome);
  }

  async #ask({ sections, options }: Request, isRepeated: boolean): Promise<ExchangeOutcome> {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#channel === undefined) await this.open();
    const hello = this.#hasHello ? undefined : nonce();
    const limitBytes = options.outputLimitBytes ?? DEFAULT_LIMIT_BYTES;
    const shape = {
      nonce: nonce(),
      sections,
      isStoppedByFailure: options.stopOnFailure === true,
      isAtOnce: options.atOnce === true,
      limitBytes,
    };
    const request = isRepeated ? repeatText(shape.nonce, limitBytes) : requestText(shape);
    const isBlock = this.#isByteReader && request.length >= BLOCK_FROM_CHARACTERS;
    const parser = new FrameParser({ nonce: shape.nonce, hello, sectionCount: sections.length, limitBytes });
    const outcome = await exchange({
      channel: this.#channel as ShellChannel,
      text: (hello === undefined ? '' : helloText(hello)) + (isBlock ? inOneBlock(request) : request),
      parser,
      timeoutMs: options.timeoutMs,
      helloTimeoutMs: this.#options.helloTimeoutMs,
    });
    if (outcome.kind === 'ended' || outcome.kind === 'timeout') return outcome;
    this.#hasHello = true;
    this.#isByteReader = parser.isByteReader;
    this.#roundTrips += 1;
    return outcome;
  }

  #adopt(channel: ShellChannel): void {
    this.#channel = channel;
    this.#stderr = new StreamTail(channel.stderr);
    void channel.ended.then((end) => {
      if (this.#channel === channel && this.#hasHello) this.#failure({ kind: 'ended', end, hasHello: true });
    });
  }

  async #reopen(end: ChannelEnd): Promise<void> {
    const { source } = this.#options;
    const stderr = this.#stderr?.text ?? '';
    if (source.reopen === undefined) throw this.#failure({ kind: 'ended', end, hasHello: false });
    try {
      this.#adopt(await source.reopen(end, stderr));
    } catch (thrown) {
      if (thrown instanceof HomelabError) this.#end(thrown);
      throw thrown;
    }
  }

  /** The error for an outcome without an answer. Where the shell can no longer be used, every later call gets it too. */
  #failure(outcome: FailedOutcome): HomelabError {
    const error = shellFailure(outcome, this.#options.host, this.#stderr?.text ?? '');
    return outcome.kind === 'no-scratch' ? error : this.#end(error);
  }

  /** The first reason stays. */
  #end(error: HomelabError): HomelabError {
    if (this.#broken !== undefined) return this.#broken;
    this.#broken = error;
    if (error.code !== 'transport/closed') this.#channel?.destroy();
    this.#options.onEnd?.();
    return error;
  }
}
