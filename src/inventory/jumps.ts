import { HomelabError } from '../core/errors.js';
import { findCircles } from './circles.js';
import type { Draft } from './draft.js';
import type { Problems } from './problems.js';
import { settingPlace } from './setting.js';

/** Jump hosts of each host as far as one knows them from its own place: nearest to us first. */
export type DirectJumps = ReadonlyMap<string, readonly string[] | undefined>;

/**
 * What each host says of its way: its own `via`, else the default one. Hosts that the default way itself goes through
 * do not take it: `defaults: { via: gate }` leaves `gate` directly reachable.
 */
export function directJumps(draft: Draft): DirectJumps {
  const common = draft.defaults.get('via')?.value as readonly string[] | undefined;
  const exempt = new Set<string>();
  const waiting = [...(common ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (exempt.has(name)) continue;
    exempt.add(name);
    waiting.push(...(draft.hosts.get(name)?.value.via ?? []));
  }
  const defaultTransport = draft.defaults.get('transport')?.value;
  return new Map(
    [...draft.hosts].map(([name, { value }]) => {
      const isLocal = (value.transport ?? defaultTransport) === 'local';
      return [name, value.via ?? (exempt.has(name) || isLocal ? undefined : common)];
    }),
  );
}

/**
 * The whole chain of each host, nearest to us first: before its first jump host stands that one's own chain.
 * Undefined where nothing is said. Circles and hosts twice in one chain are mistakes.
 */
export function resolveChains(
  draft: Draft,
  direct: DirectJumps,
  problems: Problems,
): ReadonlyMap<string, readonly string[] | undefined> {
  const firstJump = (name: string) => direct.get(name)?.slice(0, 1) ?? [];
  const circles = findCircles(direct.keys(), firstJump);
  const inCircle = new Set(circles.flat());
  for (const circle of circles) problems.add(circleError(draft, circle));
  const chains = new Map<string, readonly string[] | undefined>();
  for (const name of direct.keys()) {
    const chain = chainOf(name, direct, inCircle);
    chains.set(name, chain);
    const repeated = chain === undefined ? undefined : firstRepeated([...chain, name]);
    if (chain === undefined || repeated === undefined) continue;
    const way = [...chain, name].join(' → ');
    problems.add(jumpError(draft, name, `the way to "${name}" passes "${repeated}" twice: ${way}`));
  }
  return chains;
}

function chainOf(name: string, direct: DirectJumps, inCircle: ReadonlySet<string>): string[] | undefined {
  const own = direct.get(name);
  if (own === undefined || inCircle.has(name)) return own === undefined ? undefined : [];
  const parts = [own];
  for (let first = own[0]; first !== undefined && !inCircle.has(first); first = parts.at(-1)?.[0])
    parts.push(direct.get(first) ?? []);
  return parts.toReversed().flat();
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

function circleError(draft: Draft, circle: readonly string[]): HomelabError {
  const [name = ''] = circle;
  const isSelf = circle.length === 2;
  const message = isSelf ? `"${name}" is its own jump host` : `jump hosts go round: ${circle.join(' → ')}`;
  return jumpError(draft, name, message);
}

function jumpError(draft: Draft, host: string, message: string): HomelabError {
  const hint = 'Every way begins at a host that needs no jump host.';
  return new HomelabError({
    code: 'inventory/jump-cycle',
    message,
    hint,
    host,
    source: settingPlace(draft, host, 'via'),
  });
}
