import { HomelabError, type SourcePosition } from '../core/errors.js';
import type { Facts } from '../core/facts.js';
import type { Item } from '../core/item.js';
import type { RolePort } from '../core/role.js';

/** What an item or a role says of something that only one may decide about. */
export interface Claim {
  readonly thing: string;
  readonly says: string;
  /** Addresses that it is about; undefined, or `*` among them: all. */
  readonly at?: readonly string[] | undefined;
  readonly by: { readonly name: string; readonly source: SourcePosition };
  /** Before the facts are known roles answer for a usual system. */
  readonly isOfExample: boolean;
  /** What two of them do, in words, and what to do about it. */
  readonly problem: string;
  readonly hint: string;
}

/** What items claim that are sure to be done. */
export function claimsOf(
  items: readonly Item[],
  { facts, isOfRole }: { readonly facts: Facts | undefined; readonly isOfRole: boolean },
): Claim[] {
  return items.flatMap((item) => {
    const { task, params, condition, late, skipReason } = item;
    const isDone = condition === undefined && late === undefined && skipReason === undefined;
    if (!isDone || params === undefined || task.claims === undefined) return [];
    return Object.entries(task.claims(params, facts)).map(([thing, says]) => ({
      thing,
      says,
      by: item,
      isOfExample: isOfRole && facts === undefined,
      problem: `want ${thing} in two ways: they would undo each other`,
      hint: 'Say the same in both places, or leave one of them out.',
    }));
  });
}

/** What a role claims whose program has ports to itself. */
export function portClaims(
  ports: readonly RolePort[],
  { by, facts }: Pick<Claim, 'by'> & { readonly facts: Facts | undefined },
): Claim[] {
  return ports.flatMap(({ protocol, port, listener }) =>
    listener === undefined
      ? []
      : [
          {
            thing: `${protocol}/${port}`,
            says: listener.program,
            at: listener.addresses,
            by,
            isOfExample: facts === undefined,
            problem: `want port ${port} of the same address: only one of them would start`,
            hint: 'Give one of them another `port`, e.g. 5335 for the one that the other asks, or `listen` on different addresses.',
          },
        ],
  );
}

/** What is claimed on each host, in all plays. */
export class ClaimBook {
  readonly #claims = new Map<string, Map<string, readonly Claim[]>>();

  /**
   * Notes what `play` claims on `host`, in place of what it claimed before, and tells what contradicts.
   * @returns `playbook/contradiction`, each at the place of the later one
   */
  note(host: string, play: string, claims: readonly Claim[]): HomelabError[] {
    const plays = this.#claims.get(host) ?? new Map<string, readonly Claim[]>();
    this.#claims.set(host, plays);
    plays.delete(play);
    const known = new Map<string, Claim[]>();
    for (const claim of [...plays.values()].flat())
      known.set(claim.thing, [...(known.get(claim.thing) ?? []), claim]);
    plays.set(play, claims);
    return claims.flatMap((claim) => {
      const others = known.get(claim.thing) ?? [];
      const other = others.find((one) => contradict(one, claim));
      known.set(claim.thing, [...others, claim]);
      return other === undefined ? [] : [contradiction(other, claim)];
    });
  }
}

/** What a role says of a usual system, and what is written for this one, may be the same yet. */
function contradict(a: Claim, b: Claim): boolean {
  return a.says !== b.says && a.isOfExample === b.isOfExample && meet(a.at, b.at);
}

function meet(a: readonly string[] = ['*'], b: readonly string[] = ['*']): boolean {
  return a.includes('*') || b.includes('*') || a.some((address) => b.includes(address));
}

function contradiction({ by: other }: Claim, { by, problem, hint }: Claim): HomelabError {
  const { file, line, column } = other.source;
  return new HomelabError({
    code: 'playbook/contradiction',
    message: `"${by.name}" and "${other.name}" (${file}:${line}:${column}) ${problem}`,
    hint,
    source: by.source,
  });
}
