import type { Item } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import type { MaybeState } from '../core/state.js';
import { toPending, type Pending } from './foresight.js';
import { areasAtRisk } from './guard/areas.js';
import type { HostSession } from './host-session.js';
import { holderText } from './lock-failure.js';
import { owedActions, owedBefore, owedElsewhere, type Debts } from './owed-actions.js';
import { actionChange, planItem } from './plan-item.js';
import { canProbe, probeItems, type Probed } from './probe-item.js';
import type { ReachedHost } from './reached-host.js';
import { findMissing } from './requirements.js';
import { taskResult } from './task-result.js';

/** Looks at every item of the host, all at once, and keeps what each would change. Reads only. */
export async function planHost(session: HostSession): Promise<void> {
  if (session.reached === undefined) return;
  const { readable, plays, ledger } = session.reached;
  session.notes.push(...notesOf(session.reached));
  const applicable = session.items.filter(canProbe);
  const probed = await probeItems(readable, applicable);
  for (const [item, seen] of probed) session.probed.set(item, seen);
  const missingOf = await findMissing(readable, probed);
  const pending: Pending[] = [];
  const unguarded: Item[] = [];
  for (const play of plays.values()) {
    for (const item of play.items) {
      const planned = planItem(item, probed.get(item), {
        pending,
        missing: missingOf.get(item) ?? [],
        host: session.host.name,
        ledger,
      });
      const reason = planned.reason ?? reasonOwed(item, planned, ledger);
      const result = {
        ...planned,
        reason,
        ...(isGuarded(item, planned, session.reached) ? { isGuarded: true as const } : {}),
        ...(isFollowing(item, planned, ledger) ? FOLLOWING : {}),
      };
      session.results.set(item, result);
      if (isPending(result)) pending.push(toPending(item, result, beforeOf(probed.get(item))));
      if (isPending(result) && isUnguarded(item, session.reached)) unguarded.push(item);
      // A plan that cannot be carried out to its end is not begun.
      if (result.error !== null && item.onFailure === 'stop') session.fail(result.error);
    }
    for (const action of owedActions(play, (item) => pending.some((due) => due.item === item), ledger)) {
      const planned = taskResult(action, { status: 'pending', changes: [actionChange()] });
      const reason = reasonOwed(action, planned, ledger);
      session.results.set(action, { ...planned, reason, ...(reason === undefined ? FOLLOWING : {}) });
    }
  }
  if (unguarded.length > 0) session.notes.push(withoutGuard(unguarded, session));
}

function beforeOf(seen: Probed | undefined): MaybeState {
  return seen?.is === 'known' ? seen.before : null;
}

function isPending(result: TaskResult): boolean {
  return result.status === 'pending' || result.status === 'unknown';
}

function isGuarded(item: Item, result: TaskResult, { guard }: ReachedHost): boolean {
  return isPending(result) && guard !== undefined && guard.areasAtRisk(item).length > 0;
}

/** Whether a login may be lost by it, and nothing can bring that back. */
function isUnguarded(item: Item, { guard, login, facts }: ReachedHost): boolean {
  return guard === undefined && areasAtRisk(item, { login, facts }).length > 0;
}

/** What a person should know of items that no timer undoes: on this machine, and without root. */
function withoutGuard(items: readonly Item[], { host, reached }: HostSession): string {
  const names = items.map(({ name }) => `"${name}"`).join(', ');
  const why =
    host.transport === 'local'
      ? 'homelab runs on this machine'
      : `${reached?.login.user || 'the account'} is not root there`;
  return `${names} could shut somebody out and ${items.length === 1 ? 'has' : 'have'} no guard here: ${why}`;
}

const FOLLOWING = { isFollowing: true } as const;

/** Whether an item is an action that `when: { changed: … }` lets run, and no more than that. */
function isFollowing(item: Item, { status, changes }: TaskResult, ledger: Debts): boolean {
  const isAction = item.task.isAction?.(item.params) === true && item.condition !== undefined;
  return isAction && status === 'pending' && changes.length === 1 && owedBefore(item, ledger) === undefined;
}

/** Why it is about to be done though nothing of this run asks for it. */
function reasonOwed(item: Item, { status }: TaskResult, ledger: Debts): string | undefined {
  const before = status === 'pending' ? owedBefore(item, ledger) : undefined;
  return before === undefined ? undefined : `owed since run ${before.since}`;
}

/** What was found of earlier runs, and of one that is at work now. */
function notesOf({ record, plays, ledger }: ReachedHost): string[] {
  const { otherLock } = ledger;
  if (otherLock !== undefined) return [`is being applied to by another run (${holderText(otherLock)})`];
  const { lastRun, isEnded, underWay } = record.journal;
  const during = underWay.length === 0 ? '' : ` during "${underWay.join('", "')}"`;
  const cutOff = `run ${lastRun?.run} (${lastRun?.by}) was cut off here${during}`;
  const elsewhere = owedElsewhere([...plays.values()], ledger).map(
    ({ name, since }) => `still owes "${name}" since run ${since}: run the playbook that has it`,
  );
  return [...(lastRun === undefined || isEnded ? [] : [cutOff]), ...elsewhere];
}
