import type { Topology } from '../../core/topology.js';

/**
 * Why a host must not be begun while others are away because they failed; undefined: it may. A group whose limit they have
 * reached stays as it is.
 */
export function heldByFailed(
  topology: Topology,
  host: string,
  failed: ReadonlySet<string>,
): string | undefined {
  for (const group of topology.groups) {
    if (!group.hosts.includes(host)) continue;
    const away = group.hosts.filter((one) => one !== host && failed.has(one));
    if (away.length > 0 && away.length + 1 > group.maxUnavailable)
      return `not begun: ${away.join(', ')} of its group ${group.name} failed`;
  }
  return undefined;
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
