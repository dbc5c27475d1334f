import { performance } from 'node:perf_hooks';

/** The time that a watch lives by. */
export interface WatchClock {
  /** Milliseconds of a clock that nobody sets. */
  readonly nowMs: () => number;
  /** Calls `act` again and again. Returns what ends that. */
  readonly every: (ms: number, act: () => void) => () => void;
  /**
   * Calls `act` once, after at least so long, and after what has come in until then was heard: a process that was busy must not
   * take its own delay for somebody's silence. Returns what keeps it from that.
   */
  readonly after: (ms: number, act: () => void) => () => void;
}

/** The clock of this machine, which goes on while its time is set. */
export const MACHINE_CLOCK: WatchClock = {
  nowMs: () => performance.now(),
  every: (ms, act) => {
    const timer = setInterval(act, ms);
    return () => clearInterval(timer);
  },
  after: (ms, act) => {
    let isWanted = true;
    const timer = setTimeout(() => {
      setImmediate(() => {
        if (isWanted) act();
      });
    }, ms);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  },
};

/** Resolves after so long, at once where `signal` is aborted. */
export function pause(clock: WatchClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** What `work` resolves to; undefined where it takes longer than this. It is not ended. */
export function within<Value>(
  clock: WatchClock,
  ms: number,
  work: Promise<Value>,
): Promise<Value | undefined> {
  let stop: (() => void) | undefined;
  const late = new Promise<undefined>((resolve) => {
    stop = clock.after(ms, () => resolve(undefined));
  });
  return Promise.race([work, late]).finally(() => stop?.());
}
