import type { Topology } from '../../core/topology.js';
import { drainedGuests } from '../journal/guest-memory.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import { guestsOf, type Away } from './group-limits.js';
import { inDrainOrder } from './guest-order.js';
import { workOf, type HostSurvey } from './host-survey.js';
import type { UpgradeSession } from './upgrade-host-session.js';

/** What goes down with a machine that may boot. */
export interface CarriedGuests {
  /** Those that are drained before it boots, in that order. */
  readonly surveys: readonly HostSurvey[];
  /** Of each of the others why it is not, a sentence without its full stop. */
  readonly notDrained: readonly string[];
}

export interface Carriage {
  readonly sessions: readonly UpgradeSession[];
  readonly away: Away;
  readonly topology: Topology;
  readonly request: UpgradeRequest;
}

/**
 * What runs on a host, as far as the host may boot, has booted, or was to: none otherwise. One that an earlier run has drained
 * takes part as long as it is there, whatever else is the matter with it.
 */
export function carriedGuests(host: UpgradeSession, carriage: Carriage): CarriedGuests {
  const { sessions, away, topology } = carriage;
  const drained = drainedGuests(host.survey?.memory?.guests ?? new Map());
  const names = new Set([...(mayBoot(host, carriage) ? guestsOf(topology, host.host.name) : []), ...drained]);
  names.delete(host.host.name);
  const surveys: HostSurvey[] = [];
  const notDrained: string[] = [];
  for (const name of inDrainOrder(topology, [...names])) {
    const session = sessions.find((one) => one.host.name === name);
    if (session?.survey !== undefined && (!away.has(name) || drained.includes(name)))
      surveys.push(session.survey);
    else {
      const why = away.get(name) ?? (session === undefined ? 'was not chosen' : 'could not be looked at');
      notDrained.push(`${name} runs on it and goes down with a reboot as it is, not drained: it ${why}`);
    }
  }
  return { surveys, notDrained };
}

function mayBoot({ survey }: UpgradeSession, { request }: Carriage): boolean {
  if (survey === undefined) return false;
  const forecast = workOf(survey, request)?.reboot ?? 'no';
  return forecast !== 'no' || survey.memory?.rebootedFrom !== undefined;
}
