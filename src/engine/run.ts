import pLimit from 'p-limit';
import { toHomelabError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import type { HostConfig } from '../core/host-config.js';
import type { Play } from '../core/item.js';
import { exitCodeOf, looksOff, type RunResult } from '../core/result.js';
import type { RunOwner } from '../core/run-owner.js';
import type { RemoteShell } from '../core/shell.js';
import type { Timings } from '../core/timings.js';
import type { Transport } from '../core/transport.js';
import { applyHost } from './apply-host.js';
import { Downtimes } from './downtimes.js';
import type { GuardSettings } from './guard/host-guard.js';
import { HostSession } from './host-session.js';
import { isBusy, observationsOf, type HostObservations } from './observations.js';
import { holdToPlan, savePlan } from './hold-to-plan.js';
import { planHost } from './plan-host.js';
import { ownerOf } from './run-owner.js';
import { applyInStages } from './apply-in-stages.js';
import type { SavedPlan } from './saved-plan.js';

export interface RunOptions {
  /** The word a report shows: `plan`, `provision`. */
  readonly command: string;
  /** Unique among the runs of a project. */
  readonly run: string;
  readonly hosts: readonly HostConfig[];
  readonly plays: readonly Play[];
  readonly transport: Transport;
  /** Hosts at work at the same time. */
  readonly concurrency: number;
  readonly sink: EventSink;
  /** Aborted: steps that run end, nothing new begins. */
  readonly signal: AbortSignal;
  /**
   * Every change may lock us out: a login that could not be made afterwards is refused, and hosts are done in stages, a
   * canary first, those that others are reached through last. Default: false.
   */
  readonly isCareful?: boolean | undefined;
  /** It is a check: what differs has drifted, and commands that run every time are left out. Default: false. */
  readonly isCheck?: boolean | undefined;
  /** How changes that may cut off a login are guarded; default: as is usual, with the hosts of the run. */
  readonly guard?: GuardSettings | undefined;
  /** Is told where the time goes until the plan is there. */
  readonly timings?: Timings | undefined;
}

/** One run over a set of hosts: {@link Run.plan} first, then, if wanted, {@link Run.apply}. */
export class Run {
  readonly #options: RunOptions;
  readonly #sessions: readonly HostSession[];
  readonly #downtimes = new Downtimes();
  readonly #owner: RunOwner;
  readonly #startedAt = performance.now();

  constructor(options: RunOptions) {
    this.#options = options;
    this.#owner = ownerOf(options.run);
    this.#sessions = options.hosts.map((host) => new HostSession(host, options.isCheck));
  }

  /** Reaches every host and looks at every item. Changes nothing. */
  async plan(): Promise<RunResult> {
    const { sink, command, run } = this.#options;
    sink({ type: 'run-started', command, run, hosts: this.#options.hosts.map((host) => host.name) });
    await this.#forEach(this.#sessions, (session) => this.#planOne(session));
    return this.#result();
  }

  /** What was seen of each host that was reached, by the plan or by the apply after it. */
  observations(): readonly HostObservations[] {
    return this.#sessions.flatMap((session) => observationsOf(session) ?? []);
  }

  /**
   * Looks, after {@link Run.plan}, which hosts other runs apply on, and takes those out: what was seen of them is of no time.
   * Answers their names beside the plan as it stands now.
   */
  async leaveBusy(): Promise<{ readonly busy: ReadonlySet<string>; readonly plan: RunResult }> {
    const busy = new Set<string>();
    await this.#forEach(this.#sessions, async (session) => {
      if (!(await isBusy(session))) return;
      busy.add(session.host.name);
      session.isStopped = true;
      if (session.notes.length === 0) session.notes.push('was applied to by another run meanwhile');
    });
    return { busy, plan: this.#result() };
  }

  /**
   * What `ask` reads of each host that {@link Run.plan} has reached, by name, over the connection that is open. A host that
   * does not tell is left out; why is a note of its result. `what` names it there.
   */
  async read<Value>(
    what: string,
    ask: (host: HostConfig, shell: RemoteShell) => Promise<Value>,
  ): Promise<ReadonlyMap<string, Value>> {
    const values = new Map<string, Value>();
    await this.#forEach(this.#sessions, async ({ host, reached, notes }) => {
      if (reached === undefined || this.#options.signal.aborted) return;
      try {
        values.set(host.name, await ask(host, reached.shell));
      } catch (thrown) {
        notes.push(`${what} could not be read: ${toHomelabError(thrown).message}`);
      }
    });
    return values;
  }

  /** What {@link Run.plan} saw and wanted, to be applied later. */
  savePlan(): SavedPlan {
    return savePlan(this.#sessions);
  }

  /** Takes out the hosts that are not as `plan` saw them. Answers the plan as it stands now. */
  holdTo(plan: SavedPlan): RunResult {
    holdToPlan(this.#sessions, plan);
    return this.#result();
  }

  /**
   * Applies play by play. A play with `serial` takes that many hosts at a time, and no further ones once a host failed.
   * `isStale`: time has passed since the plan (somebody was asked), so every item is looked at again.
   */
  async apply({ isStale }: { isStale: boolean }): Promise<RunResult> {
    if (this.#options.isCareful === true) {
      await applyInStages(
        this.#sessions,
        this.#options.guard?.hosts ?? this.#options.hosts,
        (sessions, isFirst) => this.#applyTo(sessions, isStale || !isFirst),
      );
    } else {
      await this.#applyTo(this.#sessions, isStale);
    }
    await this.#forEach(this.#sessions, (session) => this.#finish(session));
    return this.#result();
  }

  async #applyTo(sessions: readonly HostSession[], isStale: boolean): Promise<void> {
    for (const play of this.#options.plays) await this.#applyPlay(play, sessions, isStale);
    await this.#forEach(sessions, (session) => session.release());
  }

  /** The result as it stands, after {@link Run.plan} alone or after {@link Run.apply}. */
  #result(): RunResult {
    const { command, run, signal } = this.#options;
    const hosts = this.#sessions.map((session) => session.result);
    const durationMs = Math.round(performance.now() - this.#startedAt);
    // One that may be switched off is told, and is no failure, unless nobody else was asked for.
    const others = hosts.filter(
      (result, index) => !(this.#sessions[index]?.host.optional === true && looksOff(result)),
    );
    const counted = others.length === 0 ? hosts : others;
    return { command, run, exitCode: exitCodeOf(counted, signal.aborted), durationMs, hosts };
  }

  async #planOne(session: HostSession): Promise<void> {
    const { sink, transport, plays, signal, timings, hosts, guard = { hosts } } = this.#options;
    if (signal.aborted) {
      session.isStopped = true;
    } else {
      sink({ type: 'host-started', host: session.host.name });
      await session.reach({
        transport,
        plays,
        downtimes: this.#downtimes,
        owner: this.#owner,
        guard,
        timings,
      });
      if (this.#options.isCareful === true) session.refuseLogin();
      if (session.isActive) sink({ type: 'host-connected', host: session.host.name });
      const startMs = performance.now();
      await planHost(session).catch((thrown: unknown) => session.failToReach(thrown));
      timings?.add('probe', session.host.name, startMs);
    }
    session.finish();
    sink({ type: 'host-planned', result: session.result });
  }

  async #applyPlay(play: Play, among: readonly HostSession[], isStale: boolean): Promise<void> {
    const { sink, signal } = this.#options;
    const sessions = among.filter((session) => session.isActive && play.hosts.includes(session.host.name));
    if (sessions.length === 0) return;
    sink({ type: 'play-started', play: play.name, hosts: sessions.map((session) => session.host.name) });
    const size = play.serial ?? sessions.length;
    let hasFailed = false;
    for (let first = 0; first < sessions.length; first += size) {
      const wave = sessions.slice(first, first + size);
      if (hasFailed) {
        for (const session of wave) session.isStopped = true;
        continue;
      }
      await this.#forEach(wave, (session) =>
        this.#downtimes.during(session.host.name, () => applyHost(session, { play, sink, signal, isStale })),
      );
      hasFailed = wave.some((session) => session.error !== null);
    }
  }

  async #finish(session: HostSession): Promise<void> {
    await session.release();
    session.skipWhatIsLeft();
    session.finish();
    this.#options.sink({ type: 'host-finished', result: session.result });
  }

  async #forEach(
    sessions: readonly HostSession[],
    work: (session: HostSession) => Promise<void>,
  ): Promise<void> {
    const limit = pLimit(this.#options.concurrency);
    await Promise.all(sessions.map((session) => limit(() => work(session))));
  }
}
