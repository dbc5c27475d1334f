/** What a host that was down for others means for those: how often, and how long to be patient with it. */
export interface Downtime {
  readonly count: number;
  readonly patienceMs: number;
}

const NONE: Downtime = { count: 0, patienceMs: 0 };

/**
 * Keeps hosts of a run out of each other's way where one reboots: a jump host, or the machine others run on, goes down
 * only while nobody behind it is at work, and nobody begins while it is down. Nothing here waits for a host that has
 * not begun, so a run with few places (`concurrency`) always goes on.
 */
export class Downtimes {
  readonly #needs = new Map<string, readonly string[]>();
  readonly #atWork = new Set<string>();
  /** Those at work that wait for their own reboot: they do nothing, and may be cut off. */
  readonly #waiting = new Set<string>();
  readonly #down = new Set<string>();
  readonly #past = new Map<string, Downtime>();
  #wake: (() => void)[] = [];

  /** `host` cannot be reached without `needs`: its jump hosts, and what it runs on. */
  add(host: string, needs: readonly string[]): void {
    this.#needs.set(host, needs);
  }

  /** Does `work` on `host`, once nothing it needs is down. */
  async during(host: string, work: () => Promise<void>): Promise<void> {
    await this.#when(
      () => !this.#isCutOff(host),
      () => this.#atWork.add(host),
    );
    try {
      await work();
    } finally {
      this.#atWork.delete(host);
      this.#notify();
    }
  }

  /** Takes `host` down with `act`, once nobody that needs it is at work and it is not cut off itself. */
  async reboot<T>(host: string, patienceMs: number, act: () => Promise<T>): Promise<T> {
    this.#waiting.add(host);
    this.#notify();
    await this.#when(
      () => !this.#isCutOff(host) && !this.#isInUse(host),
      () => {
        this.#waiting.delete(host);
        this.#down.add(host);
      },
    );
    // Where it did not come back, those behind it need not wait for it once more.
    let patience = 0;
    try {
      const result = await act();
      patience = patienceMs;
      return result;
    } finally {
      this.#down.delete(host);
      this.#past.set(host, { count: (this.#past.get(host)?.count ?? 0) + 1, patienceMs: patience });
      this.#notify();
    }
  }

  /** The downtimes so far of everything that `host` needs, together. */
  before(host: string): Downtime {
    return this.#neededBy(host).reduce<Downtime>((sum, needed) => {
      const { count, patienceMs } = this.#past.get(needed) ?? NONE;
      return { count: sum.count + count, patienceMs: Math.max(sum.patienceMs, patienceMs) };
    }, NONE);
  }

  #isCutOff(host: string): boolean {
    return this.#neededBy(host).some((needed) => this.#down.has(needed));
  }

  #isInUse(host: string): boolean {
    return [...this.#atWork].some(
      (other) => !this.#waiting.has(other) && this.#neededBy(other).includes(host),
    );
  }

  /** Everything that `host` needs, whatever that needs included. Without `host`: one may lead to it in a circle. */
  #neededBy(host: string): string[] {
    const found = new Set<string>();
    const follow = (name: string): void => {
      for (const needed of this.#needs.get(name) ?? []) {
        if (needed === host || found.has(needed)) continue;
        found.add(needed);
        follow(needed);
      }
    };
    follow(host);
    return [...found];
  }

  /** Enters once it may: nobody else gets in between the question and that. */
  async #when(mayEnter: () => boolean, enter: () => void): Promise<void> {
    while (!mayEnter()) await new Promise<void>((resolve) => this.#wake.push(resolve));
    enter();
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}
