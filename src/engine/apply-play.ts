import { setTimeout as delay } from 'node:timers/promises';
import type { HomelabError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import type { HostPlay, Item } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import { actionsDue, applyGuarded, needsGuard } from './apply-guarded.js';
import { applyBatch, dueOf, type Applied, type Due } from './apply-items.js';
import type { HostSession } from './host-session.js';
import { completeItem } from './late-items.js';
import type { ReachedHost } from './reached-host.js';
import { isLet } from './owed-actions.js';
import { changesDue, NOT_CHANGED, notDecidable } from './plan-item.js';
import { PlayProgress } from './play-progress.js';
import { canProbe, probeItems } from './probe-item.js';
import { taskResult } from './task-result.js';
import { canAffect, isBarrier, touchesOf } from './touches.js';

/** Why what comes after a reboot without a return is left out. */
export const REBOOTED = 'the host was rebooted and is not expected back';

interface ApplyOptions {
  readonly session: HostSession;
  readonly reached: ReachedHost;
  readonly play: HostPlay;
  readonly sink: EventSink;
  readonly signal: AbortSignal;
}

/**
 * Applies the items of one play on one host, in their order. Items that cannot affect each other go out as one script;
 * what an applied item may have altered is looked at again before it is decided.
 */
export class PlayApplication {
  readonly #options: ApplyOptions;
  readonly #items: readonly Item[];
  /** Items whose last look may no longer be true. */
  readonly #stale: Set<Item>;
  readonly #progress: PlayProgress;
  readonly #attempts = new Map<Item, number>();
  #underWay: readonly Due[] = [];

  constructor(options: ApplyOptions, isStale: boolean) {
    this.#options = options;
    this.#items = options.play.items;
    this.#progress = new PlayProgress(options);
    this.#stale = new Set(
      isStale ? this.#items : this.#items.filter((item) => !options.session.probed.has(item)),
    );
  }

  get progress(): Pick<PlayProgress, 'changed' | 'owing' | 'printed'> {
    return this.#progress;
  }

  /** True when something ran that may have altered any item. */
  get hasBarrierRun(): boolean {
    return [...this.#progress.changed].some((item) => isBarrier(touchesOf(item)));
  }

  /** Applies until the end, the first failure that stops the host, or the signal. */
  async run(): Promise<void> {
    let position = 0;
    while (position < this.#items.length) {
      if (this.#options.signal.aborted) return this.#skipFrom(position, 'interrupted');
      await this.#lookAgain(position);
      const { batch, next } = await this.#collect(position);
      position = await this.#apply(batch, next);
      if (this.#options.session.error !== null) return this.#skipFrom(position, 'an earlier item failed');
      if (this.#options.reached.isGone) return this.#leaveAt(position);
    }
  }

  /** Settles what is left after the way to the host was lost: what was under way may have been done or not. */
  abandon(error: HomelabError): void {
    const isCutOff = error.code.startsWith('transport/');
    const reason = isCutOff ? 'the connection was lost before it' : 'nothing more was applied here';
    for (const item of this.#items) {
      if (this.#progress.isSettled(item)) continue;
      const underWay = isCutOff ? this.#underWay.find((due) => due.item === item) : undefined;
      if (underWay !== undefined) this.#progress.owe(underWay);
      const outcome =
        underWay === undefined
          ? { status: 'skipped' as const, reason }
          : { status: 'failed' as const, error };
      this.#progress.settle(item, taskResult(item, outcome));
    }
  }

  async #lookAgain(position: number): Promise<void> {
    const first = this.#items[position];
    if (first === undefined || !this.#stale.has(first)) return;
    const items = this.#items.slice(position).filter((item) => this.#stale.has(item) && canProbe(item));
    const seen = await probeItems(this.#options.reached.readable, items);
    for (const [item, probed] of seen) this.#options.session.probed.set(item, probed);
    this.#stale.clear();
  }

  /** From here on nothing that was seen counts. Answers the same position. */
  #lookAgainFrom(position: number): number {
    for (const later of this.#items.slice(position)) this.#stale.add(later);
    return position;
  }

  /** Decides items from `position` on until one has to wait for what the batch does; `next` is that one's position. */
  async #collect(position: number): Promise<{ batch: Due[]; next: number }> {
    const batch: Due[] = [];
    for (let next = position; next < this.#items.length; next++) {
      const item = this.#items[next] as Item;
      if (this.#progress.isSettled(item)) continue;
      if (item.late !== undefined && this.#leftOut(item, batch) === undefined) {
        if (batch.length > 0) return { batch, next };
        await this.#complete(item);
      }
      if (this.#progress.isSettled(item)) return { batch, next: next + 1 };
      if (this.#stale.has(item)) return { batch, next };
      const decision = this.#decide(item, batch);
      if (!('steps' in decision)) {
        if (decision.error !== null && batch.length > 0) return { batch, next };
        this.#progress.settle(item, decision);
        if (decision.error !== null && item.onFailure === 'stop') return { batch, next: next + 1 };
        continue;
      }
      const isGuarded = needsGuard(this.#options.reached, decision);
      if (isGuarded && batch.length > 0) return { batch, next };
      batch.push(decision);
      this.#options.sink({ type: 'task-started', host: this.#host, id: item.id, name: item.name });
      this.#markStaleAfter(item, next);
      if (isGuarded || item.retry !== undefined || item.onFailure === 'continue')
        return { batch, next: next + 1 };
    }
    return { batch, next: this.#items.length };
  }

  /** Why the item is left out; undefined: it applies. What the batch is about to do counts as done. */
  #leftOut(item: Item, batch: readonly Due[]): string | undefined {
    if (item.skipReason !== undefined) return item.skipReason;
    const isChanged = (id: string): boolean =>
      [...this.#progress.changed, ...batch.map((due) => due.item)].some((earlier) => earlier.id === id);
    return isLet(item, isChanged, this.#options.reached.ledger) ? undefined : NOT_CHANGED;
  }

  /** Completes an item with what earlier ones printed: it is to be looked at, or has failed. */
  async #complete(item: Item): Promise<void> {
    const error = await completeItem(item, this.#progress.printed, this.#host);
    if (error === undefined) this.#stale.add(item);
    else this.#progress.settle(item, taskResult(item, { status: 'failed', error }));
  }

  #decide(item: Item, batch: readonly Due[]): Due | TaskResult {
    const reason = this.#leftOut(item, batch);
    if (reason !== undefined) return taskResult(item, { status: 'skipped', reason });
    const probed = this.#options.session.probed.get(item);
    if (probed?.is !== 'known')
      return taskResult(item, { status: 'failed', error: notDecidable(item, probed, this.#host) });
    const changes = changesDue(item, probed.changes);
    if (changes.length === 0) return taskResult(item, { status: 'ok' });
    return { ...dueOf(item, probed, this.#options.reached), changes };
  }

  #markStaleAfter(item: Item, position: number): void {
    const touches = touchesOf(item);
    for (const later of this.#items.slice(position + 1)) {
      if (canAffect(touches, touchesOf(later))) this.#stale.add(later);
    }
  }

  /** Applies the batch and settles its items; answers where to go on. */
  async #apply(batch: readonly Due[], next: number): Promise<number> {
    const [first] = batch;
    if (first === undefined) return next;
    const { reached } = this.#options;
    if (await reached.ledger.take()) return this.#lookAgainFrom(this.#items.indexOf(first.item));
    this.#underWay = batch;
    const outcomes = needsGuard(reached, first)
      ? [await this.#applyGuarded(first)]
      : await applyBatch(reached, batch);
    for (const [index, due] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome?.is === 'changed') this.#progress.settleChanged(due, outcome.output);
      if (outcome?.is === 'changed' && outcome.ran !== undefined) this.#progress.pay(outcome.ran);
      if (outcome?.is === 'failed') {
        if (outcome.isPartlyDone) this.#progress.owe(due);
        return this.#settleFailed(due, outcome.error);
      }
    }
    return next;
  }

  /** An item that may cut off the login counts only with its actions: they are a part of the change. */
  async #applyGuarded(due: Due): Promise<Applied> {
    const { reached, play } = this.#options;
    const named = [...play.actions].filter(([name]) => due.item.onChange.includes(name));
    const actions = await actionsDue(
      reached,
      named.map(([, action]) => action),
    );
    return applyGuarded(reached, { due, actions });
  }

  async #settleFailed({ item, changes }: Due, error: HomelabError): Promise<number> {
    const attempt = (this.#attempts.get(item) ?? 0) + 1;
    this.#attempts.set(item, attempt);
    // What a failed step left behind is not known, neither for this item nor for those after it.
    const position = this.#lookAgainFrom(this.#items.indexOf(item));
    if (item.retry !== undefined && attempt < item.retry.times) {
      await delay(item.retry.delayMs, undefined, { signal: this.#options.signal }).catch(() => undefined);
      return position;
    }
    this.#progress.settle(item, taskResult(item, { status: 'failed', changes, error }));
    return position + 1;
  }

  #skipFrom(position: number, reason: string): void {
    const { session, signal } = this.#options;
    session.isStopped ||= signal.aborted && session.error === null;
    for (const item of this.#items.slice(position)) {
      if (!this.#progress.isSettled(item))
        this.#progress.settle(item, taskResult(item, { status: 'skipped', reason }));
    }
  }

  /** Ends the run for a host that was rebooted and is not expected back. */
  #leaveAt(position: number): void {
    this.#skipFrom(position, REBOOTED);
    this.#options.session.isStopped = true;
  }

  get #host(): string {
    return this.#options.session.host.name;
  }
}
