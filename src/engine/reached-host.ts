import { setTimeout as delay } from 'node:timers/promises';
import type { Facts } from '../core/facts.js';
import type { HostConfig } from '../core/host-config.js';
import type { HostPlay, Item, Play } from '../core/item.js';
import { HomelabError, toHomelabError } from '../core/errors.js';
import type { RunOwner } from '../core/run-owner.js';
import type { RemoteShell } from '../core/shell.js';
import type { RebootStep } from '../core/step.js';
import type { ReadableHost } from '../core/task.js';
import type { Transport } from '../core/transport.js';
import type { HostRecord } from '../probes/host-journal.js';
import type { Downtimes } from './downtimes.js';
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
}

/** How long past the time a reboot may take the lock is kept. */
const REBOOT_MARGIN_SECONDS = 60;

/** Between two attempts to come back to a host that was cut off. */
const PAUSE_MS = 1000;

/** A host that was reached: its shell, what it is, and what each play asks of it. A reboot replaces the shell. */
export class ReachedHost {
  readonly facts: Facts;
  readonly plays: ReadonlyMap<Play, HostPlay>;
  readonly readable: ReadableHost;
  readonly ledger: HostLedger;
  readonly #options: ReachedHostOptions;
  #shell: RemoteShell;
  /** Of the shells before this one. */
  #earlierRoundTrips = 0;
  /** Downtimes of what the host needs that its shell has not lived through. */
  #downtimesSeen = 0;
  #isGone = false;

  constructor(options: ReachedHostOptions) {
    const { host, shell, facts, plays, owner, record } = options;
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
      read: (reader, key) => this.#shell.read(reader, key),
    };
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

  /**
   * Reaches the host anew where something on the way to it was rebooted meanwhile, which cut it off.
   * @returns whether that was so @throws HomelabError `transport/…` where it does not answer in time
   */
  async comeBack(): Promise<boolean> {
    const { host, transport, downtimes } = this.#options;
    const { count, patienceMs } = downtimes.before(host.name);
    if (count === this.#downtimesSeen) return false;
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        const shell = await transport.open(host);
        await shell.run([{ script: 'true' }]);
        await this.#replaceShell(shell);
        this.#downtimesSeen = count;
        return true;
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
