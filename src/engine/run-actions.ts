import type { HomelabError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import type { HostPlay, Item } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import { applyBatch, dueOf } from './apply-items.js';
import type { HostSession } from './host-session.js';
import type { ReachedHost } from './reached-host.js';
import { completeItem, lostResult, type PrintedByName } from './late-items.js';
import { owedActions, owedBefore } from './owed-actions.js';
import { actionChange, notDecidable } from './plan-item.js';
import { canProbe, probeItems, type Probed } from './probe-item.js';
import { taskResult } from './task-result.js';
import { verifyItems } from './verify.js';

/** Runs the actions that changed items owe, each once, in their written order; then looks whether what they act on holds. */
export async function runActions(
  session: HostSession,
  reached: ReachedHost,
  play: HostPlay,
  options: {
    readonly changed: ReadonlySet<Item>;
    readonly printed: PrintedByName;
    readonly sink: EventSink;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const isChanged = (item: Item): boolean => options.changed.has(item);
  if (owedActions(play, isChanged, reached.ledger).length === 0) return;
  await reached.ledger.take();
  const owed = owedActions(play, isChanged, reached.ledger);
  const incomplete = new Map<Item, HomelabError | undefined>();
  for (const action of owed) {
    const error = await completeItem(action, options.printed, session.host.name);
    const isAsked = play.items.some((item) => isChanged(item) && item.onChange.includes(action.name));
    const before = isAsked ? undefined : owedBefore(action, reached.ledger);
    const isLost = error?.code === 'engine/no-result' && before !== undefined;
    incomplete.set(action, isLost ? lostResult(error, before.since) : error);
  }
  const probed = await probeItems(reached.readable, owed.filter(canProbe));
  const tell = (action: Item, result: TaskResult): void => {
    session.results.set(action, result);
    options.sink({ type: 'task-finished', host: session.host.name, result });
  };
  for (const action of owed) {
    if (options.signal.aborted) {
      tell(action, taskResult(action, { status: 'skipped', reason: 'interrupted' }));
      session.isStopped = true;
      continue;
    }
    options.sink({ type: 'task-started', host: session.host.name, id: action.id, name: action.name });
    const error = incomplete.get(action) ?? (await runAction(action, probed.get(action), reached));
    const changes = [actionChange()];
    const result = taskResult(
      action,
      error === null ? { status: 'changed', changes } : { status: 'failed', changes, error },
    );
    tell(action, result);
    if (error === null) reached.ledger.settle(action.id);
    else session.fail(error);
    // Rebooted, and not expected back: nobody can look any more.
    if (reached.isGone) {
      session.isStopped = true;
      return;
    }
  }
  if (session.isStopped) return;
  const done = owed.filter((action) => session.results.get(action)?.status === 'changed');
  await verifyItems(session, reached, done, options.sink);
}

/** Why the action failed; null where it ran. */
async function runAction(
  action: Item,
  probed: Probed | undefined,
  reached: ReachedHost,
): Promise<HomelabError | null> {
  if (probed?.is !== 'known') return notDecidable(action, probed, reached.readable.name);
  const [applied] = await applyBatch(reached, [dueOf(action, probed, reached)]);
  return applied?.is === 'failed' ? applied.error : null;
}

/** The names of what a play still owes: for the error of a host, so that nothing is lost silently. */
export function stillOwed({ ledger }: ReachedHost, play: HostPlay): string[] {
  const items = play.items.filter((item) => owedBefore(item, ledger) !== undefined);
  return [...items, ...owedActions(play, () => false, ledger)].map(({ name }) => name);
}
