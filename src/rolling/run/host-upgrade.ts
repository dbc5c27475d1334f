import type { WatchedService, HealthWatch } from '../health/health-watch.js';
import type { UpgradeEntry } from '../journal/upgrade-entry.js';
import { afterUpgrade } from './after-upgrade.js';
import type { FoundDrain } from './bound-drain.js';
import type { GuestDrains } from './guest-drains.js';
import {
  drainHost,
  inTheWay,
  obstaclesOf,
  scopeOf,
  surveyAgain,
  votesOf,
  type HostSurvey,
  type SurveyOptions,
} from './host-survey.js';
import { requireLeave } from './require-leave.js';
import { runHook } from './run-hook.js';
import type { Stages } from './stage.js';
import { drainStage, STAGES, undrainStage } from './stage-names.js';
import { isPastDrains, isStillServing, isTouched } from '../journal/host-memory.js';
import { differenceOf, partOf } from './package-difference.js';
import { packageChanges } from './planned-stages.js';
import { notUpForLong } from './until-well.js';
import { noWayBack, notWell, stillPending } from './upgrade-failures.js';
import { carryOutJob, forgetJob, hasDone, JOB_LIMIT_SECONDS } from './watch-job.js';

export interface HostUpgradeOptions extends Omit<SurveyOptions, 'plays' | 'memory' | 'asGuest'> {
  /** Id of the run: its job on the host is called so. */
  readonly run: string;
  readonly journal: { readonly write: (entry: UpgradeEntry) => void };
  readonly watch: HealthWatch;
  readonly stages: Stages;
  /** Services that have to be up once the host is done: its own, and those of what runs on it. */
  readonly ownServices: readonly string[];
  /** Whether a service that is away now is no reason to wait: it is accepted, or of a host at work. */
  readonly isExcused: (service: WatchedService) => boolean;
  /** Runs a hook's program where it belongs: another host, or the controller. @throws HomelabError */
  readonly runElsewhere: (
    place: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
  ) => Promise<void>;
  /** What runs on the host, as far as it takes part and is there; none where the host will not reboot. */
  readonly guests: GuestDrains;
  /** Proves that what is behind the host is reached again. @throws HomelabError `rolling/children` */
  readonly reachChildren: (() => Promise<void>) | undefined;
}

/**
 * One host of an upgrade, from its preflight until it serves as before. What it throws leaves the host as it is then, drained
 * where it was drained: the journal knows how to go on.
 */
export class HostUpgrade {
  /** Of what runs on it. */
  readonly guests: GuestDrains;
  #survey: HostSurvey;
  readonly #options: HostUpgradeOptions;
  readonly #drained: Set<string>;
  #hasBegun: boolean;
  /** What comes other than was planned; undefined: nothing. */
  #differs: string | undefined;

  constructor(survey: HostSurvey, options: HostUpgradeOptions) {
    this.#survey = survey;
    this.#options = options;
    this.guests = options.guests;
    this.#hasBegun = survey.memory !== undefined;
    this.#drained = new Set(survey.memory?.drained);
  }

  get host(): string {
    return this.#survey.host.name;
  }

  /** Whether anything was done to it: then it has to be finished. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Proves that nothing is in the way, here or anywhere else. Changes nothing. @throws HomelabError `rolling/…`, `drain/…` */
  async preflight(): Promise<void> {
    const { stages, isExcused } = this.#options;
    await stages.run(STAGES.preflight, async () => {
      const { memory, host, reached } = this.#survey;
      await reached.comeBack();
      // A host in the middle of its upgrade is finished: half a way is worse than any obstacle.
      if (memory !== undefined && isTouched(memory)) {
        if (isStillServing(memory)) await this.#requireLeave(votesOf);
        return { status: 'ok', reason: 'an earlier run has begun it' };
      }
      if (memory === undefined) await this.#lookAgain();
      const obstacle = inTheWay(host.name, await obstaclesOf(this.#survey, { ...this.#options, memory }));
      if (obstacle !== undefined) throw obstacle;
      await this.#requireLeave(({ drains }) => drains);
      const away = await notUpForLong({ ...this.#options, counts: (service) => !isExcused(service) });
      if (away.length > 0) throw notWell(host.name, away);
      return { status: 'ok' };
    });
  }

  async #lookAgain(): Promise<void> {
    const planned = this.#survey.pending;
    this.#survey = await surveyAgain(this.#survey, this.#options);
    this.#differs = differenceOf(planned, this.#survey.pending);
  }

  /** Upgrades it. @throws HomelabError what went wrong */
  async carryOut(): Promise<void> {
    const { reached } = this.#survey;
    await reached.comeBack();
    await reached.ledger.take();
    await this.#begin();
    // Never two jobs at a time. What it came to shows in what is pending.
    await hasDone(this.#survey.memory?.backJob, this.#watching());
    await this.#takeSnapshot();
    for (const drain of this.#survey.drains) await this.#drain(drain);
    await this.#upgradePackages();
    await this.finish();
    this.#write({ is: 'done', host: this.host });
  }

  /** What comes after its packages: boots or restarts it, proves that it serves, brings its work back. @throws HomelabError */
  async finish(): Promise<void> {
    await afterUpgrade(this.#survey, {
      ...this.#options,
      drained: this.#drained,
      undrain: (drain) => this.#undrain(drain),
    });
  }

  /** Takes back what changed, by its snapshot or by the versions of before. @throws HomelabError where that fails, too */
  async rollBack(): Promise<void> {
    const [survey, options] = [this.#survey, this.#options];
    const { host, system, reached } = survey;
    const { snapshot } = host.rolling;
    const packages = survey.memory?.packages ?? survey.pending.packages;
    const restore = snapshot?.restore;
    const id = `${options.run}.back`;
    this.#write({ is: 'rolling-back', host: host.name, job: restore === undefined ? id : undefined });
    await options.stages.run(STAGES.rollback, async () => {
      if (restore !== undefined) {
        await runHook({ ...options, reached, host: host.name, argv: restore, on: snapshot?.on });
        await reached.reconnect(options.request.rebootTimeoutSeconds * 1000).catch(() => {});
        return { status: 'changed', reason: 'its snapshot is back' };
      }
      const script = system.rollbackScript?.(reached.facts, packages);
      if (script === undefined) throw noWayBack(host.name);
      const job = { id, script, limitSeconds: JOB_LIMIT_SECONDS };
      await carryOutJob(job, { ...options, host: host.name, reached });
      const changes = packages.map(({ name, from, to }) => ({ field: name, before: to, after: from }));
      const reason = 'held back, where its system can: the next upgrade would bring them again';
      return { status: 'changed', changes, reason };
    });
    await this.finish();
    this.#write({ is: 'done', host: host.name });
  }

  async #requireLeave(drainsOf: (survey: HostSurvey) => readonly FoundDrain[]): Promise<void> {
    const { surveys: guests } = this.guests;
    await requireLeave(this.#survey, { ...this.#options, guests, drains: drainsOf(this.#survey) });
  }

  async #begin(): Promise<void> {
    const { host, reached, pending, drains, memory } = this.#survey;
    if (memory !== undefined) return;
    const state = await this.#options.tools.failures(reached.shell, reached.facts);
    const found = Object.fromEntries(drains.map((drain) => [drain.label, drain.found]));
    const packages = pending.packages.map(({ name, from, to }) => ({ name, from, to }));
    const { boot } = reached.ledger;
    const services = this.#survey.services.map(({ name }) => name);
    this.#write({ is: 'begun', host: host.name, boot, state: [...state], packages, drains: found, services });
    this.#survey.state.failures = state;
    this.#hasBegun = true;
  }

  async #takeSnapshot(): Promise<void> {
    const { host, reached, memory } = this.#survey;
    const { snapshot } = host.rolling;
    if (snapshot === undefined || memory?.hasSnapshot === true || memory?.job !== undefined) return;
    await this.#options.stages.run(STAGES.snapshot, async () => {
      await runHook({ ...this.#options, reached, host: host.name, argv: snapshot.take, on: snapshot.on });
      this.#write({ is: 'snapshot', host: host.name });
      return { status: 'changed' };
    });
  }

  async #drain(drain: FoundDrain): Promise<void> {
    const { memory, reached } = this.#survey;
    // It was undone already, or was not needed.
    if (memory !== undefined && isPastDrains(memory) && !this.#drained.has(drain.label)) return;
    // It was down already: what came up with it would only be stopped once more.
    if (memory?.rebootedFrom !== undefined && memory.rebootedFrom !== reached.ledger.boot) return;
    const { label, definition, params, found } = drain;
    const reason = definition.describe(found);
    if (reason === undefined) return;
    await this.#options.stages.run(drainStage(label), async () => {
      this.#write({ is: 'draining', host: this.host, drain: label });
      this.#drained.add(label);
      await definition.drain(this.#site(), params, found);
      return { status: 'changed', changes: [{ field: 'drain', before: null, after: reason }] };
    });
  }

  async #undrain({ label, definition, params, found }: FoundDrain): Promise<void> {
    if (!this.#drained.has(label)) return;
    await this.#options.stages.run(undrainStage(label), async () => {
      await definition.undrain(this.#site(), params, found);
      this.#write({ is: 'undrained', host: this.host, drain: label });
      this.#drained.delete(label);
      return { status: 'changed' };
    });
  }

  async #upgradePackages(): Promise<void> {
    const { host, memory, pending, system, reached } = this.#survey;
    const { stages, request, run } = this.#options;
    const isLeft = (memory?.job ?? memory?.backJob) !== undefined && memory?.isUpgraded !== true;
    if (pending.packages.length === 0 && !isLeft) return;
    await stages.run(STAGES.packages, async () => {
      if (!(await hasDone(memory?.job, this.#watching()))) {
        this.#write({ is: 'job', host: host.name, job: run });
        const script = system.upgradeScript(reached.facts, scopeOf(request));
        await carryOutJob({ id: run, script, limitSeconds: JOB_LIMIT_SECONDS }, this.#watching());
      }
      const left = await system.pending(reached.shell, reached.facts, scopeOf(request));
      const [failed, newer] = partOf(left.packages, memory?.packages ?? pending.packages);
      if (failed.length > 0) throw stillPending(host.name, failed);
      this.#write({ is: 'upgraded', host: host.name });
      // Not before: until then it tells the next run that it has done its work.
      for (const id of new Set([memory?.job ?? run, run])) await forgetJob(id, this.#watching());
      const changes = packageChanges(pending, memory?.packages);
      const names = newer.join(', ');
      const reason = names === '' ? undefined : `newer ones came out meanwhile, for the next time: ${names}`;
      return { status: 'changed', changes, reason, differsFromPlan: this.#differs };
    });
  }

  #watching() {
    return { ...this.#options, host: this.host, reached: this.#survey.reached };
  }

  #site() {
    return drainHost(this.#survey, this.#options);
  }

  #write(entry: UpgradeEntry): void {
    this.#options.journal.write(entry);
  }
}
