import { HomelabError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import type { Item } from '../core/item.js';
import type { Change } from '../core/state.js';
import type { HostSession } from './host-session.js';
import type { ReachedHost } from './reached-host.js';
import { probeItems } from './probe-item.js';
import { taskResult } from './task-result.js';

/** Looks at `items` once more: what was applied must now hold. An item that does not is turned into a failure. */
export async function verifyItems(
  session: HostSession,
  reached: ReachedHost,
  items: readonly Item[],
  sink: EventSink,
): Promise<void> {
  const verifiable = items.filter((item) => item.task.isVerifiable?.(item.params) ?? true);
  if (verifiable.length === 0) return;
  for (const [item, probed] of await probeItems(reached.readable, verifiable)) {
    session.probed.set(item, probed);
    if (probed.is === 'known' && probed.changes.length === 0) continue;
    const error =
      probed.is === 'failed' ? probed.error : notConverged(item, session.host.name, describe(probed));
    const result = taskResult(item, {
      status: 'failed',
      changes: session.results.get(item)?.changes ?? [],
      error,
    });
    session.results.set(item, result);
    sink({ type: 'task-finished', host: session.host.name, result });
    if (item.onFailure === 'stop') session.fail(error);
  }
}

function describe(
  probed: { is: 'unknown'; reason: string } | { is: 'known'; changes: readonly Change[] },
): string {
  return probed.is === 'unknown' ? probed.reason : probed.changes.map((change) => change.field).join(', ');
}

function notConverged(item: Item, host: string, what: string): HomelabError {
  return new HomelabError({
    code: 'engine/not-converged',
    message: `still not as wanted after it was applied: ${what}`,
    hint: 'Something on the host changes it back, or a later item undoes it. `homelab plan` shows the difference.',
    host,
    task: item.name,
    source: item.source,
  });
}
