import { existsSync, readdirSync } from 'node:fs';
import { findDefinitions, noFunctions, noOptionalFunctions } from './definitions.js';
import type { AnyRole } from './role.js';

/** The roles there are. A role is a folder: its name is the role, the default export of its file `role` the definition. */
export interface RoleRegistry {
  /** Names of all roles, sorted. Imports none of them. */
  roles(): readonly string[];
  has(role: string): boolean;
  /**
   * Imports the files of `role`.
   * @throws HomelabError `core/unknown-role`; `core/bad-role` where its default export is no role definition
   */
  load(role: string): Promise<AnyRole>;
}

/**
 * Roles from the folders directly in `folders` (each with a `/` at its end) that have a file `role.ts`, or `role.js` when
 * built. The default is the folder `roles` beside the folder of this module, as for kinds.
 * @throws HomelabError `core/no-roles` for a folder that cannot be read, `core/duplicate-role` for a name in two of them
 */
export function createRoleRegistry(
  folders: readonly URL[] = [new URL('../roles/', import.meta.url)],
): RoleRegistry {
  const { names, has, load } = findDefinitions<AnyRole>(folders, {
    word: 'role',
    noun: 'role',
    maker: 'defineRole',
    hint: '`homelab roles` lists the roles.',
    filesIn: roleFiles,
    missingParts: (parts) => [
      ...noFunctions(parts, ['items']),
      ...noOptionalFunctions(parts, ['refuses', 'ports', 'services']),
    ],
  });
  return { roles: names, has, load };
}

function roleFiles(folder: URL): (readonly [string, URL])[] {
  const names = readdirSync(folder).filter((name) => /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name));
  return names.flatMap((role) => {
    const files = ['role.ts', 'role.js'].map((name) => new URL(`${role}/${name}`, folder));
    const file = files.find((one) => existsSync(one));
    return file === undefined ? [] : [[role, file] as const];
  });
}
