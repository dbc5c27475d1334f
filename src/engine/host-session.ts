import { HomelabErrors, toHomelabError, type HomelabError } from '../core/errors.js';
import type { HostConfig } from '../core/host-config.js';
import type { HostPlay, Item, Play } from '../core/item.js';
import type { HostResult, HostStatus, TaskResult } from '../core/result.js';
import type { RunOwner } from '../core/run-owner.js';
import type { Timings } from '../core/timings.js';
import type { Transport } from '../core/transport.js';
import { facts as factsReader } from '../probes/facts.js';
import { hostRecord } from '../probes/host-journal.js';
import { loginAccount } from '../probes/login-account.js';
import type { Downtimes } from './downtimes.js';
import type { GuardSettings } from './guard/host-guard.js';
import { refuseLogin } from './guard/login-strength.js';
import type { Probed } from './probe-item.js';
import { ReachedHost } from './reached-host.js';

export interface ReachOptions {
  readonly transport: Transport;
  readonly plays: readonly Play[];
  readonly downtimes: Downtimes;
  readonly owner: RunOwner;
  readonly guard: GuardSettings;
  readonly timings?: Timings | undefined;
}

/** One host through one run. Results are kept by item, so that a later look replaces an earlier one. */
export class HostSession {
  readonly host: HostConfig;
  readonly results = new Map<Item, TaskResult>();
  /** What a person should know about the host besides. */
  readonly notes: string[] = [];
  /** What the plan saw; filled by the plan, used by the first apply. */
  readonly probed = new Map<Item, Probed>();
  /** Why the host takes no further part. */
  error: HomelabError | null = null;
  isUnreachable = false;
  /** Taken out without being at fault: the run was interrupted, or a wave before it failed. */
  isStopped = false;
  reached: ReachedHost | undefined;
  /** What it cannot be reached without: its jump hosts, and what it runs on. Known once it was reached. */
  needs: readonly string[] = [];
  readonly #startedAt = performance.now();
  #finishedAt: number | undefined;
  #isReleased = false;

  readonly #isCheck: boolean;

  constructor(host: HostConfig, isCheck = false) {
    this.host = host;
    this.#isCheck = isCheck;
  }

  /** Whether the host still takes part. */
  get isActive(): boolean {
    return this.reached !== undefined && this.error === null && !this.isStopped;
  }

  /** Whether an apply has anything to do there. */
  get hasWork(): boolean {
    return [...this.results.values()].some(({ status }) => status === 'pending' || status === 'unknown');
  }

  /** Whether the host is as it is wanted: nothing failed, nothing is left. */
  get isDone(): boolean {
    return (
      this.isActive && !this.hasWork && ![...this.results.values()].some(({ status }) => status === 'failed')
    );
  }

  /** Connects, reads the facts and compiles the plays. Failures are kept, not thrown. */
  async reach({ transport, plays, downtimes, owner, guard, timings }: ReachOptions): Promise<void> {
    const { host } = this;
    try {
      const shell = await transport.open(host);
      const openedMs = performance.now();
      const [facts, record, login] = await Promise.all([
        shell.read(factsReader, ''),
        shell.read(hostRecord, ''),
        shell.read(loginAccount, ''),
      ]);
      const factsMs = timings?.add('facts', host.name, openedMs) ?? 0;
      const compiled = new Map<Play, HostPlay>();
      for (const play of plays.filter(({ hosts }) => hosts.includes(host.name)))
        compiled.set(play, this.#checkable(await play.compile(host, facts)));
      timings?.add('items', host.name, factsMs);
      const jumps = await transport.routeOf(host);
      this.needs = host.runsOn === undefined ? jumps : [...jumps, host.runsOn];
      downtimes.add(host.name, this.needs);
      const known = { host, transport, shell, facts, downtimes, owner, record, login, guard };
      this.reached = new ReachedHost({ ...known, plays: compiled });
    } catch (thrown) {
      this.failToReach(thrown);
    }
  }

  /** Of a check: without what nothing shows whether it is done. */
  #checkable(play: HostPlay): HostPlay {
    return this.#isCheck ? { ...play, items: play.items.map(leaveUncheckable) } : play;
  }

  /** Takes the host out where its login could not be made again once it is hardened. */
  refuseLogin(): void {
    const { reached } = this;
    if (reached === undefined || this.host.transport === 'local') return;
    const refusal = refuseLogin(this.host.name, { login: reached.shell.login, account: reached.login });
    if (refusal !== undefined) this.fail(refusal);
  }

  /** Takes the host out before anything was applied: a connection that fails now makes it unreachable. */
  failToReach(thrown: unknown): void {
    this.isUnreachable = this.fail(thrown).code.startsWith('transport/');
  }

  /** Takes the host out of the run. The first reason stays; it is what is answered. */
  fail(thrown: unknown): HomelabError {
    const error = toHomelabError(thrown);
    // Of one mistake that was found the words are told, not that it is one.
    const [only] = error instanceof HomelabErrors && error.errors.length === 1 ? error.errors : [error];
    this.error ??= only ?? error;
    return this.error;
  }

  /** What the plan had shown and no apply came to is skipped. */
  skipWhatIsLeft(): void {
    for (const [item, result] of this.results) {
      if (result.status !== 'pending' && result.status !== 'unknown') continue;
      this.results.set(item, { ...result, status: 'skipped', reason: 'not reached' });
    }
  }

  /** Lets go of the host, once. A lock that cannot be released is that of a dead shell soon, and then nobody's. */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    await this.reached?.release().catch((thrown: unknown) => {
      if (this.error !== null || this.isStopped) return;
      const { code, message } = toHomelabError(thrown);
      // All is done and proven by now.
      if (code.startsWith('transport/')) this.notes.push(`its lock could not be released: ${message}`);
      else this.fail(thrown);
    });
  }

  finish(): void {
    this.#finishedAt = performance.now();
  }

  /** All items of all plays, in their order. */
  get items(): readonly Item[] {
    return [...(this.reached?.plays.values() ?? [])].flatMap((play) => play.items);
  }

  get result(): HostResult {
    const tasks = [...this.results.values()];
    return {
      host: this.host.name,
      status: this.#status(tasks),
      durationMs: Math.round((this.#finishedAt ?? performance.now()) - this.#startedAt),
      roundTrips: this.reached?.roundTrips ?? 0,
      error: this.error,
      tasks,
      notes: this.notes,
    };
  }

  #status(tasks: readonly TaskResult[]): HostStatus {
    const has = (...statuses: readonly string[]): boolean =>
      tasks.some((task) => statuses.includes(task.status));
    if (this.isUnreachable) return 'unreachable';
    if (this.error?.code === 'guard/rolled-back') return 'rolled-back';
    if (this.error !== null || has('failed')) return 'failed';
    if (this.isStopped) return has('changed') ? 'changed' : 'skipped';
    if (has('pending', 'unknown')) return this.#isCheck ? 'drifted' : 'pending';
    return has('changed') ? 'changed' : 'ok';
  }
}

/** A command that runs every time is never as wanted. */
function leaveUncheckable(item: Item): Item {
  if (item.late !== undefined || item.task.isVerifiable?.(item.params) !== false) return item;
  return { ...item, skipReason: item.skipReason ?? 'runs every time: nothing shows whether it is done' };
}
