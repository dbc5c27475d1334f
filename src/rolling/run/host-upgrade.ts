import { HomelabError, toHomelabError } from '../../core/errors.js';
import type { WatchedService, HealthWatch } from '../health/health-watch.js';
import type { UpgradeEntry } from '../journal/upgrade-entry.js';
import { afterUpgrade } from './after-upgrade.js';
import type { FoundDrain } from './bound-drain.js';
import {
  drainHost,
  inTheWay,
  obstaclesOf,
  scopeOf,
  type HostSurvey,
  type SurveyOptions,
} from './host-survey.js';
import { runHook } from './run-hook.js';
import type { Stages } from './stage.js';
import { drainStage, STAGES, undrainStage } from './stage-names.js';
import { packageChanges } from './planned-stages.js';
import { noWayBack, notWell, stillPending } from './upgrade-failures.js';
import { awaitJob, carryOutJob, JOB_LIMIT_SECONDS } from './watch-job.js';

export interface HostUpgradeOptions extends Omit<SurveyOptions, 'plays' | 'memory'> {
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
  /** Proves that what is behind the host is reached again. @throws HomelabError `rolling/children` */
  readonly reachChildren: (() => Promise<void>) | undefined;
}

/**
 * One host of an upgrade, from its preflight until it serves as before. What it throws leaves the host as it is then, drained
 * where it was drained: the journal knows how to go on.
 */
export class HostUpgrade {
  readonly #survey: HostSurvey;
  readonly #options: HostUpgradeOptions;
  readonly #drained: Set<string>;
  #hasBegun: boolean;

  constructor(survey: HostSurvey, options: HostUpgradeOptions) {
    this.#survey = survey;
    this.#options = options;
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
    const { stages, watch, isExcused } = this.#options;
    const { memory, host } = this.#survey;
    await stages.run(STAGES.preflight, async () => {
      // A host in the middle of its upgrade is finished: half a way is worse than any obstacle.
      if (memory !== undefined) return { status: 'ok', reason: 'an earlier run has begun it' };
      const obstacle = inTheWay(host.name, await obstaclesOf(this.#survey, { ...this.#options, memory }));
      if (obstacle !== undefined) throw obstacle;
      for (const drain of this.#survey.drains) await this.#requireLeave(drain);
      const away = watch.now().filter((service) => service.state !== 'up' && !isExcused(service));
      if (away.length > 0) throw notWell(host.name, away);
      return { status: 'ok' };
    });
  }

  /** Upgrades it. @throws HomelabError what went wrong */
  async carryOut(): Promise<void> {
    const { reached } = this.#survey;
    await reached.comeBack();
    await reached.ledger.take();
    await this.#begin();
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
    const { survey, options } = { survey: this.#survey, options: this.#options };
    const { host, system, reached } = survey;
    const { snapshot } = host.rolling;
    const packages = survey.memory?.packages ?? survey.pending.packages;
    this.#write({ is: 'rolling-back', host: host.name });
    await options.stages.run(STAGES.rollback, async () => {
      const restore = snapshot?.restore;
      if (restore !== undefined) {
        await runHook({ ...options, reached, host: host.name, argv: restore, on: snapshot?.on });
        await reached.reconnect(options.request.rebootTimeoutSeconds * 1000).catch(() => {});
        return { status: 'changed', reason: 'its snapshot is back' };
      }
      const script = system.rollbackScript?.(reached.facts, packages);
      if (script === undefined) throw noWayBack(host.name);
      const job = { id: `${options.run}.back`, script, limitSeconds: JOB_LIMIT_SECONDS };
      await carryOutJob(job, { ...options, host: host.name, reached });
      const changes = packages.map(({ name, from, to }) => ({ field: name, before: to, after: from }));
      const reason = 'held back, where its system can: the next upgrade would bring them again';
      return { status: 'changed', changes, reason };
    });
    await this.finish();
    this.#write({ is: 'done', host: host.name });
  }

  async #requireLeave({ label, definition, params, found }: FoundDrain): Promise<void> {
    const reason = await definition.refuses?.(this.#site(), params, found);
    if (reason === undefined) return;
    throw new HomelabError({
      code: 'rolling/must-stay',
      host: this.host,
      message: `${this.host} must not go away now (${label}): ${reason}`,
      hint: 'Repair that first, then: homelab upgrade --resume',
    });
  }

  async #begin(): Promise<void> {
    const { host, reached, pending, drains, memory } = this.#survey;
    if (memory !== undefined) return;
    const state = await this.#options.tools.failures(reached.shell, reached.facts);
    const found = Object.fromEntries(drains.map((drain) => [drain.label, drain.found]));
    const packages = pending.packages.map(({ name, from, to }) => ({ name, from, to }));
    const { boot } = reached.ledger;
    this.#write({ is: 'begun', host: host.name, boot, state: [...state], packages, drains: found });
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
    const { memory } = this.#survey;
    if (memory?.isUpgraded === true && !this.#drained.has(drain.label)) return;
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
    const isLeft = memory?.job !== undefined && !memory.isUpgraded;
    if (pending.packages.length === 0 && !isLeft) return;
    await stages.run(STAGES.packages, async () => {
      if (!(await this.#findJob(memory?.job))) {
        this.#write({ is: 'job', host: host.name, job: run });
        const script = system.upgradeScript(reached.facts, scopeOf(request));
        await carryOutJob({ id: run, script, limitSeconds: JOB_LIMIT_SECONDS }, this.#watching());
      }
      const left = await system.pending(reached.shell, reached.facts, scopeOf(request));
      if (left.packages.length > 0)
        throw stillPending(
          host.name,
          left.packages.map(({ name }) => name),
        );
      this.#write({ is: 'upgraded', host: host.name });
      const changes =
        memory === undefined
          ? packageChanges(pending)
          : packageChanges({
              ...pending,
              packages: memory.packages.map((one) => ({ ...one, isSecurity: false })),
            });
      return { status: 'changed', changes };
    });
  }

  /** Whether the job of an earlier run has done its work; waits for it where it still runs. */
  async #findJob(id: string | undefined): Promise<boolean> {
    if (id === undefined) return false;
    try {
      await awaitJob(id, this.#watching());
      return true;
    } catch (thrown) {
      // What failed or was cut off then is done anew.
      if (['rolling/job-failed', 'rolling/job-lost'].includes(toHomelabError(thrown).code)) return false;
      throw thrown;
    }
  }

  #watching() {
    const { tools, signal } = this.#options;
    return { host: this.host, reached: this.#survey.reached, tools, signal };
  }

  #site() {
    return drainHost(this.#survey, this.#options);
  }

  #write(entry: UpgradeEntry): void {
    this.#options.journal.write(entry);
  }
}
