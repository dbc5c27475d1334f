import type { Topology } from '../../../src/core/topology.js';
import type { HostWork, WavePlan } from '../../../src/core/waves.js';

/** What a plan was asked for. */
export interface Asked {
  readonly topology: Topology;
  readonly work: readonly HostWork[];
  readonly concurrency: number;
  readonly accepted: ReadonlySet<string>;
}

/**
 * What is wrong with a plan, rule by rule, by looking at every pair: slow, and knowing nothing of how plans are made. Orders
 * that go round through a host bind nobody but the ways to hosts.
 */
export function brokenRules(asked: Asked, plan: WavePlan): string[] {
  const waves = plan.waves.map((wave) => wave.hosts.map(({ host }) => host));
  return [
    ...everyoneOnce(asked, waves, plan),
    ...waves.flatMap((wave) => (wave.length > asked.concurrency ? [`${wave.join(' ')}: too many`] : [])),
    ...waves.flatMap((wave) => groupsKept(asked, wave, plan)),
    ...orders(asked, waves),
    ...lateOnes(asked, waves),
    ...plan.waves.flatMap(({ hosts }) =>
      hosts.flatMap((one) => (one.why.length > 0 ? [] : [`${one.host}: no why`])),
    ),
  ];
}

function everyoneOnce({ topology, work, accepted }: Asked, waves: string[][], plan: WavePlan): string[] {
  const kept = accepted.has('controller') ? [] : [...topology.controller.keys()];
  const due = work.map(({ host }) => host).filter((host) => !kept.includes(host));
  const left = work.map(({ host }) => host).filter((host) => kept.includes(host));
  const said = plan.findings.some(
    ({ name, hosts }) => name === 'controller' && left.every((one) => hosts.includes(one)),
  );
  const isSame = (a: readonly string[], b: readonly string[]) => a.toSorted().join() === b.toSorted().join();
  return [
    ...(isSame(waves.flat(), due) ? [] : [`in waves ${waves.flat().join()}, due ${due.join()}`]),
    ...(isSame(
      plan.leftOut.map(({ host }) => host),
      left,
    )
      ? []
      : ['left out others']),
    ...(left.length > 0 && !said ? ['nobody said that the controller is left out'] : []),
    ...(waves.some((wave) => wave.length === 0) ? ['an empty wave'] : []),
  ];
}

function runsOn(topology: Topology, guest: string, carrier: string): boolean {
  let at = topology.hosts.get(guest)?.runsOn;
  for (let steps = 0; at !== undefined && steps <= topology.hosts.size; steps++) {
    if (at === carrier) return true;
    at = topology.hosts.get(at)?.runsOn;
  }
  return false;
}

function awayWith({ topology, work }: Asked, wave: readonly string[]): string[] {
  return [...topology.hosts.keys()].filter((host) =>
    wave.some((name) => {
      const mayReboot = work.find((one) => one.host === name)?.reboot !== 'no';
      return host === name || (mayReboot && runsOn(topology, host, name));
    }),
  );
}

function groupsKept(asked: Asked, wave: readonly string[], plan: WavePlan): string[] {
  const away = awayWith(asked, wave);
  return asked.topology.groups.flatMap(({ name, hosts, maxUnavailable, quorum }) => {
    const lost = hosts.filter((host) => away.includes(host)).length;
    const isQuorumLost = quorum !== undefined && (lost > 1 || hosts.length - lost <= hosts.length / 2);
    const isBroken = lost > 0 && (lost > maxUnavailable || isQuorumLost || hosts.length === 1);
    if (!isBroken) return [];
    const findings = [...plan.findings, ...plan.accepted];
    const isSaid = findings.some(
      (one) => one.name === name && wave.every((host) => one.hosts.includes(host)),
    );
    return [
      ...(wave.length > 1 ? [`${wave.join(' ')}: ${lost} of ${name} away`] : []),
      ...(isSaid ? [] : [`${wave.join(' ')}: nobody said that ${name} breaks`]),
    ];
  });
}

/** Whom a host needs, directly. */
function needsOf({ topology }: Asked, host: string): string[] {
  const { via = [], dependsOn = [], dependsOnAny = [] } = topology.hosts.get(host) ?? {};
  const groups = [...topology.groups, ...topology.otherGroups];
  const members = groups.filter(({ name }) => dependsOnAny.includes(name)).flatMap(({ hosts }) => hosts);
  const carriers = [...topology.hosts.keys()].filter((name) => runsOn(topology, host, name));
  return [...via, ...dependsOn, ...members, ...carriers].filter((name) => name !== host);
}

/** Those after which a host is to be: who needs it, and for a leader the others of its group. */
function orders(asked: Asked, waves: string[][]): string[] {
  const due = waves.flat();
  const place = new Map(waves.flatMap((wave, index) => wave.map((host) => [host, index] as const)));
  const isLeader = (host: string) => asked.work.find((one) => one.host === host)?.isLeader === true;
  const led = (host: string) =>
    isLeader(host)
      ? []
      : asked.topology.groups
          .filter(({ hosts }) => hosts.includes(host))
          .flatMap(({ hosts }) => hosts.filter(isLeader));
  const next = new Map(
    [...asked.topology.hosts.keys()].map((host) => [host, [...needsOf(asked, host), ...led(host)]] as const),
  );
  // Only a way stands above a machine and its guests.
  const hard = new Map(
    [...asked.topology.hosts].map(([host, { via, runsOn }]) => [
      host,
      runsOn === undefined ? via : [...via, runsOn],
    ]),
  );
  const isLate = lateness(asked, due);
  return due.flatMap((host) =>
    (next.get(host) ?? []).flatMap((other) => {
      const [mine, its] = [place.get(host), place.get(other)];
      if (mine === undefined || its === undefined || mine < its) return [];
      const isWay = asked.topology.hosts.get(host)?.via.includes(other);
      if (isWay) return [`${host} is reached through ${other}, and not before it`];
      const ring = runsOn(asked.topology, host, other) ? hard : next;
      if (isLate(host) > isLate(other) || leadsTo(ring, other, host)) {
        // Whatever goes round, one goes down while the other is looked at.
        return mine === its ? [`${host} and ${other} need each other, and are in one wave`] : [];
      }
      return [`${host} (${mine}) needs ${other} (${its}), and is not before it`];
    }),
  );
}

function leadsTo(next: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const name of seen) for (const one of next.get(name) ?? []) seen.add(one);
  return seen.has(to);
}

/** 2: what the controller needs, its ways, and their carriers; 1: jump hosts and their carriers; 0: others. */
function lateness({ topology, accepted }: Asked, due: readonly string[]): (host: string) => number {
  const names = [...topology.hosts.keys()];
  const isJump = (host: string) => names.some((name) => topology.hosts.get(name)?.via.includes(host));
  const carries = (host: string, isIt: (name: string) => boolean) =>
    names.some((name) => isIt(name) && runsOn(topology, name, host));
  const last = new Set(due.filter((host) => accepted.has('controller') && topology.controller.has(host)));
  for (const host of last)
    for (const name of names)
      if (topology.hosts.get(host)?.via.includes(name) || runsOn(topology, host, name)) last.add(name);
  return (host) => {
    if (last.has(host)) return 2;
    return isJump(host) || carries(host, isJump) ? 1 : 0;
  };
}

function lateOnes(asked: Asked, waves: string[][]): string[] {
  const isLate = lateness(asked, waves.flat());
  const found: string[] = [];
  let latest = 0;
  for (const wave of waves) {
    const late = Math.max(...wave.map(isLate));
    if (late < latest) found.push(`${wave.join(' ')}: after later ones`);
    if (late > 0 && wave.length > 1) found.push(`${wave.join(' ')}: not alone`);
    latest = Math.max(late, latest);
  }
  return found;
}
