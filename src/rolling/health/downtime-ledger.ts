/** What one look at a service found: it served, it did not, or nobody could look. */
export type SeenState = 'up' | 'down' | 'unseen';

/** One look. */
export interface Sample {
  /** When it was asked, milliseconds of a clock that nobody sets. Never before the sample before it. */
  readonly atMs: number;
  readonly state: SeenState;
}

/** What all looks together say. */
export interface Account {
  readonly longestMs: number;
  readonly totalMs: number;
  readonly interruptions: number;
  readonly unseenMs: number;
  /** Looks that saw something. */
  readonly samples: number;
  readonly isDown: boolean;
}

/** An interruption that has not ended yet. */
interface Open {
  readonly ms: number;
  /** How long it had been at the first of the successes so far; undefined: the last look that saw something found it down. */
  readonly msAtSuccess: number | undefined;
}

/**
 * Counts how long a service was away. An interruption lasts from the last success to the first of two in a row, so that one
 * lucky answer does not end it. Time next to a look that saw nothing is nobody's: it is counted apart, and taken out of
 * the interruption around it.
 */
export class DowntimeLedger {
  #last: Sample | undefined;
  #open: Open | undefined;
  #longestMs = 0;
  #totalMs = 0;
  #interruptions = 0;
  #unseenMs = 0;
  #samples = 0;

  add(sample: Sample): void {
    const gapMs = this.#last === undefined ? 0 : sample.atMs - this.#last.atMs;
    const isSeen = this.#last?.state !== 'unseen' && sample.state !== 'unseen';
    if (!isSeen) this.#unseenMs += gapMs;
    this.#last = sample;
    if (sample.state === 'unseen') return;
    this.#samples += 1;
    const ms = (this.#open?.ms ?? 0) + (isSeen ? gapMs : 0);
    if (sample.state === 'down') this.#open = { ms, msAtSuccess: undefined };
    else if (this.#open?.msAtSuccess !== undefined) this.#end(this.#open.msAtSuccess);
    else if (this.#open !== undefined) this.#open = { ms, msAtSuccess: ms };
  }

  /** What was counted so far; an interruption that goes on counts up to the last look. */
  account(): Account {
    const open = this.#open;
    const openMs = open?.msAtSuccess ?? open?.ms ?? 0;
    return {
      longestMs: Math.max(this.#longestMs, openMs),
      totalMs: this.#totalMs + openMs,
      interruptions: this.#interruptions + (open === undefined ? 0 : 1),
      unseenMs: this.#unseenMs,
      samples: this.#samples,
      isDown: open !== undefined,
    };
  }

  /** Another ledger that goes on from here. */
  copy(): DowntimeLedger {
    const copy = new DowntimeLedger();
    copy.#last = this.#last;
    copy.#open = this.#open;
    copy.#longestMs = this.#longestMs;
    copy.#totalMs = this.#totalMs;
    copy.#interruptions = this.#interruptions;
    copy.#unseenMs = this.#unseenMs;
    copy.#samples = this.#samples;
    return copy;
  }

  #end(ms: number): void {
    this.#open = undefined;
    this.#longestMs = Math.max(this.#longestMs, ms);
    this.#totalMs += ms;
    this.#interruptions += 1;
  }
}
