import type { Topology } from '../../core/topology.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import { closedWindow } from './closed-window.js';
import { heldByFailed } from './failed-groups.js';
import type { UpgradeSession } from './upgrade-host-session.js';

interface Moment {
  readonly topology: Topology;
  readonly request: UpgradeRequest;
  /** Hosts that failed so far. */
  readonly failed: ReadonlySet<string>;
  readonly now: Date;
}

/** Leaves out, each with its reason, what must not be begun now: its window is closed, or others of its group failed. */
export function leaveOutClosed(
  rest: readonly UpgradeSession[],
  { topology, request, failed, now }: Moment,
): void {
  for (const session of rest) {
    const closed = closedWindow(session.host, request, now);
    const held = heldByFailed(topology, session.host.name, failed);
    if (closed !== undefined) {
      session.leftOut = closed;
      session.isPending = true;
    } else if (held !== undefined) {
      session.session.notes.push(held);
      session.session.isStopped = true;
      session.isDone = true;
    }
  }
}
