import type { UpgradeOutcome } from '../../core/downtime.js';
import type { WavePlan } from '../../core/waves.js';
import type { Downtimes } from '../../engine/downtimes.js';
import type { HealthWatch } from '../health/health-watch.js';
import { toHomelabError } from '../../core/errors.js';
import type { UpgradeEntry } from '../journal/upgrade-entry.js';
import { lockUpgrades } from '../journal/upgrade-lock.js';
import { drainsInForce } from '../journal/drains-in-force.js';
import { newestJournal, readNewestJournal, UpgradeJournal } from '../journal/upgrade-journal.js';
import { earlierUpgrade, inheritedEntries, inTheMiddle } from '../journal/host-memory.js';
import { isInterruption } from '../interrupted.js';
import { chosenTogether, downWith } from './chosen-together.js';
import { leaveOutClosed } from './leave-out-closed.js';
import { PlannedOrder } from './planned-order.js';
import { isExcused } from './excuses.js';
import { guestsOf, reachedThrough, type Away } from './group-limits.js';
import { createGuestDrains } from './create-guest-drains.js';
import { HostUpgrade } from './host-upgrade.js';
import type { HostSurvey } from './host-survey.js';
import { lookAtLeaders } from './look-at-leaders.js';
import { reachAgain } from './reach-again.js';
import { requestFor } from './request-for.js';
import { ownServices } from './own-services.js';
import { outcomeOf } from './outcome-of.js';
import { overtaken } from './upgrade-failures.js';
import type { UpgradeSession } from './upgrade-host-session.js';
import type { UpgradeRunOptions } from './upgrade-run.js';

interface Application {
  readonly sessions: readonly UpgradeSession[];
  readonly plan: WavePlan;
  readonly downtimes: Downtimes;
  /** Who was away already when the plan was made. */
  readonly away: Away;
  /** The journal that was the newest when the plan was made. */
  readonly newest: string | undefined;
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
  readonly #away: Map<string, string>;
  /** Hosts of the wave that is at work, with what runs on them. */
  #atWork: ReadonlySet<string> = new Set();
  #watch: HealthWatch | undefined;
  #journal: UpgradeJournal | undefined;

  constructor(options: UpgradeRunOptions, application: Application) {
    this.#options = options;
    this.#application = application;
    this.#order = new PlannedOrder(application.plan, application.sessions, application.wavesOf);
    this.#byName = new Map(application.sessions.map((session) => [session.host.name, session]));
    this.#away = new Map([...application.away, ...inTheMiddle(options.earlier)]);
    for (const session of application.sessions) if (session.hasFailed) this.#failed.add(session.host.name);
  }

  /** @throws HomelabError `rolling/locked`, `rolling/no-journal`, `rolling/overtaken` before anything is done */
  async run(): Promise<Partial<UpgradeOutcome>> {
    const { folder, owner, run, request, createWatch, earlier } = this.#options;
    const unlock = lockUpgrades(folder, owner);
    try {
      if (newestJournal(folder) !== this.#application.newest) throw overtaken();
      const head = { is: 'run', run, at: new Date().toISOString(), request } as const;
      this.#journal = new UpgradeJournal(folder, run, [head, ...inheritedEntries(earlier)]);
      this.#watch = createWatch();
      await this.#watch.start();
      await this.#finishUnfinished();
      await this.#doWaves();
      if (!this.#options.signal.aborted) this.#write({ is: 'end', exitCode: this.#failed.size > 0 ? 1 : 0 });
      const drained = drainsInForce(earlierUpgrade(readNewestJournal(folder) ?? []));
      return outcomeOf(this.#watch, this.#failed.size > 0 || this.#options.signal.aborted, drained);
    } finally {
      await this.#watch?.stop();
      this.#journal?.close();
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
      leaveOutClosed(this.#rest, { ...this.#options, away: this.#away });
      await lookAtLeaders(this.#rest, {
        ...this.#options,
        onFailure: (session, thrown) => this.#end(session, thrown),
      });
      const wave = this.#order.next(this.#rest);
      if (wave.length === 0) return;
      await this.#doWave(chosenTogether(wave, { ...this.#options, away: this.#away }));
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

  /** Proves first that all of them may go, then upgrades them at the same time. */
  async #doWave(sessions: readonly UpgradeSession[]): Promise<void> {
    const { topology } = this.#options;
    const names = sessions.map(({ host }) => host.name);
    this.#order.tell(sessions, this.#rest, this.#options.sink);
    const upgrades = sessions.flatMap((session) => {
      const upgrade = this.#upgradeOf(session);
      return upgrade === undefined ? [] : [{ session, upgrade }];
    });
    await Promise.all(
      upgrades.map(async ({ session, upgrade }) => {
        try {
          await upgrade.preflight();
        } catch (thrown) {
          this.#end(session, thrown);
        }
      }),
    );
    if (this.#mayGoOn) {
      this.#atWork = new Set(names.flatMap((name) => [name, ...guestsOf(topology, name)]));
      const ready = upgrades.filter(({ session }) => session.session.isActive);
      // Nobody is left alone with a host at work, whatever becomes of another one.
      const ends = await Promise.allSettled(
        ready.map(({ session, upgrade }) => this.#carryOut(session, upgrade)),
      );
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
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
        for (const one of [name, ...upgrade.guests.names]) if (!this.#failed.has(one)) this.#away.delete(one);
      } catch (thrown) {
        if (isInterruption(thrown)) session.session.isStopped = true;
        else await this.#tryToRollBack(session, upgrade, thrown);
      } finally {
        await upgrade.guests.letGo();
        // So that a person can work there.
        await session.end();
      }
    });
  }

  async #tryToRollBack(session: UpgradeSession, upgrade: HostUpgrade, thrown: unknown): Promise<void> {
    this.#fail(session, thrown);
    // What runs on it may be down with it.
    for (const host of downWith(session, this.#options))
      if (!this.#away.has(host)) this.#away.set(host, 'failed');
    if (!this.#options.request.isRollback || !upgrade.hasBegun) return;
    try {
      await upgrade.rollBack();
      session.isRolledBack = true;
    } catch (second) {
      const { message } = toHomelabError(second);
      session.session.notes.push(`it could not be rolled back: ${message}`);
    }
  }

  #end(session: UpgradeSession, thrown: unknown): void {
    if (isInterruption(thrown)) session.session.isStopped = true;
    else this.#fail(session, thrown);
  }

  #fail(session: UpgradeSession, thrown: unknown): void {
    const { code, message } = session.session.fail(thrown);
    this.#failed.add(session.host.name);
    this.#away.set(session.host.name, 'failed');
    this.#write({ is: 'failed', host: session.host.name, code, message });
  }

  #upgradeOf(session: UpgradeSession): HostUpgrade | undefined {
    const { survey, stages, host } = session;
    const watch = this.#watch;
    if (survey === undefined || watch === undefined) return undefined;
    const { topology, run, tools, signal, runElsewhere } = this.#options;
    const request = requestFor(host.name, this.#options);
    const journal = { write: (entry: UpgradeEntry) => this.#write(entry) };
    const { sessions } = this.#application;
    const guests = createGuestDrains(session, {
      ...this.#options,
      sessions,
      request,
      journal,
      away: this.#away,
    });
    const away = new Map([...this.#away].filter(([name]) => !guests.names.includes(name)));
    return new HostUpgrade(survey, {
      run,
      request,
      tools,
      signal,
      stages,
      watch,
      ownServices: ownServices(watch.now(), { ...this.#options, host: host.name, away }),
      runElsewhere,
      journal,
      isExcused: (service) =>
        isExcused(service, { topology, accepted: request.accepted, atWork: this.#atWork, away: this.#away }),
      guests,
      reachChildren: this.#childrenOf(host.name),
    });
  }

  /** Of a host that is there. */
  #surveyOf(name: string): HostSurvey | undefined {
    return this.#away.has(name) ? undefined : this.#byName.get(name)?.survey;
  }

  #childrenOf(host: string): (() => Promise<void>) | undefined {
    const names = reachedThrough(this.#options.topology, host);
    const children = names.flatMap((name) => this.#surveyOf(name) ?? []);
    if (children.length === 0) return undefined;
    return () => reachAgain(host, children, this.#options.request.healthTimeoutSeconds * 1000);
  }

  #write(entry: UpgradeEntry): void {
    this.#journal?.write(entry);
  }
}
