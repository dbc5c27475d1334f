import type { Check } from '../../core/check.js';
import type { RemoteShell } from '../../core/shell.js';
import { readiness, readinessKey } from '../../probes/readiness.js';
import type { Ask } from './accounts.js';
import type { SeenState } from './downtime-ledger.js';
import type { Reached, VantageLink } from './vantage-link.js';
import { pause, type WatchClock } from './watch-clock.js';

/** A service that a host is asked about. */
export interface VantageCheck {
  readonly name: string;
  readonly check: Check;
  /** It is the host's own: where the host does not answer, it does not serve either. */
  readonly isOwn: boolean;
}

export interface VantageOptions {
  readonly host: string;
  readonly checks: readonly VantageCheck[];
  readonly link: Pick<VantageLink, 'reach' | 'drop'>;
  readonly clock: WatchClock;
  readonly begin: (name: string) => Ask;
  /** `said`: what was seen where it is not up, for people. */
  /** What holds until it is settled. */
  readonly presume: (ask: Ask, outcome: SeenState, said: string) => void;
  readonly settle: (ask: Ask, outcome: SeenState | 'dropped', said?: string) => void;
}

/** What a program may take on the host. Where it takes parts of a second, the next beat is not late. */
const WHOLE_LIMIT_SECONDS = 1;
const LIMIT_SECONDS = 0.9;
/** How long an answer may take beyond what the programs may: a host that upgrades packages is slow. */
const ANSWER_MS = 1500;
const PAUSES_MS = [100, 200, 400];
const LONGEST_PAUSE_MS = 500;

/** A host that checks are asked from, all of them in one round trip a beat over one shell that stays open. */
export class Vantage {
  readonly #options: VantageOptions;
  readonly #stopped = new AbortController();
  #shell: RemoteShell | undefined;
  #script = '';
  #keys: readonly string[] = [];
  /** What is known of the host while there is no shell; undefined: nothing yet. */
  #verdict: Exclude<Reached, { is: 'open' }> | undefined;
  #isBusy = false;
  #isTried = false;
  /** Own services that were asked for while nobody knew yet whether the host is away. */
  #undecided: Ask[] = [];
  #connecting: Promise<void> = Promise.resolve();

  constructor(options: VantageOptions) {
    this.#options = options;
  }

  /** Connects. Resolves after the first attempt, whatever came of it; from then on a beat has an answer. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#connecting = this.#connect(() => {
        this.#isTried = true;
        resolve();
      });
    });
  }

  /** Asks everything once, unless the beat before is not answered yet. Never throws. */
  beat(): void {
    if (!this.#isTried || this.#isBusy || this.#stopped.signal.aborted) return;
    const asks = this.#options.checks.map(({ name }) => this.#options.begin(name));
    if (this.#shell === undefined) this.#defer(asks);
    else void this.#ask(this.#shell, asks);
  }

  /** Ends its connections. Never throws. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const shell = this.#shell;
    this.#shell = undefined;
    for (const ask of this.#undecided.splice(0)) this.#options.settle(ask, 'dropped');
    // The transport first: it ends a dial, and a request that is under way.
    await this.#options.link.drop();
    await shell?.close().catch(() => undefined);
    await this.#connecting;
    await this.#options.link.drop();
  }

  async #ask(shell: RemoteShell, asks: readonly Ask[]): Promise<void> {
    this.#isBusy = true;
    try {
      const timeoutMs = WHOLE_LIMIT_SECONDS * 1000 + ANSWER_MS;
      const [result] = await shell.run([{ script: this.#script }], { timeoutMs, outputLimitBytes: 1 << 16 });
      const output = { code: result?.code ?? 0, stdout: result?.stdout.toString('latin1') ?? '', stderr: '' };
      const held = readiness.parse(output, this.#keys);
      asks.forEach((ask, index) =>
        this.#options.settle(
          ask,
          held[index] === true ? 'up' : 'down',
          `did not hold, asked by ${this.#options.host}`,
        ),
      );
    } catch {
      if (this.#stopped.signal.aborted) asks.forEach((ask) => this.#options.settle(ask, 'dropped'));
      else {
        this.#lose(shell);
        this.#defer(asks);
      }
    } finally {
      this.#isBusy = false;
    }
  }

  #lose(shell: RemoteShell): void {
    if (this.#shell !== shell) return;
    this.#shell = undefined;
    void shell.close().catch(() => undefined);
    void this.#options.link.drop();
    this.#connecting = this.#connect();
  }

  /** Others' services are not seen; its own are judged by what the next attempt finds. */
  #defer(asks: readonly Ask[]): void {
    const { checks, host, settle } = this.#options;
    asks.forEach((ask, index) => {
      if (checks[index]?.isOwn === true) {
        this.#undecided.push(ask);
        this.#options.presume(ask, this.#absence.outcome, this.#absence.said);
      } else settle(ask, 'unseen', `${host}, which asks, is away`);
    });
  }

  #decide(): void {
    const { outcome, said } = this.#absence;
    for (const ask of this.#undecided.splice(0)) this.#options.settle(ask, outcome, said);
  }

  /** How its own services stand while there is no shell, as far as it is known. */
  get #absence(): { readonly outcome: SeenState; readonly said: string } {
    const said = this.#verdict?.error.message ?? `${this.#options.host} does not answer`;
    return { outcome: this.#verdict?.is === 'away' ? 'down' : 'unseen', said };
  }

  async #connect(onTried?: () => void): Promise<void> {
    const { signal } = this.#stopped;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const reached = await this.#options.link.reach();
      if (signal.aborted) {
        if (reached.is === 'open') void reached.shell.close().catch(() => undefined);
        break;
      }
      if (reached.is === 'open' && (await this.#adopt(reached.shell))) {
        onTried?.();
        return this.beat();
      }
      if (reached.is !== 'open') {
        // One that was away, and now answers without letting anybody in, is still on its way up.
        const isStillAway = this.#verdict?.is === 'away' && reached.is === 'refused';
        this.#verdict = isStillAway ? { ...reached, is: 'away' } : reached;
        this.#decide();
      }
      onTried?.();
      await pause(this.#options.clock, PAUSES_MS[attempt] ?? LONGEST_PAUSE_MS, signal);
    }
    onTried?.();
  }

  /** Uses a shell from now on, unless it breaks at once. What was asked until now was asked of a host that was away, or lost. */
  async #adopt(shell: RemoteShell): Promise<boolean> {
    try {
      // Not every `timeout` and `sleep` takes parts of a second.
      const script = `timeout ${LIMIT_SECONDS} true >/dev/null 2>&1`;
      const [result] = await shell.run([{ script }], { timeoutMs: 5000 });
      const limit = result?.code === 0 ? LIMIT_SECONDS : WHOLE_LIMIT_SECONDS;
      this.#keys = this.#options.checks.map(({ check }) => keyWithLimit(check, limit));
      this.#script = readiness.script(this.#keys);
    } catch {
      void shell.close().catch(() => undefined);
      void this.#options.link.drop();
      this.#decide();
      return false;
    }
    this.#decide();
    this.#verdict = undefined;
    this.#shell = shell;
    return true;
  }
}

/** The programs themselves take whole seconds; what ends them takes parts of one. */
function keyWithLimit(check: Check, limit: number): string {
  const [, ...argv] = JSON.parse(readinessKey(check, WHOLE_LIMIT_SECONDS)) as [number, ...string[]];
  return JSON.stringify([limit, ...argv]);
}
