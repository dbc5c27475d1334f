import { InternalError, type HomelabError } from '../core/errors.js';
import type { YamlDocument } from '../yaml/document.js';
import { asArray, asMapping, isMapping } from './loose-values.js';
import { parseRole, type KnownRoles, type RawRole, type RolePlace, type RoleSource } from './raw-role.js';

/** Where there are no roles. */
export const NO_ROLES: RoleSource = {
  roles: () => [],
  load: (role) => Promise.reject(new InternalError(`There is no role ${role}`)),
};

/** Loads each role that a play of these documents names, once. */
export async function loadRoles(documents: readonly YamlDocument[], source: RoleSource): Promise<KnownRoles> {
  const names = source.roles();
  const used = new Set(documents.flatMap((document) => rolesIn(document.value)));
  const roles = await Promise.all(
    names.filter((name) => used.has(name)).map(async (name) => [name, await source.load(name)] as const),
  );
  return { names, roles: new Map(roles) };
}

function rolesIn(plays: unknown): unknown[] {
  return asArray(plays).flatMap((play) =>
    asArray(asMapping(play)['roles']).map((role) => (isMapping(role) ? role['role'] : role)),
  );
}

/** The entries of the list of roles at `place`; what is wrong with them whatever the variables are goes to `errors`. */
export function parseRoles(place: RolePlace, written: unknown, errors: HomelabError[]): readonly RawRole[] {
  const parsed = asArray(written).flatMap((raw, index) =>
    // The schema of the play has said what else it is not.
    typeof raw === 'string' || isMapping(raw)
      ? [parseRole({ ...place, path: [...place.path, index] }, raw)]
      : [],
  );
  errors.push(...parsed.flatMap((one) => one.errors));
  return parsed.flatMap(({ raw }) => raw ?? []);
}
