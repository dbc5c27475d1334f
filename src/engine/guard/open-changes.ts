/** A guarded change that is being made. */
export interface OpenChange {
  readonly host: string;
  /** What is changed, in words. */
  readonly what: string;
  /** Until the host undoes it. */
  readonly seconds: number;
  /** When that began, by `performance.now()`. */
  readonly sinceMs: number;
}

/** The guarded changes of a run that no new login has proven yet. */
export class OpenChanges {
  readonly #open = new Set<OpenChange>();

  /** @returns what is called once it is over, whatever came of it */
  add(change: OpenChange): () => void {
    this.#open.add(change);
    return () => void this.#open.delete(change);
  }

  /** What becomes of each where nobody waits for it any more: a sentence each, without its full stop. */
  sentences(nowMs: number): readonly string[] {
    return [...this.#open].map(({ host, what, seconds, sinceMs }) => {
      const left = Math.max(0, Math.ceil(seconds - (nowMs - sinceMs) / 1000));
      return `${host}: the change of ${what} is not proven, and ${host} undoes it by itself within ${left} s or as it boots`;
    });
  }
}
