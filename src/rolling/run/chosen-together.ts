import type { Topology } from '../../core/topology.js';
import { guestsOf, heldByGroup, type Away } from './group-limits.js';
import { votesOf, workOf } from './host-survey.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import type { UpgradeSession } from './upgrade-host-session.js';

/** What goes down with a host: itself, and what runs on it where it may reboot. */
export function downWith(
  { host, survey }: UpgradeSession,
  { topology, request }: { readonly topology: Topology; readonly request: UpgradeRequest },
): ReadonlySet<string> {
  const work = survey === undefined ? undefined : workOf(survey, request);
  const stays = work?.reboot === 'no';
  return new Set([host.name, ...(stays ? [] : guestsOf(topology, host.name))]);
}

interface Together {
  readonly topology: Topology;
  readonly request: UpgradeRequest;
  readonly away: Away;
}

/**
 * Those of a wave that go at the same time; the others follow. The wave was planned with everybody there: what is away since
 * counts against its groups. Of those with a vote one goes at a time, whether or not the inventory knows their quorum.
 */
export function chosenTogether(
  wave: readonly UpgradeSession[],
  options: Together,
): readonly UpgradeSession[] {
  const { topology, request, away } = options;
  const chosen: UpgradeSession[] = [];
  const taken = new Map(away);
  const voting = new Set<string>();
  for (const session of wave) {
    const down = downWith(session, options);
    const votes = (session.survey === undefined ? [] : votesOf(session.survey)).map(({ adapter }) => adapter);
    const isHeld = heldByGroup(topology, down, { away: taken, accepted: request.accepted }) !== undefined;
    if (chosen.length > 0 && (isHeld || votes.some((adapter) => voting.has(adapter)))) continue;
    chosen.push(session);
    for (const host of down) taken.set(host, 'is at work');
    for (const adapter of votes) voting.add(adapter);
  }
  return chosen;
}
