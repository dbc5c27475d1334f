import type { GroupConfig, HostConfig, Inventory } from '../../core/host-config.js';
import type { GroupRolling } from '../../core/rolling-settings.js';
import type { RedundancyGroup, Topology, TopologyHost } from '../../core/topology.js';

/** What homelab itself needs, by host: why, half a sentence, e.g. `homelab runs on it`. */
export type ControllerPlace = ReadonlyMap<string, string>;

/**
 * Who needs whom, as an inventory says. What carries something that the controller needs is needed by it, too. Names that
 * the inventory does not have are left out.
 */
export function topologyOf(inventory: Inventory, controller: ControllerPlace): Topology {
  const hosts = new Map([...inventory.hosts].map(([name, host]) => [name, hostOf(host, inventory)]));
  const groups = [...inventory.groups.values()].filter(({ hosts }) => hosts.length > 0);
  const redundant = groups.flatMap((group) => redundancyOf(group) ?? []);
  const named = new Set(redundant.map(({ name }) => name));
  return {
    hosts,
    groups: redundant,
    otherGroups: groups
      .filter(({ name }) => !named.has(name))
      .map(({ name, hosts, rolling }) => ({ name, hosts, health: rolling?.health ?? [] })),
    controller: withCarriers(hosts, controller),
  };
}

function hostOf(host: HostConfig, { hosts, groups }: Inventory): TopologyHost {
  const { name, via = [], runsOn, dependsOn, rolling } = host;
  const isOther = (other: string) => other !== name && hosts.has(other);
  return {
    name,
    via: via.filter(isOther),
    runsOn: runsOn !== undefined && isOther(runsOn) ? runsOn : undefined,
    dependsOn: dependsOn.filter(isOther),
    dependsOnAny: dependsOn.filter((other) => !hosts.has(other) && groups.has(other)),
    groups: host.groups,
    health: rolling.health,
  };
}

/** Undefined: nobody said how many may be away. */
function redundancyOf({ name, hosts, rolling }: GroupConfig): RedundancyGroup | undefined {
  if (rolling?.maxUnavailable === undefined && rolling?.quorum === undefined) return undefined;
  const { quorum, health } = rolling;
  return { name, hosts, maxUnavailable: mostAway(rolling, hosts.length), quorum, health };
}

/** Never more than one of a quorum, however many it could do without: the next may fail by itself meanwhile. */
function mostAway({ maxUnavailable: written = 1, quorum }: GroupRolling, count: number): number {
  if (quorum !== undefined) return 1;
  if (typeof written === 'number') return Math.max(1, written);
  return Math.max(1, Math.floor((count * Number.parseInt(written, 10)) / 100));
}

function withCarriers(
  hosts: ReadonlyMap<string, TopologyHost>,
  controller: ControllerPlace,
): ReadonlyMap<string, string> {
  const whole = new Map([...controller].filter(([name]) => hosts.has(name)));
  // The map grows while it is walked: what carries a carrier comes in, too.
  for (const [name] of whole) {
    const carrier = hosts.get(name)?.runsOn;
    if (carrier !== undefined && !whole.has(carrier)) whole.set(carrier, `${name} runs on it`);
  }
  return new Map([...hosts.keys()].flatMap((name) => entryOf(whole, name)));
}

function entryOf(map: ReadonlyMap<string, string>, name: string): [string, string][] {
  const value = map.get(name);
  return value === undefined ? [] : [[name, value]];
}
