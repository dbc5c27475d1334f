import type { RedundancyGroup } from '../../core/topology.js';
import type { HostWork, TopologyFinding } from '../../core/waves.js';
import { toleranceOf, type Loss } from './losses.js';
import { nameList } from './name-list.js';
import type { Needs } from './needs.js';

/** What has to be accepted before homelab touches what it needs itself. */
export const CONTROLLER = 'controller';

/** What findings are made from. */
export interface FindingsOf {
  readonly needs: Needs;
  readonly losses: ReadonlyMap<string, Loss>;
  /** All that have work, those that are left out too. */
  readonly works: readonly HostWork[];
}

/** What goes down whatever the order is: by groups, by machines that cut their own way, by what homelab itself needs. */
export function findingsOf({ needs, losses, works }: FindingsOf): TopologyFinding[] {
  const all = [...losses.values()];
  const broken = needs.topology.groups.map((group) => ({
    group,
    by: all.filter((loss) => loss.broken.includes(group)),
  }));
  return [
    ...broken.flatMap(({ group, by }) => groupFindings(group, by)),
    ...all.flatMap((loss) => ownWayFinding(needs, loss)),
    ...controllerFinding(needs, works),
  ];
}

function groupFindings(group: RedundancyGroup, by: readonly Loss[]): TopologyFinding[] {
  if (by.length === 0) return [];
  const { name, hosts, quorum } = group;
  const base = { name, hosts: by.map(({ work }) => work.host) };
  if (quorum !== undefined && toleranceOf(hosts.length) === 0)
    return [
      {
        ...base,
        message: `${name} is a quorum of ${hosts.length} (${nameList(hosts)}): it is lost while one of them is away`,
        hint: `With three hosts in the group ${name} one may be away.`,
      },
    ];
  if (hosts.length === 1)
    return [
      {
        ...base,
        message: `${name} has one host, ${nameList(hosts)}: nothing serves in its place while it is away`,
        hint: `Put a second host, on another machine, into the group ${name}.`,
      },
    ];
  return by.map((loss) => together(group, loss));
}

/** Several of a group that go down with one machine. */
function together(group: RedundancyGroup, { work, down }: Loss): TopologyFinding {
  const { name, hosts, maxUnavailable, quorum } = group;
  const away = hosts.filter((host) => down.has(host));
  const isLost = quorum !== undefined && away.length > toleranceOf(hosts.length);
  const what =
    away.length === hosts.length
      ? `all hosts of ${name}`
      : isLost
        ? `more of ${name} than its quorum can do without`
        : `${away.length} of ${name}, of which ${maxUnavailable} may be away`;
  return {
    name,
    hosts: [work.host],
    message: `${nameList(away)} go down together with ${work.host}: ${what}`,
    hint: `Move all but one of them away from ${work.host}.`,
  };
}

/** A machine that carries the jump host it is reached through. */
function ownWayFinding({ topology }: Needs, { work, down }: Loss): TopologyFinding[] {
  const { host } = work;
  const ways = (topology.hosts.get(host)?.via ?? []).filter((jump) => down.has(jump));
  if (ways.length === 0) return [];
  return [
    {
      name: host,
      hosts: [host],
      message: `${host} is reached through ${nameList(ways)}, which runs on it: nobody sees it while it reboots`,
      hint: `Give ${host} a way of its own, or move ${nameList(ways)} to another machine.`,
    },
  ];
}

function controllerFinding({ topology }: Needs, works: readonly HostWork[]): TopologyFinding[] {
  const hosts = works.map(({ host }) => host).filter((host) => topology.controller.has(host));
  if (hosts.length === 0) return [];
  const whys = hosts.map((host) => `${host} (${topology.controller.get(host)})`);
  return [
    {
      name: CONTROLLER,
      hosts,
      message: `homelab itself needs ${nameList(whys)}`,
      hint: 'Upgrade it from another machine, or accept that this run may be cut off at its very end.',
    },
  ];
}
