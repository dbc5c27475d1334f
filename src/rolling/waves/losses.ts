import type { RedundancyGroup } from '../../core/topology.js';
import type { HostWork } from '../../core/waves.js';
import { allGuests, type Needs } from './needs.js';

/** What is away while a host is done. */
export interface Loss {
  readonly work: HostWork;
  /** The host, and all its guests where it may reboot. */
  readonly down: ReadonlySet<string>;
  /** Of each redundancy group, by its number, how many hosts that are. Groups that lose none are not in it. */
  readonly byGroup: ReadonlyMap<number, number>;
  /** Groups that lose more than they may by this host alone. */
  readonly broken: readonly RedundancyGroup[];
}

/** What each host that has work takes away with it. */
export function lossesOf(needs: Needs, works: readonly HostWork[]): ReadonlyMap<string, Loss> {
  const { groups } = needs.topology;
  return new Map(
    works.map((work) => {
      const guests = work.reboot === 'no' ? [] : allGuests(needs, work.host);
      const down = new Set([work.host, ...guests]);
      const byGroup = new Map<number, number>();
      for (const host of down)
        for (const number of needs.redundancyOf.get(host) ?? [])
          byGroup.set(number, (byGroup.get(number) ?? 0) + 1);
      const broken = [...byGroup].flatMap(([number, away]) =>
        groups.slice(number, number + 1).filter((group) => isTooMuch(group, away)),
      );
      return [work.host, { work, down, byGroup, broken }];
    }),
  );
}

/** Whether a group does without so many hosts only where somebody accepts it. A group of one never does. */
export function isTooMuch({ hosts, maxUnavailable, quorum }: RedundancyGroup, away: number): boolean {
  if (away === 0) return false;
  if (away > maxUnavailable || hosts.length === 1) return true;
  return quorum !== undefined && away > toleranceOf(hosts.length);
}

/** How many of so many hosts may be lost before the others are no majority. */
export function toleranceOf(count: number): number {
  return Math.floor((count - 1) / 2);
}
