import type { Check } from '../../core/check.js';
import type { Ask } from './accounts.js';
import type { SeenState } from './downtime-ledger.js';
import { down, type AskCheck } from './sight.js';
import type { WatchClock } from './watch-clock.js';

export interface HereAskerOptions {
  readonly checks: readonly { readonly name: string; readonly check: Check }[];
  readonly ask: AskCheck;
  readonly clock: WatchClock;
  readonly timeoutMs: number;
  readonly begin: (name: string) => Ask;
  readonly settle: (ask: Ask, outcome: SeenState | 'dropped', said?: string) => void;
}

/** Asks from this machine. Questions overlap: one that hangs delays no other, and ends when its time is over. */
export class HereAsker {
  readonly #options: HereAskerOptions;
  readonly #open = new Set<AbortController>();
  #isStopped = false;

  constructor(options: HereAskerOptions) {
    this.#options = options;
  }

  /** Asks everything once. Never throws. */
  beat(): void {
    if (this.#isStopped) return;
    for (const { name, check } of this.#options.checks) void this.#ask(name, check);
  }

  /** Ends what is under way; it does not count. */
  stop(): void {
    this.#isStopped = true;
    for (const ending of this.#open) ending.abort();
  }

  async #ask(name: string, check: Check): Promise<void> {
    const { ask, clock, timeoutMs, begin, settle } = this.#options;
    const question = begin(name);
    const ending = new AbortController();
    this.#open.add(ending);
    let isLate = false;
    const stop = clock.after(timeoutMs, () => {
      isLate = true;
      ending.abort();
    });
    const sight = await ask(check, ending.signal).catch((thrown: unknown) => down(String(thrown)));
    stop();
    this.#open.delete(ending);
    if (this.#isStopped) settle(question, 'dropped');
    else if (isLate) settle(question, 'down', `no answer within ${timeoutMs / 1000} s`);
    else settle(question, sight.isUp ? 'up' : 'down', sight.said);
  }
}
