import type { Topology } from '../core/topology.js';
import type { WavePlan } from '../core/waves.js';

/** Why a host needs another, as a diagram shows it. */
export type NeedKind = 'via' | 'runs on' | 'depends on';

export interface NeedEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: NeedKind;
}

/**
 * Who of the hosts in waves needs whom, each pair once for each kind. A way is drawn to its last jump host alone, that one's
 * own way being drawn anyway; a group of which any one is enough, to each of its hosts.
 */
export function needEdges({ waves }: WavePlan, { hosts, groups, otherGroups }: Topology): NeedEdge[] {
  const shown = waves.flatMap((wave) => wave.hosts.map(({ host }) => host));
  const isShown = new Set(shown);
  const members = new Map([...groups, ...otherGroups].map((group) => [group.name, group.hosts]));
  const edges = shown.flatMap((from): NeedEdge[] => {
    const { via = [], runsOn, dependsOn = [], dependsOnAny = [] } = hosts.get(from) ?? {};
    const depends = new Set([...dependsOn, ...dependsOnAny.flatMap((group) => members.get(group) ?? [])]);
    return [
      ...via.slice(-1).map((to): NeedEdge => ({ from, to, kind: 'via' })),
      ...(runsOn === undefined ? [] : [{ from, to: runsOn, kind: 'runs on' } as const]),
      ...[...depends].map((to): NeedEdge => ({ from, to, kind: 'depends on' })),
    ];
  });
  return edges.filter(({ from, to }) => from !== to && isShown.has(to));
}
