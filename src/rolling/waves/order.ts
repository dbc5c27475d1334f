import { carriersOf, type Needs } from './needs.js';
import { soundOrder, type SoundOrder } from './sound-order.js';

/** Hosts that have work, by number. */
export interface Ordered {
  readonly hosts: readonly string[];
  readonly isLeader: (host: string) => boolean;
  /** Whether one has a place that what it needs cannot change: the order between two of different phases is settled. */
  readonly isSamePhase: (one: string, other: string) => boolean;
}

/**
 * Who comes before whom: leaves first. Where that goes round, ways are stronger than machines and their guests, those
 * than what hosts say that they depend on, that than what they need through hosts that have no work, and leaders yield to all.
 */
export function orderOf(needs: Needs, ordered: Ordered): SoundOrder {
  const numbers = new Map(ordered.hosts.map((host, number) => [host, number]));
  const pairsTo = (targetsOf: (host: string) => Iterable<string>): number[] => {
    const pairs: number[] = [];
    for (const [host, before] of numbers)
      for (const target of targetsOf(host)) {
        const after = numbers.get(target);
        if (after !== undefined && ordered.isSamePhase(host, target)) pairs.push(before, after);
      }
    return pairs;
  };
  const hostOf = (host: string) => needs.topology.hosts.get(host);
  return soundOrder(ordered.hosts.length, [
    pairsTo((host) => hostOf(host)?.via ?? []),
    pairsTo((host) => carriersOf(needs, host)),
    pairsTo((host) => dependenciesOf(needs, host)),
    pairsTo((host) => neededThrough(needs, host, (name) => !numbers.has(name))),
    leaderPairs(needs, ordered, numbers),
  ]);
}

function dependenciesOf({ topology, members }: Needs, host: string): readonly string[] {
  const { dependsOn = [], dependsOnAny = [] } = topology.hosts.get(host) ?? {};
  return [...dependsOn, ...dependsOnAny.flatMap((group) => members.get(group) ?? [])];
}

/** All that a host needs, directly or through hosts that are passed. */
function neededThrough(needs: Needs, host: string, isPassed: (name: string) => boolean): ReadonlySet<string> {
  const found = new Set<string>();
  const groups = new Set<string>();
  const waiting = [host];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const { via = [], runsOn, dependsOn = [], dependsOnAny = [] } = needs.topology.hosts.get(name) ?? {};
    const direct = [...via, ...dependsOn, ...(runsOn === undefined ? [] : [runsOn])];
    for (const group of dependsOnAny) {
      if (groups.has(group)) continue;
      groups.add(group);
      for (const member of needs.members.get(group) ?? []) direct.push(member);
    }
    for (const next of direct) {
      if (next === host || found.has(next)) continue;
      found.add(next);
      if (isPassed(next)) waiting.push(next);
    }
  }
  return found;
}

/** Of each redundancy group: its other members before its leaders. */
function leaderPairs(
  { topology }: Needs,
  { isLeader, isSamePhase }: Ordered,
  numbers: ReadonlyMap<string, number>,
): number[] {
  const pairs: number[] = [];
  for (const { hosts } of topology.groups) {
    const members = hosts.filter((host) => numbers.has(host));
    const leaders = members.filter(isLeader);
    if (leaders.length === 0) continue;
    for (const host of members)
      for (const leader of isLeader(host) ? [] : leaders)
        if (isSamePhase(host, leader)) pairs.push(numbers.get(host) ?? 0, numbers.get(leader) ?? 0);
  }
  return pairs;
}
