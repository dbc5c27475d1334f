import type { HostGroup, RedundancyGroup } from '../../core/topology.js';
import type { Outage } from '../../core/waves.js';
import { isTooMuch, type Loss } from './losses.js';
import { MOST_NAMES, nameList } from './name-list.js';
import { redundancyGroupsOf, type Needs } from './needs.js';

/** About how long a machine takes to come back from a reboot, seconds. */
const REBOOT_SECONDS = 60;

const NOT_REACHED = 'behind it: it serves on, but nobody can log in there meanwhile';

/** About how long services take to restart, seconds. */
const RESTART_SECONDS = 5;

/** A host in its wave. */
export interface OutagesOf {
  readonly needs: Needs;
  readonly loss: Loss;
  readonly wave: WaveLoss;
}

/** What is away in a wave. */
export interface WaveLoss {
  readonly down: ReadonlySet<string>;
  /** Of each redundancy group, how many hosts that are. */
  readonly away: ReadonlyMap<RedundancyGroup, number>;
}

/** What the hosts of a wave take away together. */
export function waveLossOf(needs: Needs, losses: readonly Loss[]): WaveLoss {
  const down = new Set(losses.flatMap((loss) => [...loss.down]));
  const away = new Map<RedundancyGroup, number>();
  for (const host of down)
    for (const group of redundancyGroupsOf(needs, host)) away.set(group, (away.get(group) ?? 0) + 1);
  return { down, away };
}

/** Something that is lost, and why, half a sentence. */
type Lost = ReadonlyMap<string, string>;

/** What is not there while a host is done: itself, its guests, what needs them, their services; and what is not reached. */
export function outagesOf({ needs, loss, wave }: OutagesOf): Outage[] {
  const seconds = loss.work.reboot === 'no' ? RESTART_SECONDS : REBOOT_SECONDS;
  const gone = goneWith(needs, loss);
  const unreached = unreachedBy(needs, loss);
  const weakened = weakenedBy(needs, loss, wave.down);
  const lost = new Map([...weakened, ...gone]);
  const inOrder = [...gone.keys(), ...weakened.keys()];
  const hosts = inOrder.map((what) => ({ what, why: lost.get(what) ?? '', seconds }));
  // That nobody can log in takes no service away.
  const names = [...unreached].filter((host) => !weakened.has(host));
  const cutOff =
    names.length === 0
      ? []
      : [{ what: nameList(names.slice(0, MOST_NAMES), names.length), why: NOT_REACHED, seconds: 0 }];
  const services = inOrder.flatMap((host) =>
    (needs.topology.hosts.get(host)?.health ?? []).map(({ name }) => ({
      what: `${host}/${name}`,
      why: lost.get(host) ?? '',
      seconds,
    })),
  );
  return [...hosts, ...services, ...groupOutages(needs, { wave, gone, seconds }), ...cutOff];
}

function goneWith({ topology }: Needs, { work, down }: Loss): Lost {
  const own = { no: 'its services restart', maybe: 'it may reboot', yes: 'it reboots' }[work.reboot];
  const guests = [...down].filter((host) => host !== work.host);
  return new Map([
    [work.host, own],
    ...guests.map((host) => [host, `runs on ${topology.hosts.get(host)?.runsOn}`] as const),
  ]);
}

/** What serves on but cannot be logged in to. Sessions live on while services restart: only a reboot cuts them. */
function unreachedBy({ behind }: Needs, { work, down }: Loss): ReadonlySet<string> {
  if (work.reboot === 'no') return new Set();
  const hosts = [...down].flatMap((jump) => behind.get(jump) ?? []);
  return new Set(hosts.filter((host) => !down.has(host)));
}

/** What depends on what is gone, and on that. */
function weakenedBy(needs: Needs, loss: Loss, down: ReadonlySet<string>): Lost {
  const weakened = new Map<string, string>();
  const waiting = [...loss.down];
  for (const host of waiting) {
    const lostGroups = loss.down.has(host) ? groupsWithoutHosts(needs, host, down) : [];
    const found = [
      ...(needs.dependents.get(host) ?? []).map((name) => [name, `depends on ${host}`] as const),
      ...lostGroups.flatMap((group) =>
        (needs.dependentsOfAny.get(group) ?? []).map((name) => [name, `depends on ${group}`] as const),
      ),
    ];
    for (const [name, why] of found) {
      if (loss.down.has(name) || weakened.has(name)) continue;
      weakened.set(name, why);
      waiting.push(name);
    }
  }
  return weakened;
}

/** Groups of a host, all of whose hosts are down. */
function groupsWithoutHosts(needs: Needs, host: string, down: ReadonlySet<string>): string[] {
  const groups = [...redundancyGroupsOf(needs, host), ...(needs.otherGroupsOf.get(host) ?? [])];
  return groups
    .filter(({ name }) => needs.dependentsOfAny.has(name))
    .filter(({ hosts }) => hosts.every((one) => down.has(one)))
    .map(({ name }) => name);
}

interface GroupLoss {
  readonly wave: WaveLoss;
  readonly gone: Lost;
  readonly seconds: number;
}

/** What the groups of lost hosts serve together. */
function groupOutages(needs: Needs, loss: GroupLoss): Outage[] {
  const lost = [...loss.gone.keys()];
  const redundant = new Set(lost.flatMap((host) => redundancyGroupsOf(needs, host)));
  const others = new Set(lost.flatMap((host) => needs.otherGroupsOf.get(host) ?? []));
  return [
    ...[...redundant].flatMap((group) => servicesOf(group, [group.name], redundantOutage(group, loss))),
    ...[...others].flatMap((group) => {
      const why = `nothing says that other hosts of ${group.name} are enough`;
      return servicesOf(group, [], { why, seconds: loss.seconds });
    }),
  ];
}

/** Each service of a group; `otherwise` where it has none that is checked. */
function servicesOf(
  { name, health }: HostGroup,
  otherwise: readonly string[],
  outage: Omit<Outage, 'what'>,
): Outage[] {
  const whats = health.length === 0 ? otherwise : health.map((check) => `${name}/${check.name}`);
  return whats.map((what) => ({ what, ...outage }));
}

function redundantOutage(group: RedundancyGroup, { wave, seconds }: GroupLoss): Omit<Outage, 'what'> {
  const away = wave.away.get(group) ?? 0;
  const left = group.hosts.length - away;
  if (left === 0) return { why: 'all of its hosts are away', seconds };
  const isDown = (host: string) => wave.down.has(host);
  if (isTooMuch(group, away)) {
    const names = firstOf(group.hosts, (host) => !isDown(host));
    return { why: `only ${nameList(names, left)} of ${group.hosts.length} left`, seconds };
  }
  const names = firstOf(group.hosts, (host) => !isDown(host));
  return { why: `kept up by ${nameList(names, left)}`, seconds: 0 };
}

/** As many as are named. */
function firstOf(hosts: readonly string[], isOne: (host: string) => boolean): string[] {
  const found: string[] = [];
  for (const host of hosts) {
    if (isOne(host)) found.push(host);
    if (found.length === MOST_NAMES) break;
  }
  return found;
}
