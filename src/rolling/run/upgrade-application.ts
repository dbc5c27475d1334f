import { toHomelabError } from '../../core/errors.js';
import type { UpgradeOutcome } from '../../core/downtime.js';
import type { WavePlan } from '../../core/waves.js';
import type { Downtimes } from '../../engine/downtimes.js';
import type { HealthWatch, WatchedService } from '../health/health-watch.js';
import { lockUpgrades } from '../journal/upgrade-lock.js';
import { UpgradeJournal } from '../journal/upgrade-journal.js';
import { entriesOf } from '../journal/host-memory.js';
import { findDrains } from './bound-drain.js';
import { leaveOutClosed } from './leave-out-closed.js';
import { PlannedOrder } from './planned-order.js';
import { guestsOf, reachedThrough } from './failed-groups.js';
import { HostUpgrade } from './host-upgrade.js';
import { drainHost } from './host-survey.js';
import { reachAgain } from './reach-again.js';
import type { UpgradeSession } from './upgrade-host-session.js';
import type { UpgradeRunOptions } from './upgrade-run.js';

interface Application {
  readonly sessions: readonly UpgradeSession[];
  readonly plan: WavePlan;
  readonly downtimes: Downtimes;
  /** The waves of what is left among these. */
  readonly wavesOf: (sessions: readonly UpgradeSession[]) => WavePlan;
}

/** The applying half of an upgrade: its lock, its journal, its watch, and the waves one after the other. */
export class UpgradeApplication {
  readonly #options: UpgradeRunOptions;
  readonly #application: Application;
  readonly #byName: ReadonlyMap<string, UpgradeSession>;
  readonly #order: PlannedOrder;
  readonly #failed = new Set<string>();
  /** Hosts of the wave that is at work, with what runs on them. */
  #atWork: ReadonlySet<string> = new Set();
  #watch: HealthWatch | undefined;
  #journal: UpgradeJournal | undefined;

  constructor(options: UpgradeRunOptions, application: Application) {
    this.#options = options;
    this.#application = application;
    this.#order = new PlannedOrder(application.plan, application.sessions, application.wavesOf);
    this.#byName = new Map(application.sessions.map((session) => [session.host.name, session]));
    for (const session of application.sessions) if (session.hasFailed) this.#failed.add(session.host.name);
  }

  /** @throws HomelabError `rolling/locked`, `rolling/no-journal` before anything is done */
  async run(): Promise<Partial<UpgradeOutcome>> {
    const { folder, owner, run, request, createWatch } = this.#options;
    const unlock = lockUpgrades(folder, owner);
    try {
      this.#journal = new UpgradeJournal(folder, run);
      this.#journal.write({ is: 'run', run, at: new Date().toISOString(), request });
      // It may be killed as well.
      for (const { host, survey } of this.#application.sessions)
        for (const entry of entriesOf(host.name, survey?.memory)) this.#journal.write(entry);
      this.#watch = createWatch();
      await this.#watch.start();
      await this.#finishUnfinished();
      await this.#doWaves();
      return this.#outcome(this.#watch);
    } finally {
      await this.#watch?.stop();
      this.#end();
      unlock();
    }
  }

  /** Hosts that are in the middle come first, one by one: they are away already. */
  async #finishUnfinished(): Promise<void> {
    for (const session of this.#application.sessions)
      if (session.survey?.memory !== undefined && this.#mayGoOn) await this.#doWave([session]);
  }

  async #doWaves(): Promise<void> {
    while (this.#mayGoOn) {
      const { topology, request } = this.#options;
      leaveOutClosed(this.#rest, { topology, request, failed: this.#failed, now: this.#options.now() });
      await this.#lookAtLeaders(this.#rest);
      const wave = this.#order.next(this.#rest);
      if (wave.length === 0) return;
      await this.#doWave(wave);
    }
    for (const session of this.#rest) session.session.isStopped = true;
  }

  /** What is still to be done. */
  get #rest(): readonly UpgradeSession[] {
    return this.#application.sessions.filter(
      (one) => !one.isDone && one.leftOut === undefined && one.session.error === null,
    );
  }

  get #mayGoOn(): boolean {
    return !this.#options.signal.aborted && this.#failed.size <= this.#options.request.maxFailures;
  }

  /** A leader may be another by now. */
  async #lookAtLeaders(rest: readonly UpgradeSession[]): Promise<void> {
    await Promise.all(
      rest.map(async (session) => {
        const { survey } = session;
        if (survey === undefined || !survey.drains.some(({ definition }) => definition.isLeader)) return;
        try {
          await survey.reached.comeBack();
          const drains = await findDrains(drainHost(survey, this.#options), survey.drains);
          session.survey = { ...survey, drains };
        } catch (thrown) {
          this.#fail(session, thrown);
        }
      }),
    );
  }

  /** Proves first that all of them may go, then upgrades them at the same time. */
  async #doWave(sessions: readonly UpgradeSession[]): Promise<void> {
    const { topology } = this.#options;
    const names = sessions.map(({ host }) => host.name);
    this.#order.tell(sessions, this.#rest, this.#options.sink);
    this.#atWork = new Set(names.flatMap((name) => [name, ...guestsOf(topology, name)]));
    const upgrades = sessions.flatMap((session) => {
      const upgrade = this.#upgradeOf(session);
      return upgrade === undefined ? [] : [{ session, upgrade }];
    });
    await Promise.all(
      upgrades.map(async ({ session, upgrade }) => {
        try {
          await upgrade.preflight();
        } catch (thrown) {
          this.#fail(session, thrown);
        }
      }),
    );
    if (this.#mayGoOn) {
      const ready = upgrades.filter(({ session }) => session.session.error === null);
      await Promise.all(ready.map(({ session, upgrade }) => this.#carryOut(session, upgrade)));
    }
    this.#atWork = new Set();
  }

  async #carryOut(session: UpgradeSession, upgrade: HostUpgrade): Promise<void> {
    const { downtimes } = this.#application;
    const { name } = session.host;
    await downtimes.during(name, async () => {
      try {
        await upgrade.carryOut();
        session.isDone = true;
      } catch (thrown) {
        if (toHomelabError(thrown).code === 'rolling/interrupted') session.session.isStopped = true;
        else await this.#tryToRollBack(session, upgrade, thrown);
      }
      await session.end();
    });
  }

  async #tryToRollBack(session: UpgradeSession, upgrade: HostUpgrade, thrown: unknown): Promise<void> {
    this.#fail(session, thrown);
    if (!this.#options.request.isRollback || !upgrade.hasBegun) return;
    try {
      await upgrade.rollBack();
      session.isRolledBack = true;
    } catch (second) {
      const { message } = toHomelabError(second);
      session.session.notes.push(`it could not be rolled back: ${message}`);
    }
  }

  #fail(session: UpgradeSession, thrown: unknown): void {
    const { code, message } = session.session.fail(thrown);
    this.#failed.add(session.host.name);
    this.#write({ is: 'failed', host: session.host.name, code, message });
  }

  #upgradeOf(session: UpgradeSession): HostUpgrade | undefined {
    const { survey, stages, host } = session;
    const watch = this.#watch;
    if (survey === undefined || watch === undefined) return undefined;
    const { topology, run, request, tools, signal, runElsewhere } = this.#options;
    const own = new Set([host.name, ...guestsOf(topology, host.name)]);
    const ownServices = watch
      .now()
      .flatMap((one) => (one.host !== undefined && own.has(one.host) ? [one.name] : []));
    return new HostUpgrade(survey, {
      run,
      request,
      tools,
      signal,
      stages,
      watch,
      ownServices,
      runElsewhere,
      journal: { write: (entry) => this.#write(entry) },
      isExcused: (service) => this.#isExcused(service),
      reachChildren: this.#childrenOf(host.name),
    });
  }

  /** Away by the run itself, by a failure that is counted already, or because somebody accepts it. */
  #isExcused({ host, name }: WatchedService): boolean {
    const { accepted } = this.#options.request;
    const isAccepted = accepted.includes(name) || (host !== undefined && accepted.includes(host));
    return isAccepted || (host !== undefined && (this.#atWork.has(host) || this.#failed.has(host)));
  }

  #childrenOf(host: string): (() => Promise<void>) | undefined {
    const children = reachedThrough(this.#options.topology, host).flatMap((name) => {
      const survey = this.#failed.has(name) ? undefined : this.#byName.get(name)?.survey;
      return survey === undefined ? [] : [survey];
    });
    if (children.length === 0) return undefined;
    return () => reachAgain(host, children, this.#options.request.healthTimeoutSeconds * 1000);
  }

  #outcome(watch: HealthWatch): Partial<UpgradeOutcome> {
    const downtimes = watch.downtimes();
    const isStopped = this.#failed.size > 0 || this.#options.signal.aborted;
    const services = watch.now();
    const named = (isUp: boolean): readonly string[] =>
      services.filter(({ state }) => (state === 'up') === isUp).map(({ name }) => name);
    const standing = { up: named(true), down: named(false), next: 'homelab upgrade --resume' };
    return { downtimes, standing: isStopped ? standing : undefined };
  }

  #end(): void {
    const exitCode = this.#failed.size > 0 ? 1 : 0;
    if (!this.#options.signal.aborted) this.#write({ is: 'end', exitCode });
    this.#journal?.close();
  }

  #write(entry: Parameters<UpgradeJournal['write']>[0]): void {
    this.#journal?.write(entry);
  }
}
