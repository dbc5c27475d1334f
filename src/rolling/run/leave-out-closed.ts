import type { Topology } from '../../core/topology.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import { closedWindow } from './closed-window.js';
import { downWith } from './chosen-together.js';
import { heldByGroup, type Away } from './group-limits.js';
import type { UpgradeSession } from './upgrade-host-session.js';

interface Moment {
  readonly topology: Topology;
  readonly request: UpgradeRequest;
  readonly away: Away;
  readonly now: () => Date;
}

/** Leaves out, each with its reason, what must not be begun now: its window is closed, or others of its group are away. */
export function leaveOutClosed(rest: readonly UpgradeSession[], moment: Moment): void {
  const { topology, request, away, now } = moment;
  for (const session of rest) {
    const closed = closedWindow(session.host, request, now());
    const held = heldByGroup(topology, downWith(session, moment), { away, accepted: request.accepted });
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
