import type { Topology } from '../../core/topology.js';

/**
 * The order in which guests are drained: what runs on a guest before that guest, what depends on one before that. They come
 * back in the opposite one.
 */
export function inDrainOrder({ hosts }: Topology, guests: readonly string[]): readonly string[] {
  const ordered = new Set<string>();
  const visited = new Set<string>();
  const follow = (name: string): void => {
    if (visited.has(name)) return;
    visited.add(name);
    const needs = (guest: string): boolean => {
      const known = hosts.get(guest);
      return known?.runsOn === name || known?.dependsOn.includes(name) === true;
    };
    for (const guest of guests.filter(needs)) follow(guest);
    ordered.add(name);
  };
  for (const name of guests) follow(name);
  return [...ordered];
}
