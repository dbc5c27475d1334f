import type { EventSink } from '../core/events.js';
import type { Item } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import type { SectionResult } from '../core/shell.js';
import type { Due } from './apply-items.js';
import type { HostSession } from './host-session.js';
import { toPrinted, type PrintedByName } from './late-items.js';
import { actionChange, NOT_CHANGED } from './plan-item.js';
import { differsFromPlan } from './preview.js';
import type { ReachedHost } from './reached-host.js';
import { taskResult } from './task-result.js';

interface ProgressOptions {
  readonly session: HostSession;
  readonly reached: ReachedHost;
  readonly sink: EventSink;
}

/** How far one play has come on one host: what changed, what that owes, and which items' outcome stands. */
export class PlayProgress {
  readonly #options: ProgressOptions;
  readonly #changed = new Set<Item>();
  readonly #owing = new Set<Item>();
  readonly #settled = new Set<Item>();
  readonly #printed: PrintedByName = new Map();

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  /** The items that changed something, in no order. */
  get changed(): ReadonlySet<Item> {
    return this.#changed;
  }

  /** Those of them whose actions have not run since. */
  get owing(): ReadonlySet<Item> {
    return this.#owing;
  }

  /** What items printed so far. */
  get printed(): PrintedByName {
    return this.#printed;
  }

  isSettled(item: Item): boolean {
    return this.#settled.has(item);
  }

  /** The outcome of `item`, as it is shown: it stands. */
  settle(item: Item, result: TaskResult): void {
    this.#settled.add(item);
    const { session, reached } = this.#options;
    if (result.status === 'changed' || result.status === 'ok') reached.ledger.settle(item.id);
    const isDecided = result.status === 'changed' || result.status === 'ok' || result.reason === NOT_CHANGED;
    const different = isDecided ? differsFromPlan(session.results.get(item), result) : undefined;
    this.#tell(item, different === undefined ? result : { ...result, differsFromPlan: different });
    if (result.error !== null && item.onFailure === 'stop') session.fail(result.error);
  }

  settleChanged(due: Due, output: SectionResult | undefined): void {
    const { item, changes } = due;
    this.#changed.add(item);
    this.#owing.add(item);
    this.owe(due);
    if (item.printsAs !== undefined && output !== undefined)
      this.#printed.set(item.printsAs, toPrinted(output, item.sensitive));
    this.settle(item, taskResult(item, { status: 'changed', changes }));
  }

  /** What `due` owes is owed on its host from now on. */
  owe({ journaled }: Due): void {
    for (const action of journaled.owes) this.#options.reached.ledger.owe(action);
  }

  /** `actions` have run: what items that changed until now owe of them is paid. */
  pay(actions: readonly Due[]): void {
    const names = new Set(actions.map(({ item }) => item.name));
    for (const item of this.#owing)
      if (item.onChange.every((name) => names.has(name))) this.#owing.delete(item);
    for (const { item } of actions) {
      this.#options.reached.ledger.settle(item.id);
      this.#tell(item, taskResult(item, { status: 'changed', changes: [actionChange()] }));
    }
  }

  #tell(item: Item, result: TaskResult): void {
    const { session, sink } = this.#options;
    session.results.set(item, result);
    sink({ type: 'task-finished', host: session.host.name, result });
  }
}
