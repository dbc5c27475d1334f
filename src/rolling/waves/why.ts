import type { Loss } from './losses.js';
import { countWord, nameList } from './name-list.js';
import { allGuests, redundancyGroupsOf, type Needs } from './needs.js';
import type { Phase } from './phases.js';
import type { Delay } from './schedule.js';

/** What is known of all hosts once they are in waves. */
export interface Reasons {
  readonly needs: Needs;
  readonly losses: ReadonlyMap<string, Loss>;
  readonly phases: ReadonlyMap<string, Phase>;
  readonly leaders: ReadonlySet<string>;
  /** Number of the wave of each host that has work. */
  readonly place: ReadonlyMap<string, number>;
}

/** Why a host is in its wave, half sentences. Never empty. */
export function whyOf(host: string, reasons: Reasons, delay: Delay | undefined): string[] {
  const whys = [
    ...phaseWhys(host, reasons),
    ...guestWhys(host, reasons),
    ...dependentWhys(host, reasons),
    ...leaderWhys(host, reasons),
    ...delayWhys(delay),
    ...(reasons.losses.get(host)?.broken ?? []).map(({ name }) => `alone: it breaks ${name} by itself`),
  ];
  return whys.length > 0 ? whys : [restWhy(host, reasons.needs)];
}

function phaseWhys(host: string, { needs, phases }: Reasons): string[] {
  const own = needs.topology.controller.get(host);
  const whys = own === undefined ? [] : [`${own}: alone, and last of all`];
  const behind = needs.behind.get(host) ?? [];
  if (behind.length > 0)
    whys.push(`everything behind it is done: it is the jump host of ${hostCount(behind.length)}`);
  const jumps = [...allGuests(needs, host)].filter((guest) => needs.behind.has(guest));
  if (jumps.length > 0)
    whys.push(`it carries ${nameList(jumps)}, which others are reached through: alone, after all others`);
  if (own === undefined && phases.get(host) === 'last')
    whys.push('what homelab itself needs is reached through it, and is done');
  const ownWay = (needs.topology.hosts.get(host)?.via ?? []).filter((jump) => jumps.includes(jump));
  if (ownWay.length > 0) whys.push(`before ${nameList(ownWay)}, though that runs on it: it is the way there`);
  return whys;
}

function hostCount(count: number): string {
  return `${count} host${count === 1 ? '' : 's'}`;
}

function guestWhys(host: string, reasons: Reasons): string[] {
  const guests = [...allGuests(reasons.needs, host)];
  const done = guests.filter((guest) => isBefore(guest, host, reasons));
  if (done.length > 0) return [`after ${nameList(done)}, which ${done.length === 1 ? 'runs' : 'run'} on it`];
  if (guests.length === 0) return [];
  return [`${nameList(guests)} ${guests.length === 1 ? 'runs' : 'run'} on it`];
}

function dependentWhys(host: string, reasons: Reasons): string[] {
  const done = dependentsOf(reasons.needs, host).filter((name) => isBefore(name, host, reasons));
  if (done.length === 0) return [];
  return [`after ${nameList(done)}, which ${done.length === 1 ? 'depends' : 'depend'} on it`];
}

function leaderWhys(host: string, reasons: Reasons): string[] {
  if (!reasons.leaders.has(host)) return [];
  return redundancyGroupsOf(reasons.needs, host).flatMap(({ name, hosts }) => {
    const done = hosts.filter((other) => isBefore(other, host, reasons));
    return done.length === 0 ? [] : [`leader of ${name}: after ${nameList(done)}`];
  });
}

function delayWhys(delay: Delay | undefined): string[] {
  if (delay === undefined) return [];
  if (delay.kind === 'full') return ['the waves before are full'];
  const after = `after ${nameList(delay.beside)}`;
  if (delay.kind === 'torn') return [`${after}: each of them needs the other`];
  const { name, maxUnavailable } = delay.group;
  return [`${after}: of the group ${name} ${countWord(maxUnavailable)} may be away`];
}

function restWhy(host: string, needs: Needs): string {
  return dependentsOf(needs, host).length === 0
    ? 'nothing depends on it'
    : 'what depends on it has nothing to do before it';
}

/** Those that say that they depend on it, or on a group of it. */
function dependentsOf(needs: Needs, host: string): readonly string[] {
  const groups = [...redundancyGroupsOf(needs, host), ...(needs.otherGroupsOf.get(host) ?? [])].flatMap(
    ({ name }) => needs.dependentsOfAny.get(name) ?? [],
  );
  return [...new Set([...(needs.dependents.get(host) ?? []), ...groups])].filter((name) => name !== host);
}

function isBefore(one: string, other: string, { place }: Reasons): boolean {
  const before = place.get(one);
  return before !== undefined && one !== other && before < (place.get(other) ?? 0);
}
