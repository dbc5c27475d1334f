import { EXAMPLE_SYSTEMS } from '../core/example-systems.js';
import type { AnyRole } from '../core/role.js';

/** Of a role: a usual system, and why the role is not for it; undefined: it is. */
export interface RoleSystem {
  readonly system: string;
  readonly reason: string | undefined;
}

/** What the role says of each usual system, the most usual one first. */
export function roleSystems({ refuses }: AnyRole): readonly RoleSystem[] {
  return Object.values(EXAMPLE_SYSTEMS).map((facts) => ({
    system: facts.os.name.replace(/ (?:GNU\/Linux|Linux)(?= )/, '').replace(/ \(.*\)$/, ''),
    reason: refuses?.(facts),
  }));
}

function names(some: readonly RoleSystem[]): string {
  return some.map(({ system }) => system).join(', ');
}

/** The same as sentences: where it runs, then where it does not and why. */
export function roleSystemLines(role: AnyRole): readonly string[] {
  const all = roleSystems(role);
  const reasons = [...new Set(all.flatMap(({ reason }) => reason ?? []))];
  const right = all.filter(({ reason }) => reason === undefined);
  const wrong = reasons.map(
    (reason) => `Not for ${names(all.filter((one) => one.reason === reason))}: ${reason}.`,
  );
  return [...(right.length === 0 ? [] : [`For ${names(right)}.`]), ...wrong];
}
