import type { WatchClock } from '../../../src/rolling/health/watch-clock.js';

interface Due {
  atMs: number;
  readonly everyMs: number | undefined;
  readonly act: () => void;
}

/** A clock that goes on only when it is told to. */
export class FakeClock implements WatchClock {
  #nowMs = 0;
  #due: Due[] = [];

  readonly nowMs = (): number => this.#nowMs;
  readonly every = (ms: number, act: () => void): (() => void) => this.#add(ms, act, ms);
  readonly after = (ms: number, act: () => void): (() => void) => this.#add(ms, act, undefined);

  /** What is waited for. */
  get waiting(): number {
    return this.#due.length;
  }

  /** Lets time pass, and after each thing that was due everything that follows from it. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settled();
    for (;;) {
      const next = this.#due.filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      if (next.everyMs === undefined) this.#due = this.#due.filter((one) => one !== next);
      else next.atMs += next.everyMs;
      next.act();
      await settled();
    }
    this.#nowMs = untilMs;
  }

  #add(ms: number, act: () => void, everyMs: number | undefined): () => void {
    const due: Due = { atMs: this.#nowMs + ms, everyMs, act };
    this.#due.push(due);
    return () => {
      this.#due = this.#due.filter((one) => one !== due);
    };
  }
}

/** Resolves once nothing more follows from what has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
