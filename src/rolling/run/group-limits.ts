import type { Topology } from '../../core/topology.js';

/** Hosts that do not serve, or of which nobody knows: why, a half sentence such as `failed`, `is not reached`. */
export type Away = ReadonlyMap<string, string>;

/**
 * Why `down` must not go down together while others are away; undefined: it may. What goes down alone is the business of waves
 * and findings. `accepted`: groups that may be lost.
 */
export function heldByGroup(
  { groups }: Topology,
  down: ReadonlySet<string>,
  { away, accepted }: { readonly away: Away; readonly accepted: readonly string[] },
): string | undefined {
  for (const { name, hosts, maxUnavailable } of groups) {
    const own = hosts.filter((host) => down.has(host));
    const others = hosts.filter((host) => !down.has(host) && away.has(host));
    if (own.length === 0 || others.length === 0 || accepted.includes(name)) continue;
    if (own.length + others.length > maxUnavailable)
      return `not begun: ${others.map((one) => `${one} of the group ${name} ${away.get(one)}`).join(', ')}`;
  }
  return undefined;
}

/** The others of every group that loses one of `down`: whether they are there is what it depends on. */
export function matesOf({ groups }: Topology, down: ReadonlySet<string>): ReadonlySet<string> {
  const touched = groups.filter(({ hosts }) => hosts.some((host) => down.has(host)));
  return new Set(touched.flatMap(({ hosts }) => hosts.filter((host) => !down.has(host))));
}

/** Everything that runs on a host, whatever runs on that included. */
export function guestsOf({ hosts }: Topology, host: string): readonly string[] {
  const found = new Set<string>();
  const follow = (name: string): void => {
    for (const guest of hosts.values()) {
      if (guest.runsOn !== name || found.has(guest.name)) continue;
      found.add(guest.name);
      follow(guest.name);
    }
  };
  follow(host);
  return [...found];
}

/** Hosts that are reached through a host. */
export function reachedThrough({ hosts }: Topology, host: string): readonly string[] {
  return [...hosts.values()].filter(({ via }) => via.includes(host)).map(({ name }) => name);
}
