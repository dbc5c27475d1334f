import type { DriftState } from '../../core/drift.js';
import type { FoundHost } from './found-hosts.js';
import { counted } from '../../core/counted.js';
import { itemLines } from './transition-text.js';

/** The state of all hosts in one line: `all 5 hosts in sync`, or `5 hosts: 2 drifted, 1 lost`. */
export function digestTitle(found: readonly FoundHost[]): string {
  const count = (state: DriftState): number => found.filter((one) => one.state === state).length;
  const hosts = counted(found.length, 'host');
  if (count('in-sync') === found.length)
    return found.length === 1 ? `${hosts} in sync` : `all ${hosts} in sync`;
  const parts = (['lost', 'drifted', 'in-sync', 'busy', 'off'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state.replace('-', ' ')}`);
  return `${hosts}: ${parts.join(', ')}`;
}

/** The state of all hosts: what is not in sync first, a line each, the others by name. */
export function digestLines(
  found: readonly FoundHost[],
  inventory: ReadonlySet<string>,
  now: Date,
): readonly string[] {
  const checked = new Set(found.map(({ host }) => host));
  const names = (state: DriftState): readonly string[] =>
    found.filter((one) => one.state === state).map(({ host }) => host);
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['in sync', names('in-sync')],
    ['off', names('off')],
    ['busy with changes', names('busy')],
    ['not checked', [...inventory].filter((host) => !checked.has(host))],
  ];
  return [
    ...found.filter(({ state }) => state === 'lost').map(({ host, lostFor }) => `${host}: ${lostFor}`),
    ...found
      .filter(({ state }) => state === 'drifted')
      .flatMap(({ host, items }) => itemLines(host, items, now)),
    ...lists.filter(([, hosts]) => hosts.length > 0).map(([what, hosts]) => `${what}: ${hosts.join(', ')}`),
  ];
}
