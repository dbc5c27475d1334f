import pLimit from 'p-limit';
import type { Abandoned, UpgradeOutcome } from '../../core/downtime.js';
import type { EventSink } from '../../core/events.js';
import type { HostConfig } from '../../core/host-config.js';
import type { Play } from '../../core/item.js';
import { exitCodeOf, type RunResult } from '../../core/result.js';
import type { RunOwner } from '../../core/run-owner.js';
import type { Topology } from '../../core/topology.js';
import type { Transport } from '../../core/transport.js';
import type { HostWork, WavePlan } from '../../core/waves.js';
import { Downtimes } from '../../engine/downtimes.js';
import type { GuardSettings } from '../../engine/guard/host-guard.js';
import type { HealthWatch } from '../health/health-watch.js';
import { memoryAsGuest, type EarlierUpgrade } from '../journal/host-memory.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import { planWaves } from '../waves/plan-waves.js';
import { newestJournal } from '../journal/upgrade-journal.js';
import { downWith } from './chosen-together.js';
import { closedWindow } from './closed-window.js';
import { guestsOf, heldByGroup, type Away } from './group-limits.js';
import { requestFor } from './request-for.js';
import { isToBeDone, whoIsAway } from './who-is-away.js';
import { inTheWay, notPending, surveyHost, workOf } from './host-survey.js';
import { planGuests } from './plan-guests.js';
import { plannedStages } from './planned-stages.js';
import { UpgradeApplication } from './upgrade-application.js';
import { UpgradeSession } from './upgrade-host-session.js';
import type { UpgradeTools } from './upgrade-tools.js';

export interface UpgradeRunOptions {
  /** Unique among the runs of a project. */
  readonly run: string;
  readonly owner: RunOwner;
  readonly request: UpgradeRequest;
  /** The chosen hosts. */
  readonly hosts: readonly HostConfig[];
  /** Of all hosts of the inventory. */
  readonly topology: Topology;
  readonly plays: readonly Play[];
  readonly transport: Transport;
  readonly guard: GuardSettings;
  readonly sink: EventSink;
  /** Aborted: nothing new begins. What runs on a host goes on there. */
  readonly signal: AbortSignal;
  readonly tools: UpgradeTools;
  /** Where journals are kept, absolute. */
  readonly folder: string;
  /** The run that this one goes on with. */
  readonly earlier: EarlierUpgrade | undefined;
  /** What another run has left in the middle, and nobody goes on with; undefined: nothing. */
  readonly abandoned: Abandoned | undefined;
  /** All hosts of the inventory, chosen or not. */
  readonly inventory: readonly HostConfig[];
  /** Made once something is upgraded. */
  readonly createWatch: () => HealthWatch;
  /** Runs a program on another host, or on the controller. @throws HomelabError `rolling/hook` */
  readonly runElsewhere: (
    place: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
  ) => Promise<void>;
  /** Now, for windows. */
  readonly now: () => Date;
}

/** Hosts that are looked at at the same time. */
const SURVEYS = 20;

/** One upgrade of some hosts: {@link UpgradeRun.plan} first, then, if wanted, {@link UpgradeRun.apply}. */
export class UpgradeRun {
  readonly #options: UpgradeRunOptions;
  readonly #sessions: readonly UpgradeSession[];
  readonly #downtimes = new Downtimes();
  readonly #startedAt = performance.now();
  #plan: WavePlan = { waves: [], leftOut: [], findings: [], accepted: [] };
  #outcome: Partial<UpgradeOutcome> = {};
  #away: Away = new Map();
  readonly #newest: string | undefined;

  constructor(options: UpgradeRunOptions) {
    this.#options = options;
    this.#newest = newestJournal(options.folder);
    this.#sessions = options.hosts.map((host) => new UpgradeSession(host, options.sink));
  }

  /** Reaches every host and looks at what is to be done. Changes nothing. */
  async plan(): Promise<RunResult> {
    const { sink, run, hosts } = this.#options;
    sink({ type: 'run-started', command: 'upgrade', run, hosts: hosts.map(({ name }) => name) });
    const limit = pLimit(SURVEYS);
    await Promise.all(this.#sessions.map((session) => limit(() => this.#survey(session))));
    this.#away = await whoIsAway(this.#sessions, this.#options);
    await Promise.all(this.#sessions.filter((one) => this.#carries(one)).map((one) => this.#planGuests(one)));
    this.#leaveOutHeld();
    this.#plan = this.#wavesOf(this.#sessions);
    for (const { host, why } of this.#plan.leftOut) this.#leaveOut(host, why, true);
    return this.#result();
  }

  /** Upgrades wave by wave, until all are done or too many have failed. */
  async apply(): Promise<RunResult> {
    const application = new UpgradeApplication(this.#options, {
      sessions: this.#sessions,
      plan: this.#plan,
      downtimes: this.#downtimes,
      away: this.#away,
      newest: this.#newest,
      wavesOf: (sessions) => this.#wavesOf(sessions),
    });
    this.#outcome = await application.run();
    for (const session of this.#sessions) await session.end();
    return this.#result();
  }

  async #survey(session: UpgradeSession): Promise<void> {
    const { sink, signal, transport, owner, guard, plays, tools, earlier } = this.#options;
    const { host } = session;
    const request = requestFor(host.name, this.#options);
    if (signal.aborted) session.session.isStopped = true;
    else {
      sink({ type: 'host-started', host: host.name });
      await session.reach({ transport, downtimes: this.#downtimes, owner, guard });
      const { reached } = session.session;
      if (reached !== undefined && session.session.isActive) {
        sink({ type: 'host-connected', host: host.name });
        const memory = earlier?.unfinished.get(host.name);
        try {
          const asGuest = memoryAsGuest(earlier, host.name);
          session.survey = await surveyHost(host, reached, {
            plays,
            request,
            tools,
            memory,
            asGuest,
            signal,
          });
        } catch (thrown) {
          session.session.failToReach(thrown);
        }
      }
    }
    this.#judge(session);
    session.session.finish();
    if (!this.#carries(session)) sink({ type: 'host-planned', result: session.result });
  }

  #carries({ host }: UpgradeSession): boolean {
    return guestsOf(this.#options.topology, host.name).length > 0;
  }

  /** What goes down with a host is known once all have been looked at. */
  async #planGuests(session: UpgradeSession): Promise<void> {
    const request = requestFor(session.host.name, this.#options);
    await planGuests(session, { ...this.#options, sessions: this.#sessions, away: this.#away, request });
    this.#options.sink({ type: 'host-planned', result: session.result });
  }

  /** What a survey means for the part that the host takes. */
  #judge(session: UpgradeSession): void {
    const { survey, host } = session;
    const { now } = this.#options;
    const request = requestFor(host.name, this.#options);
    if (survey === undefined) {
      if (session.session.isUnreachable && host.optional)
        session.leftOut = 'left out: it is optional and off';
      return;
    }
    session.stages.show(plannedStages(survey, request));
    const { pending, rebootReason } = survey;
    if (survey.memory !== undefined)
      session.session.notes.push('an earlier run has begun it: it is finished first');
    const idle = notPending(request, pending);
    if (idle.length > 0 && survey.memory === undefined)
      session.session.notes.push(`not to be upgraded here, or not installed: ${idle.join(', ')}`);
    if (pending.held.length > 0) session.session.notes.push(`held back: ${pending.held.join(', ')}`);
    if (rebootReason !== undefined && (request.reboot === 'never' || host.transport === 'local'))
      session.session.notes.push(`has to be rebooted: ${rebootReason}`);
    if (workOf(survey, request) === undefined) {
      session.isDone = true;
      return;
    }
    const obstacle = survey.memory === undefined ? inTheWay(host.name, survey.obstacles) : undefined;
    if (obstacle !== undefined) session.session.fail(obstacle);
    const closed = survey.memory === undefined ? closedWindow(host, request, now()) : undefined;
    if (closed !== undefined) this.#leaveOut(host.name, closed, true);
  }

  /** A group that has lost as many as it may already stays as it is. */
  #leaveOutHeld(): void {
    const { topology, request } = this.#options;
    for (const session of this.#sessions) {
      const { survey, host } = session;
      if (!isToBeDone(session) || survey?.memory !== undefined) continue;
      const down = downWith(session, this.#options);
      const held = heldByGroup(topology, down, { away: this.#away, accepted: request.accepted });
      if (held !== undefined) this.#leaveOut(host.name, held, true);
    }
  }

  #leaveOut(host: string, why: string, isPending: boolean): void {
    const session = this.#sessions.find((one) => one.host.name === host);
    if (session === undefined || session.leftOut !== undefined) return;
    session.leftOut = why;
    session.isPending = isPending;
  }

  /** The waves of what is still to be done among these. */
  #wavesOf(sessions: readonly UpgradeSession[]): WavePlan {
    const { topology, request } = this.#options;
    const work = sessions.flatMap((session): HostWork[] => {
      const { survey } = session;
      const asked = requestFor(session.host.name, this.#options);
      const one = survey === undefined || !isToBeDone(session) ? undefined : workOf(survey, asked);
      return one === undefined ? [] : [one];
    });
    return planWaves({
      topology,
      work,
      concurrency: request.concurrency,
      accepted: new Set(request.accepted),
    });
  }

  #result(): RunResult {
    const { run, signal } = this.#options;
    const hosts = this.#sessions.map((session) => session.result);
    const promises = new Map<string, number>();
    for (const { outages } of this.#plan.waves.flatMap((wave) => wave.hosts))
      for (const { what, seconds } of outages) promises.set(what, Math.max(seconds, promises.get(what) ?? 0));
    const upgrade = {
      plan: this.#plan,
      promises,
      downtimes: undefined,
      standing: undefined,
      abandoned: this.#options.abandoned,
      ...this.#outcome,
    };
    return {
      command: 'upgrade',
      run,
      exitCode: exitCodeOf(hosts, signal.aborted),
      durationMs: Math.round(performance.now() - this.#startedAt),
      hosts,
      upgrade,
    };
  }
}
