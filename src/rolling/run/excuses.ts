import type { Topology } from '../../core/topology.js';
import type { WatchedService } from '../health/health-watch.js';
import type { Away } from './group-limits.js';

/** Why a service may be away. */
export interface Excuses {
  readonly topology: Topology;
  /** Names of services, hosts and groups that may be. */
  readonly accepted: readonly string[];
  /** Hosts at work, with what goes down with them. */
  readonly atWork: ReadonlySet<string>;
  /** What is away for a reason that is counted already. */
  readonly away: Away;
}

/**
 * Whether a service that is away says nothing against going on. What a redundant group serves together has to be there whoever
 * is at work; what another group does, is away with any of its hosts.
 */
export function isExcused(
  { host, name }: WatchedService,
  { topology, accepted, atWork, away }: Excuses,
): boolean {
  const isAway = (one: string): boolean => atWork.has(one) || away.has(one);
  if (accepted.includes(name)) return true;
  if (host !== undefined) return accepted.includes(host) || isAway(host);
  const isOf = ({ name: group }: { readonly name: string }): boolean => name.startsWith(`${group}/`);
  if (topology.groups.some((group) => isOf(group) && accepted.includes(group.name))) return true;
  const others = topology.otherGroups.filter(isOf);
  return others.some((group) => accepted.includes(group.name) || group.hosts.some(isAway));
}
