import type { HostConfig } from '../../core/host-config.js';
import { HomelabError, toHomelabError } from '../../core/errors.js';
import type { RemoteShell } from '../../core/shell.js';
import type { Transport } from '../../core/transport.js';
import { within, type WatchClock } from './watch-clock.js';

/** What became of an attempt to reach a host. */
export type Reached =
  | { readonly is: 'open'; readonly shell: RemoteShell }
  /** It does not answer, and the way to it is there. */
  | { readonly is: 'away'; readonly error: HomelabError }
  /** Nobody can tell: the way to it is not there. */
  | { readonly is: 'cut-off'; readonly error: HomelabError }
  /** It answers, and lets nobody in. */
  | { readonly is: 'refused'; readonly error: HomelabError };

export interface VantageLinkOptions {
  readonly host: HostConfig;
  /** The last jump host on the way; undefined: there is none. */
  readonly jump: HostConfig | undefined;
  /** Makes a transport that shares no connection with any other. */
  readonly afresh: () => Transport;
  readonly clock: WatchClock;
}

/** How long the first attempt may take. */
const FIRST_ATTEMPT_MS = 10_000;
/**
 * How long those may take that look for a lost host, again and again. One that begins to answer while an attempt is under way
 * hears of the next one sooner than of what the system repeats; a slow one needs its time to let us in.
 */
const ATTEMPTS_MS = [2500, 2500, 5000, 10_000];
/** A jump host that is asked whether it is there has just passed something on, or nothing. */
const JUMP_ANSWER_MS = 3000;

/** Codes that say that nothing answers at the place of a host. */
const SILENT = ['connection-refused', 'connection-lost', 'timeout', 'unreachable'].map(
  (what) => `transport/${what}`,
);

/** The way to a host that is asked from: connections of its own, made anew where they may be dead. */
export class VantageLink {
  readonly #options: VantageLinkOptions;
  #transport: Transport | undefined;
  #closing: Promise<unknown> = Promise.resolve();
  #attempts = 0;

  constructor(options: VantageLinkOptions) {
    this.#options = options;
  }

  /** One attempt, bounded. Never rejects. Not to be called while another one is under way. */
  async reach(): Promise<Reached> {
    const { host, clock } = this.#options;
    this.#transport ??= this.#options.afresh();
    const opening = this.#transport.open(host).catch(toHomelabError);
    const shell = await within(clock, this.#nextLimitMs(), opening);
    if (shell === undefined || shell instanceof HomelabError)
      return this.#judge(shell ?? lateError(host.name));
    this.#attempts = 1;
    return { is: 'open', shell };
  }

  /** Ends all of its connections; the next attempt makes new ones. Never throws. */
  async drop(): Promise<void> {
    this.#closing = Promise.all([this.#closing, this.#transport?.close()]);
    this.#transport = undefined;
    await this.#closing;
  }

  #nextLimitMs(): number {
    const number = this.#attempts++;
    if (number === 0) return FIRST_ATTEMPT_MS;
    return ATTEMPTS_MS[(number - 1) % ATTEMPTS_MS.length] ?? FIRST_ATTEMPT_MS;
  }

  async #judge(error: HomelabError): Promise<Reached> {
    const isSilent = SILENT.includes(error.code);
    // What was refused was refused by somebody: the connection that said so lives, and serves the next attempt.
    if (isSilent && error.code !== 'transport/timeout') return { is: 'away', error };
    const isCutOff = isSilent ? !(await this.#isJumpThere()) : error.code === 'transport/jump-failed';
    void this.drop();
    if (isCutOff) return { is: 'cut-off', error };
    return { is: isSilent ? 'away' : 'refused', error };
  }

  /** Asked over the connection that the attempt went through: where that is dead, the host was not even asked. */
  async #isJumpThere(): Promise<boolean> {
    const { jump, clock } = this.#options;
    if (jump === undefined) return true;
    const ask = async (): Promise<boolean> => {
      const shell = await this.#transport?.open(jump);
      await shell?.run([{ script: 'true' }], { timeoutMs: JUMP_ANSWER_MS });
      void shell?.close();
      return shell !== undefined;
    };
    return (
      (await within(
        clock,
        JUMP_ANSWER_MS,
        ask().catch(() => false),
      )) ?? false
    );
  }
}

function lateError(host: string): HomelabError {
  return new HomelabError({ code: 'transport/timeout', host, message: `${host} did not answer in time` });
}
