import { InternalError } from '../../core/errors.js';
import type { Topology } from '../../core/topology.js';
import type { HostWork, LeftOut, Wave, WavePlan } from '../../core/waves.js';
import { CONTROLLER, findingsOf } from './findings.js';
import { lossesOf, type Loss } from './losses.js';
import { needsOf, type Needs } from './needs.js';
import { orderOf } from './order.js';
import { outagesOf, waveLossOf } from './outages.js';
import { PHASES, phasesOf, type Phase } from './phases.js';
import { schedule, type Scheduled } from './schedule.js';
import type { SoundOrder } from './sound-order.js';
import { whyOf } from './why.js';

/** What waves are planned from. */
export interface WaveOptions {
  readonly topology: Topology;
  /** Hosts that have something to do. */
  readonly work: readonly HostWork[];
  /** Most hosts of a wave. */
  readonly concurrency: number;
  /** Names of findings that may happen: of groups, of hosts, and `controller`. */
  readonly accepted: ReadonlySet<string>;
}

/**
 * In which order hosts are upgraded: leaves first, never more of a group away than it allows, jump hosts alone after all
 * others, what homelab itself needs alone at the very end. What breaks a rule by itself is a finding, and alone in its wave.
 */
export function planWaves({ topology, work, concurrency, accepted }: WaveOptions): WavePlan {
  const needs = needsOf(topology);
  const isKept = (host: string) => topology.controller.has(host) && !accepted.has(CONTROLLER);
  const all = inOrder(topology, work);
  const draft = draftOf(
    needs,
    all.filter(({ host }) => !isKept(host)),
  );
  const { waves, delays } = scheduleAll(draft, Math.max(1, concurrency));
  const findings = findingsOf({ needs, losses: draft.losses, works: all });
  return {
    waves: wavesOf(draft, waves, delays),
    leftOut: all.flatMap(({ host }) => (isKept(host) ? [leftOut(host, topology)] : [])),
    findings: findings.filter(({ name }) => !accepted.has(name)),
    accepted: findings.filter(({ name }) => accepted.has(name)),
  };
}

/** What is known of the hosts that have work before they are in waves; `numbered` and `order` go by their number. */
interface Draft {
  readonly needs: Needs;
  readonly losses: ReadonlyMap<string, Loss>;
  readonly numbered: readonly Loss[];
  readonly phases: ReadonlyMap<string, Phase>;
  readonly leaders: ReadonlySet<string>;
  readonly order: SoundOrder;
}

function draftOf(needs: Needs, works: readonly HostWork[]): Draft {
  const hosts = works.map(({ host }) => host);
  const losses = lossesOf(needs, works);
  const phases = phasesOf(needs, hosts);
  const leaders = new Set(works.flatMap(({ host, isLeader }) => (isLeader === true ? [host] : [])));
  const order = orderOf(needs, {
    hosts,
    isLeader: (host) => leaders.has(host),
    isSamePhase: (one, other) => phases.get(one) === phases.get(other),
  });
  return { needs, losses, numbered: [...losses.values()], phases, leaders, order };
}

/** One phase after the other. */
function scheduleAll({ needs, numbered, phases, order }: Draft, concurrency: number): Scheduled {
  const phaseOf = (number: number) => phases.get(numbered[number]?.work.host ?? '');
  const isAlone = (number: number) =>
    phaseOf(number) !== 'ordinary' || (numbered[number]?.broken.length ?? 0) > 0;
  const plan = { losses: numbered, order, groups: needs.topology.groups, isAlone, concurrency };
  const parts = PHASES.map((phase) =>
    schedule(
      [...numbered.keys()].filter((number) => phaseOf(number) === phase),
      plan,
    ),
  );
  return {
    waves: parts.flatMap(({ waves }) => waves),
    delays: new Map(parts.flatMap(({ delays }) => [...delays])),
  };
}

function wavesOf(
  { numbered, ...known }: Draft,
  waves: Scheduled['waves'],
  delays: Scheduled['delays'],
): Wave[] {
  const hostOf = (number: number) => numbered[number]?.work.host ?? '';
  const place = new Map(waves.flatMap((wave, index) => wave.map((number) => [hostOf(number), index])));
  const reasons = { ...known, place };
  return waves.map((wave) => {
    const losses = wave.flatMap((number) => numbered[number] ?? []);
    const waveLoss = waveLossOf(known.needs, losses);
    const hosts = wave.map((number, index) => {
      const [loss] = losses.slice(index, index + 1);
      const outages = loss === undefined ? [] : outagesOf({ needs: known.needs, loss, wave: waveLoss });
      return { host: hostOf(number), why: whyOf(hostOf(number), reasons, delays.get(number)), outages };
    });
    return { hosts };
  });
}

/** By the inventory's order, so that what is planned depends on nothing else. */
function inOrder(topology: Topology, work: readonly HostWork[]): HostWork[] {
  const byName = new Map(work.map((one) => [one.host, one]));
  for (const name of byName.keys())
    if (!topology.hosts.has(name)) throw new InternalError(`work on ${name}, which is in no topology`);
  return [...topology.hosts.keys()].flatMap((name) => byName.get(name) ?? []);
}

function leftOut(host: string, { controller }: Topology): LeftOut {
  return { host, why: `${controller.get(host)}: ${CONTROLLER} has to be accepted for it` };
}
