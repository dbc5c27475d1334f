import type { FoundHost } from './found-hosts.js';
import type { Told, ToldHost } from './told.js';
import { compareHost, type DriftChange, type Transition } from './transitions.js';

/** What a check is to one target. */
export interface News {
  /** What it wants to know of. */
  readonly transitions: readonly Transition[];
  /** The hosts as told once it knows of `transitions`. */
  readonly settled: readonly ToldHost[];
  /** The hosts as told where it could not be told: those of `transitions` as before, the others settled. */
  readonly owed: readonly ToldHost[];
}

/**
 * Compares what a target was told with what a check has found. Hosts that were not checked stay as they were told; those that the
 * inventory does not have any more are forgotten.
 */
export function compareTold(check: {
  readonly told: Told;
  readonly found: readonly FoundHost[];
  /** Names of all hosts of the inventory. */
  readonly inventory: ReadonlySet<string>;
  readonly isWhole: boolean;
  readonly wants: (change: DriftChange) => boolean;
}): News {
  const { told, found, inventory, isWhole, wants } = check;
  const before = new Map(told.hosts.filter(({ host }) => inventory.has(host)).map((one) => [one.host, one]));
  const settled = new Map(before);
  const owed = new Map(before);
  const transitions: Transition[] = [];
  for (const one of found) {
    const compared = compareHost(before.get(one.host), one, isWhole);
    const wanted = compared.transitions.filter(({ change }) => wants(change));
    transitions.push(...wanted);
    set(settled, one.host, compared.next);
    if (wanted.length === 0) set(owed, one.host, compared.next);
  }
  return { transitions, settled: [...settled.values()], owed: [...owed.values()] };
}

function set(hosts: Map<string, ToldHost>, host: string, told: ToldHost | undefined): void {
  if (told === undefined) hosts.delete(host);
  else hosts.set(host, told);
}
