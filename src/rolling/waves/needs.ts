import type { HostGroup, RedundancyGroup, Topology, TopologyHost } from '../../core/topology.js';

/** A topology, looked at from the other side: who is lost with a host. */
export interface Needs {
  readonly topology: Topology;
  /** Those directly on it. */
  readonly guests: ReadonlyMap<string, readonly string[]>;
  /** Those that are reached through it. */
  readonly behind: ReadonlyMap<string, readonly string[]>;
  /** Hosts of every group by its name. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** The redundancy groups of each host, by their number. */
  readonly redundancyOf: ReadonlyMap<string, readonly number[]>;
  /** The other groups of each host. */
  readonly otherGroupsOf: ReadonlyMap<string, readonly HostGroup[]>;
  /** Those that say that they depend on it. */
  readonly dependents: ReadonlyMap<string, readonly string[]>;
  /** By group: those that depend on any one host of it. */
  readonly dependentsOfAny: ReadonlyMap<string, readonly string[]>;
}

/** Looks once at a topology for everything that waves are planned by. */
export function needsOf(topology: Topology): Needs {
  const hosts = [...topology.hosts.values()];
  const turned = (namesOf: (host: TopologyHost) => readonly string[]) =>
    listed(hosts.flatMap((host) => [...new Set(namesOf(host))].map((name) => [name, host.name] as const)));
  return {
    topology,
    guests: turned(({ runsOn }) => (runsOn === undefined ? [] : [runsOn])),
    behind: turned(({ via }) => via),
    members: new Map([...topology.groups, ...topology.otherGroups].map(({ name, hosts }) => [name, hosts])),
    redundancyOf: listed(
      topology.groups.flatMap(({ hosts }, number) => hosts.map((host) => [host, number] as const)),
    ),
    otherGroupsOf: listed(
      topology.otherGroups.flatMap((group) => group.hosts.map((host) => [host, group] as const)),
    ),
    dependents: turned(({ dependsOn }) => dependsOn),
    dependentsOfAny: turned(({ dependsOnAny }) => dependsOnAny),
  };
}

function listed<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  const lists = new Map<string, T[]>();
  for (const [key, value] of pairs) {
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [value]);
    else list.push(value);
  }
  return lists;
}

/** The redundancy groups that a host is in. */
export function redundancyGroupsOf({ topology, redundancyOf }: Needs, host: string): RedundancyGroup[] {
  return (redundancyOf.get(host) ?? []).flatMap((number) => topology.groups[number] ?? []);
}

/** All guests of a host, and theirs; each once, the host itself not. */
export function allGuests({ guests }: Needs, host: string): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [host];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
    for (const guest of guests.get(name) ?? []) {
      if (guest === host || found.has(guest)) continue;
      found.add(guest);
      waiting.push(guest);
    }
  return found;
}

/** What a host runs on, and that on, nearest first; each once, the host itself not. */
export function carriersOf({ topology }: Needs, host: string): readonly string[] {
  const found = new Set<string>();
  let carrier = topology.hosts.get(host)?.runsOn;
  while (carrier !== undefined && carrier !== host && !found.has(carrier)) {
    found.add(carrier);
    carrier = topology.hosts.get(carrier)?.runsOn;
  }
  return [...found];
}
