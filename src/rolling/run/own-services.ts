import type { Topology } from '../../core/topology.js';
import type { WatchedService } from '../health/health-watch.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import { guestsOf, type Away } from './group-limits.js';

interface OwnOptions {
  readonly host: string;
  readonly topology: Topology;
  readonly request: Pick<UpgradeRequest, 'accepted'>;
  readonly away: Away;
}

/**
 * Names of the services that have to be up once a host is done: its own, and those of what runs on it. Not those that are away
 * before it is touched, and accepted so.
 */
export function ownServices(
  services: readonly WatchedService[],
  { host, topology, request: { accepted }, away }: OwnOptions,
): readonly string[] {
  const guests = guestsOf(topology, host).filter((guest) => !away.has(guest) && !accepted.includes(guest));
  const own = new Set([host, ...guests]);
  return services
    .filter((one) => one.host !== undefined && own.has(one.host))
    .filter(({ name, state }) => state === 'up' || !accepted.includes(name))
    .map(({ name }) => name);
}
