import type { Registry } from '../core/registry.js';
import type { AnyRole } from '../core/role.js';
import type { RoleRegistry } from '../core/role-registry.js';
import type { AnyTask } from '../core/task.js';

/** A task kind with its name. */
export interface NamedKind {
  readonly kind: string;
  readonly task: AnyTask;
}

/** A role with its name. */
export interface NamedRole {
  readonly name: string;
  readonly role: AnyRole;
}

/** Every kind, in the order of their names. */
export async function loadKinds(registry: Registry): Promise<readonly NamedKind[]> {
  const kinds: NamedKind[] = [];
  for (const kind of registry.kinds()) kinds.push({ kind, task: await registry.load(kind) });
  return kinds;
}

/** Every role, in the order of their names. */
export async function loadRoles(registry: RoleRegistry): Promise<readonly NamedRole[]> {
  const roles: NamedRole[] = [];
  for (const name of registry.roles()) roles.push({ name, role: await registry.load(name) });
  return roles;
}
