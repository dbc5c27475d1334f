import type { Abandoned } from '../../core/downtime.js';
import { drainedGuests } from './guest-memory.js';
import type { EarlierUpgrade } from './host-memory.js';

type Unfinished = Pick<EarlierUpgrade, 'unfinished'>;

/** What an upgrade has drained and not brought back: each host with the labels, as `nas (docker)`. */
export function drainsInForce(upgrade: Unfinished | undefined): readonly string[] {
  const byHost = new Map<string, Set<string>>();
  for (const [host, { drained, guests }] of upgrade?.unfinished ?? [])
    for (const [name, labels] of [[host, drained] as const, ...drainedOf(guests)])
      if (labels.size > 0) byHost.set(name, new Set([...(byHost.get(name) ?? []), ...labels]));
  return [...byHost].map(([host, labels]) => `${host} (${[...labels].join(', ')})`);
}

function drainedOf(guests: ReadonlyMap<string, { readonly drained: ReadonlySet<string> }>) {
  return [...guests].map(([name, { drained }]) => [name, drained] as const);
}

/** What is left of an upgrade that nobody goes on with; undefined: nothing is. */
export function abandonedBy(upgrade: EarlierUpgrade | undefined): Abandoned | undefined {
  if (upgrade === undefined || upgrade.unfinished.size === 0) return undefined;
  return { run: upgrade.run, hosts: leftInTheMiddle(upgrade), drained: drainsInForce(upgrade) };
}

/** Hosts that an upgrade has left in the middle, and guests that it has left drained. */
function leftInTheMiddle({ unfinished }: Unfinished): readonly string[] {
  const guests = [...unfinished.values()].flatMap((memory) => drainedGuests(memory.guests));
  return [...new Set([...unfinished.keys(), ...guests])];
}
