import type { HostPlay, Item } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import type { HostSession } from './host-session.js';
import { actionChange, planItem, type Pending } from './plan-item.js';
import { canProbe, probeItems } from './probe-item.js';
import { taskResult } from './task-result.js';

/** Looks at every item of the host, all at once, and keeps what each would change. Reads only. */
export async function planHost(session: HostSession): Promise<void> {
  if (session.reached === undefined) return;
  const { readable, plays } = session.reached;
  const applicable = session.items.filter(canProbe);
  const probed = await probeItems(readable, applicable);
  for (const [item, seen] of probed) session.probed.set(item, seen);
  const pending: Pending[] = [];
  for (const play of plays.values()) {
    for (const item of play.items) {
      const result = planItem(item, probed.get(item), { pending, host: session.host.name });
      session.results.set(item, result);
      if (isPending(result)) pending.push({ item, result });
      // A plan that cannot be carried out to its end is not begun.
      if (result.error !== null && item.onFailure === 'stop') session.fail(result.error);
    }
    for (const action of owedActions(play, (item) => pending.some((due) => due.item === item))) {
      session.results.set(action, taskResult(action, { status: 'pending', changes: [actionChange()] }));
    }
  }
}

function isPending(result: TaskResult): boolean {
  return result.status === 'pending' || result.status === 'unknown';
}

/** The actions that a play owes, in their written order, given which items changed. */
export function owedActions(play: HostPlay, isChanged: (item: Item) => boolean): Item[] {
  const owed = new Set(play.items.filter(isChanged).flatMap((item) => item.onChange));
  return [...play.actions].filter(([name]) => owed.has(name)).map(([, action]) => action);
}
