import { setTimeout as delay } from 'node:timers/promises';
import type { Facts } from '../core/facts.js';
import type { HostConfig } from '../core/host-config.js';
import type { HostPlay, Item, Play } from '../core/item.js';
import { HomelabError, toHomelabError } from '../core/errors.js';
import type { RunOwner } from '../core/run-owner.js';
import type { RemoteShell, Section } from '../core/shell.js';
import type { RebootStep } from '../core/step.js';
import type { ReadableHost } from '../core/task.js';
import type { Transport } from '../core/transport.js';
import type { HostRecord } from '../probes/host-journal.js';
import type { LoginAccount } from '../probes/login-account.js';
import type { Downtimes } from './downtimes.js';
import { HostGuard, type GuardSettings } from './guard/host-guard.js';
import { HostLedger, type JournaledItem } from './host-ledger.js';
import { waitingFor } from './owed-actions.js';
import { rebootHost } from './reboot.js';

export interface ReachedHostOptions {
  readonly host: HostConfig;
  readonly transport: Transport;
  readonly shell: RemoteShell;
  readonly facts: Facts;
  readonly plays: ReadonlyMap<Play, HostPlay>;
  readonly downtimes: Downtimes;
  readonly owner: RunOwner;
  /** What homelab had written down there, as it was found. */
  readonly record: HostRecord;
  readonly login: LoginAccount;
  readonly guard: GuardSettings;
}

/** How long past the time a reboot may take the lock is kept. */
const REBOOT_MARGIN_SECONDS = 60;

/** For those behind a host whose change cut them off. */
const WAIT_AFTER_GUARD_MS = 60_000;

/** For a connection that a change may have cut off without a word. */
const ANSWER_TIMEOUT_MS = 5000;

/** Between two attempts to come back to a host that was cut off. */
const PAUSE_MS = 1000;

/** A host that was reached: its shell, what it is, and what each play asks of it. A reboot replaces the shell. */
export class ReachedHost {
  readonly facts: Facts;
  readonly plays: ReadonlyMap<Play, HostPlay>;
  readonly readable: ReadableHost;
  readonly ledger: HostLedger;
  /** Undefined where nobody can be locked out, or no timer be set: on this machine, and without root. */
  readonly guard: HostGuard | undefined;
  readonly #options: ReachedHostOptions;
  #shell: RemoteShell;
  /** Of the shells before this one. */
  #earlierRoundTrips = 0;
  /** Downtimes of what the host needs that its shell has not lived through. */
  #downtimesSeen = 0;
  #isGone = false;

  constructor(options: ReachedHostOptions) {
    const { host, shell, facts, plays, owner, record, login } = options;
    const isGuardable = host.transport !== 'local' && login.isRoot;
    this.#options = options;
    this.#shell = shell;
    this.facts = facts;
    this.plays = plays;
    this.ledger = new HostLedger({ host: host.name, owner, shell: () => this.#shell });
    this.ledger.load(record);
    this.readable = {
      name: host.name,
      facts,
      managedPaths: pathsKeptBy([...plays.values()]),
      hasLoginToLose: isGuardable,
      read: (reader, key) => this.#shell.read(reader, key),
    };
    const { transport, guard: settings } = options;
    const { readable } = this;
    const known = { host, transport, readable, login, run: owner.run, settings, shell: () => this.#shell };
    if (isGuardable) this.guard = new HostGuard(known);
  }

  get shell(): RemoteShell {
    return this.#shell;
  }

  get roundTrips(): number {
    return this.#earlierRoundTrips + this.#shell.roundTrips;
  }

  /** True once it was rebooted and nobody expects it back. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whom the host was logged in to as. */
  get login(): LoginAccount {
    return this.#options.login;
  }

  /** What homelab had written down on the host when it was reached. */
  get record(): HostRecord {
    return this.#options.record;
  }

  /** The item with what it will owe once it has changed something: actions, and items that wait for it. */
  journaled(item: Item): JournaledItem {
    for (const { items, actions } of this.plays.values()) {
      const isAction = [...actions.values()].includes(item);
      if (!isAction && !items.includes(item)) continue;
      const named = [...actions].flatMap(([name, action]) => (item.onChange.includes(name) ? [action] : []));
      const owes = isAction ? [] : [...named, ...waitingFor(item, { items, actions })];
      return { id: item.id, name: item.name, owes: owes.map(({ id, name }) => ({ id, name })), isAction };
    }
    return { id: item.id, name: item.name, owes: [], isAction: false };
  }

  /** Reboots the host, when nobody needs it. @throws HomelabError `engine/reboot-…`, `transport/…` */
  async reboot(step: RebootStep): Promise<void> {
    const { host, transport, downtimes } = this.#options;
    if (host.transport === 'local') throw rebootOfController(host.name);
    const patienceMs = step.isReturnExpected ? step.timeoutMs : 0;
    await downtimes.reboot(host.name, patienceMs, async () => {
      await this.comeBack();
      if (step.isReturnExpected) await this.ledger.leaveFor(step.timeoutMs / 1000 + REBOOT_MARGIN_SECONDS);
      else await this.ledger.release();
      const open = (): Promise<RemoteShell> => transport.open(host);
      const shell = await rebootHost({ name: host.name, shell: this.#shell, open }, step);
      if (shell === undefined) this.#isGone = true;
      else await this.#replaceShell(shell);
    });
  }

  /** Does what may cut off the host for a while, once nobody at work needs it. Whoever does reaches it anew. */
  async whileUnneeded<T>(act: () => Promise<T>): Promise<T> {
    const { host, downtimes } = this.#options;
    return downtimes.reboot(host.name, WAIT_AFTER_GUARD_MS, async () => {
      if (await this.comeBack()) await this.ledger.take();
      return act();
    });
  }

  /**
   * Runs what the journal is to hold, over a new connection where the old one is lost or does not answer.
   * @throws HomelabError `engine/locked`, `transport/…`
   */
  async write(sections: readonly Section[], isLost: boolean): Promise<void> {
    if (sections.length === 0) return;
    if (!isLost) {
      try {
        await this.#shell.run(sections, { timeoutMs: ANSWER_TIMEOUT_MS });
        return;
      } catch (thrown) {
        if (!toHomelabError(thrown).code.startsWith('transport/')) throw thrown;
      }
    }
    await this.#reachAnew(ANSWER_TIMEOUT_MS);
    await this.ledger.take();
    await this.#shell.run(sections);
  }

  /**
   * Reaches the host anew where something on the way to it was rebooted meanwhile, which cut it off.
   * @returns whether that was so @throws HomelabError `transport/…` where it does not answer in time
   */
  async comeBack(): Promise<boolean> {
    const { host, downtimes } = this.#options;
    const { count, patienceMs } = downtimes.before(host.name);
    if (count === this.#downtimesSeen) return false;
    await this.#reachAnew(patienceMs);
    this.#downtimesSeen = count;
    return true;
  }

  /** Reaches the host over a new connection, and takes the lock again. @throws HomelabError `engine/locked`, `transport/…` */
  async reconnect(patienceMs: number): Promise<void> {
    await this.#reachAnew(patienceMs);
    if (this.ledger.isTaken) await this.ledger.take();
  }

  async #reachAnew(patienceMs: number): Promise<void> {
    const { host, transport } = this.#options;
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        const shell = await transport.open(host);
        await shell.run([{ script: 'true' }]);
        return await this.#replaceShell(shell);
      } catch (thrown) {
        const isWorthWaiting = toHomelabError(thrown).code.startsWith('transport/');
        if (!isWorthWaiting || performance.now() >= deadline) throw thrown;
        await delay(PAUSE_MS);
      }
    }
  }

  /**
   * Lets go of the lock, over a new connection where something on the way was rebooted since.
   * @throws HomelabError `engine/locked`, `transport/…`
   */
  async release(): Promise<void> {
    if (this.ledger.isTaken) await this.comeBack();
    await this.ledger.release();
  }

  async #replaceShell(shell: RemoteShell): Promise<void> {
    this.#earlierRoundTrips += this.#shell.roundTrips;
    const old = this.#shell;
    this.#shell = shell;
    await old.close();
  }
}

/** The paths that the items of some plays keep: those they touch. */
function pathsKeptBy(plays: readonly HostPlay[]): string[] {
  const touched = plays.flatMap((play) => play.items).flatMap(touchedBy);
  return touched.filter((one) => one.startsWith('path:')).map((one) => one.slice('path:'.length));
}

/** Of an item that is not complete, what its parameters tell already: a purge is to leave that alone. */
function touchedBy({ skipReason, task, params }: Item): readonly string[] {
  if (skipReason !== undefined || params === undefined) return [];
  return task.touches?.(params) ?? [];
}

function rebootOfController(host: string): HomelabError {
  return new HomelabError({
    code: 'engine/reboot-of-controller',
    message: `${host} is this machine: homelab would end with it`,
    hint: 'Reboot it by hand, or run homelab on another machine.',
    host,
  });
}
