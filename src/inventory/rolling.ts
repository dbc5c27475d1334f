import {
  NO_ROLLING,
  type GroupRolling,
  type HealthCheck,
  type HostRolling,
} from '../core/rolling-settings.js';
import type { TimeWindow } from '../core/time-window.js';
import type { Draft, Piece } from './draft.js';
import type { GroupSource, HostSource } from './schema.js';

/** What the inventory says of a host for upgrades. A window of its own is stronger than that of its groups, the first counts. */
export function hostRolling(draft: Draft, name: string): HostRolling {
  const piece = draft.hosts.get(name);
  if (piece === undefined) return NO_ROLLING;
  const { drain = {}, window, snapshot, backup, groups = [] } = piece.value;
  const drains = Object.entries(drain).map(([adapter, params]) => ({
    adapter,
    params,
    source: piece.document.locateKey([...piece.path, 'drain', adapter]),
  }));
  const inherited = groups.map((group) => draft.groups.get(group)?.value.window);
  const first = [window, ...inherited].find((one): one is TimeWindow => one !== undefined);
  return { health: healthOf(piece), drains, window: first, snapshot, backup };
}

/** What the inventory says of a group for upgrades. */
export function groupRolling(draft: Draft, name: string): GroupRolling {
  const piece = draft.groups.get(name);
  const { max_unavailable: most, quorum } = piece?.value ?? {};
  return {
    maxUnavailable: most as GroupRolling['maxUnavailable'],
    quorum,
    health: piece === undefined ? [] : healthOf(piece),
  };
}

function healthOf(piece: Piece<HostSource> | Piece<GroupSource>): HealthCheck[] {
  return Object.entries(piece.value.health ?? {}).map(([name, { check, from }]) => ({
    name,
    check,
    from,
    source: piece.document.locateKey([...piece.path, 'health', name]),
  }));
}
