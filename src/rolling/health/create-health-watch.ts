import pLimit from 'p-limit';
import type { ServiceDowntime } from '../../core/downtime.js';
import { bareHost, type HostConfig, type Inventory } from '../../core/host-config.js';
import { environmentForPrograms } from '../../core/secret-variables.js';
import type { Transport } from '../../core/transport.js';
import { Accounts, type Ask } from './accounts.js';
import { askerHere } from './ask-here.js';
import { CurrentStates } from './current-states.js';
import type { SeenState } from './downtime-ledger.js';
import type { HealthWatch } from './health-watch.js';
import { HereAsker } from './here-asker.js';
import { sharedLookUp } from './look-up.js';
import { checkText, CONTROLLER, servicesOf, type Service } from './services.js';
import type { AskCheck } from './sight.js';
import { untilUp } from './until-up.js';
import { Vantage } from './vantage.js';
import { VantageLink } from './vantage-link.js';
import { MACHINE_CLOCK, type WatchClock } from './watch-clock.js';

export interface HealthWatchOptions {
  readonly inventory: Inventory;
  /** Only what these hosts, and groups with one of them, declare; default: everything. */
  readonly hosts?: readonly string[] | undefined;
  /** Only asked for routes, and for transports of its own. */
  readonly transport: Pick<Transport, 'routeOf' | 'afresh'>;
  /** From one question to the next. Default: 500. */
  readonly intervalMs?: number | undefined;
  /** After this long without an answer a question from here counts as failed. Default: 1000. */
  readonly timeoutMs?: number | undefined;
  /** Default: the clock of this machine. */
  readonly clock?: WatchClock | undefined;
  /** How it is asked from here. Default: by sockets and programs of this machine. */
  readonly askHere?: AskCheck | undefined;
}

const INTERVAL_MS = 500;
const TIMEOUT_MS = 1000;
/** Logins at the same time when it begins: behind a small jump host each costs it a moment. */
const LOGINS_AT_ONCE = 4;

/** Watches all health checks of the inventory; nothing is asked before it is started. */
export function createHealthWatch(options: HealthWatchOptions): HealthWatch {
  return new Watch(options);
}

class Watch implements HealthWatch {
  readonly #options: HealthWatchOptions;
  readonly #clock: WatchClock;
  #services: readonly Service[] = [];
  #accounts = new Accounts([]);
  #states = new CurrentStates([]);
  #vantages: readonly Vantage[] = [];
  #here: HereAsker | undefined;
  #stopBeat: (() => void) | undefined;
  #isStopped = false;

  constructor(options: HealthWatchOptions) {
    this.#options = options;
    this.#clock = options.clock ?? MACHINE_CLOCK;
  }

  async start(): Promise<void> {
    const routes = await this.#routes();
    if (this.#isStopped) return;
    const { inventory, hosts, intervalMs = INTERVAL_MS } = this.#options;
    this.#services = servicesOf(inventory, (host) => routes.get(host) ?? [], hosts);
    this.#accounts = new Accounts(this.#services);
    this.#states = new CurrentStates(this.#services);
    const first = this.#firstSights();
    this.#here = this.#hereAsker();
    this.#vantages = this.#vantagesOf(routes);
    const limit = pLimit(LOGINS_AT_ONCE);
    const logins = this.#vantages.map((vantage) => limit(() => vantage.start().then(() => vantage.beat())));
    const beat = (): void => {
      this.#here?.beat();
      for (const vantage of this.#vantages) vantage.beat();
    };
    this.#stopBeat = this.#clock.every(intervalMs, beat);
    beat();
    await Promise.all([first, ...logins]);
  }

  now(): ReturnType<HealthWatch['now']> {
    return this.#states.now();
  }

  untilUp(...[names, options]: Parameters<HealthWatch['untilUp']>): Promise<void> {
    return untilUp(this.#states, this.#clock, names, options);
  }

  downtimes(): readonly ServiceDowntime[] {
    const accounts = this.#accounts.all();
    return this.#services.flatMap(({ name, host, isRedundant }) => {
      const account = accounts.get(name);
      return account === undefined ? [] : [{ name, host, isRedundant, ...account }];
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopBeat?.();
    this.#here?.stop();
    this.#endFirst?.();
    await Promise.all(this.#vantages.map((vantage) => vantage.stop().catch(() => undefined)));
  }

  #endFirst: (() => void) | undefined;

  /** Resolves once each service that can be asked was. */
  #firstSights(): Promise<void> {
    const waiting = new Set(this.#services.filter(({ is }) => is === 'asked').map(({ name }) => name));
    if (waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = this.#states.listen((name) => {
        waiting.delete(name);
        if (waiting.size === 0) this.#endFirst?.();
      });
      this.#endFirst = () => {
        end();
        resolve();
      };
    });
  }

  #hereAsker(): HereAsker {
    const { askHere, timeoutMs = TIMEOUT_MS } = this.#options;
    return new HereAsker({
      checks: this.#services.flatMap((one) => (one.is === 'asked' && one.from === CONTROLLER ? [one] : [])),
      ask: askHere ?? askerHere({ lookUp: sharedLookUp(), env: environmentForPrograms(process.env) }),
      clock: this.#clock,
      timeoutMs,
      begin: (name) => this.#begin(name),
      settle: (...told) => this.#settle(...told),
    });
  }

  #vantagesOf(routes: ReadonlyMap<string, readonly string[]>): Vantage[] {
    const asked = this.#services.flatMap((one) =>
      one.is === 'asked' && one.from !== CONTROLLER ? [one] : [],
    );
    return [...new Set(asked.map(({ from }) => from))].map((host) => {
      const jump = routes.get(host)?.at(-1);
      const link = new VantageLink({
        host: this.#hostOf(host),
        jump: jump === undefined ? undefined : this.#hostOf(jump),
        afresh: () => this.#options.transport.afresh(),
        clock: this.#clock,
      });
      return new Vantage({
        host,
        link,
        clock: this.#clock,
        checks: asked
          .filter(({ from }) => from === host)
          .map(({ name, check, host: of }) => ({ name, check, isOwn: of === host })),
        begin: (name) => this.#begin(name),
        presume: (ask, state, said) => this.#states.see(ask, state, said),
        settle: (...told) => this.#settle(...told),
      });
    });
  }

  #begin(name: string): Ask {
    return this.#accounts.begin(name, this.#clock.nowMs());
  }

  #settle(ask: Ask, outcome: SeenState | 'dropped', said?: string): void {
    this.#accounts.settle(ask, outcome);
    if (outcome === 'dropped' || this.#isStopped) return;
    const service = this.#services.find(({ name }) => name === ask.name);
    const what = service?.is === 'asked' ? `${checkText(service.check)}: ` : '';
    this.#states.see(ask, outcome, said === undefined ? undefined : `${what}${said}`);
  }

  /** A jump host may stand in ssh_config alone. */
  #hostOf(name: string): HostConfig {
    return this.#options.inventory.hosts.get(name) ?? bareHost(name);
  }

  /** Ways that cannot be told have no jump hosts: who works on such a host says why. */
  async #routes(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { inventory, transport } = this.#options;
    const found = [...inventory.hosts.values()].map(async (host) => {
      const route = await transport.routeOf(host).catch(() => host.via ?? []);
      return [host.name, route] as const;
    });
    return new Map(await Promise.all(found));
  }
}
