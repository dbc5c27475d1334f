import type { Abandoned } from '../../core/downtime.js';
import type { HostConfig } from '../../core/host-config.js';
import type { Topology } from '../../core/topology.js';
import type { Transport } from '../../core/transport.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import { downWith } from './chosen-together.js';
import { guestsOf, matesOf, type Away } from './group-limits.js';
import { unreachedHosts } from './unreached-hosts.js';
import type { UpgradeSession } from './upgrade-host-session.js';

export interface Whereabouts {
  readonly topology: Topology;
  readonly request: UpgradeRequest;
  readonly abandoned: Pick<Abandoned, 'hosts'> | undefined;
  /** All hosts, chosen or not. */
  readonly inventory: readonly HostConfig[];
  readonly transport: Pick<Transport, 'open'>;
}

/** Whether the host has something to do, and takes part. */
export function isToBeDone({ isDone, leftOut, session, survey }: UpgradeSession): boolean {
  return survey !== undefined && !isDone && leftOut === undefined && session.error === null;
}

/**
 * Who does not serve, or may not, before anything is done: what was not reached, with what runs on it; what could not be looked
 * at; what was left in the middle and has no check of its own that could tell. Those of the same groups that were not chosen are
 * asked whether they are there.
 */
export async function whoIsAway(sessions: readonly UpgradeSession[], where: Whereabouts): Promise<Away> {
  const { topology, abandoned, inventory, transport } = where;
  const isThere = new Set(sessions.flatMap(({ survey, host }) => (survey === undefined ? [] : [host.name])));
  const chosen = new Set(sessions.map(({ host }) => host.name));
  const down = new Set(sessions.filter(isToBeDone).flatMap((one) => [...downWith(one, where)]));
  const mates = matesOf(topology, down);
  const asked = inventory.filter(({ name }) => !chosen.has(name) && (mates.has(name) || down.has(name)));
  const unreached = [
    ...sessions.flatMap(({ session, host }) => (session.isUnreachable ? [host.name] : [])),
    ...(await unreachedHosts(asked, transport)),
  ];
  const lost = unreached.flatMap((name) => [
    name,
    ...guestsOf(topology, name).filter((one) => !isThere.has(one)),
  ]);
  const failed = sessions.flatMap(({ hasFailed, survey, host }) =>
    hasFailed && survey === undefined ? [host.name] : [],
  );
  const isUnknown = (name: string): boolean => (topology.hosts.get(name)?.health.length ?? 0) === 0;
  const left = (abandoned?.hosts ?? []).filter(isUnknown);
  return new Map([
    ...left.map((name) => [name, 'was left in the middle of an upgrade'] as const),
    ...failed.map((name) => [name, 'failed'] as const),
    ...lost.map((name) => [name, 'is not reached'] as const),
  ]);
}
