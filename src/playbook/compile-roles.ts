import { type HomelabError, HomelabErrors } from '../core/errors.js';
import type { HostPlay, Item } from '../core/item.js';
import type { RolePort, RoleService } from '../core/role.js';
import type { AskedKinds } from './asked-kinds.js';
import type { Binding } from './binding.js';
import { portClaims, type Claim } from './claims.js';
import { compileItem } from './compile-item.js';
import { resolveCondition } from './condition.js';
import { conditionContext } from './condition-context.js';
import { type ItemIds, nextFree } from './item-ids.js';
import { joinItems } from './join-items.js';
import { collect } from './mistakes.js';
import type { RawItem } from './raw-item.js';
import type { RawRole } from './raw-role.js';
import { roleFiles } from './role-files.js';
import { roleItems } from './role-items.js';
import { roleOutput, rolePorts, roleServices, type RoleQuestion, type RolesBeside } from './role-output.js';
import { roleParams } from './role-params.js';

/** What the roles of a play are compiled with, for one host. */
export interface RolesCompiling {
  readonly binding: Binding;
  readonly kinds: AskedKinds;
  readonly ids: ItemIds;
  /** Names that the play's own actions have. */
  readonly actionNames: Iterable<string>;
  readonly isChosen: (raw: RawRole) => boolean;
  /** All roles of the host but this one. */
  readonly beside: (raw: RawRole) => RolesBeside;
}

/** What the roles of a play ask of one host, in their order; everything that is wrong goes to `errors`. */
export function compileRoles(
  roles: readonly RawRole[],
  compiling: RolesCompiling,
  errors: HomelabError[],
): HostPlay {
  const items: Item[] = [];
  const actions = new Map<string, Item>();
  const takenNames = new Set(compiling.actionNames);
  for (const raw of roles) {
    const asked = collect(errors, () => itemsOf(raw, compiling, takenNames));
    const compile = (one: RawItem, name: string): Item[] =>
      (collect(errors, () => compileItem(one, compiling.binding, [])) ?? [])
        .filter(({ skipReason }) => skipReason === undefined)
        .map((item) => compiling.ids.give(item, name, raw.name));
    for (const { item, name } of asked?.items ?? []) {
      const compiled = compile(item, name);
      if (compiling.isChosen(raw)) items.push(...compiled);
    }
    for (const { item, name, key } of asked?.actions ?? [])
      for (const action of compile(item, name)) actions.set(key, action);
  }
  return { items: joinItems(items), actions };
}

/** What a role asks for on the host; undefined where that is nothing, or cannot be told before the facts are known. */
function itemsOf(raw: RawRole, compiling: RolesCompiling, takenNames: Set<string>) {
  const { binding, kinds, beside } = compiling;
  if (!applies(raw, binding)) return undefined;
  const params = roleParams(raw, binding);
  if (params === undefined) return undefined;
  const { host, inventory, facts } = binding;
  const question = { raw, params, host, inventory, facts };
  const output = roleOutput(question, roleFiles(raw.name, binding), beside(raw));
  if (output === undefined) return undefined;
  return roleItems({ raw, output, kinds, nameAction: (name) => nextFree(name, takenNames) });
}

/** False where `when` leaves the role out; true as long as facts decide. @throws HomelabErrors `playbook/…` */
export function applies(raw: RawRole, binding: Binding): boolean {
  if (raw.when === undefined) return true;
  return resolveCondition(raw.when, conditionContext(raw, binding, ['when'])).matches !== false;
}

/** What one entry of `roles` says listens on a host. @throws HomelabErrors as compiling the role does */
export function portsOfRole(raw: RawRole, binding: Binding): readonly RolePort[] {
  const question = raw.role.ports === undefined ? undefined : questionOf(raw, binding);
  return question === undefined ? [] : rolePorts(question);
}

/** What the roles of a play claim that are sure to be for the host. Everything that is wrong goes to `errors`. */
export function portClaimsOfRoles(
  roles: readonly RawRole[],
  binding: Binding,
  errors: HomelabError[],
): readonly Claim[] {
  const isSure = (raw: RawRole): boolean =>
    raw.when === undefined ||
    resolveCondition(raw.when, conditionContext(raw, binding, ['when'])).matches === true;
  return roles.flatMap(
    (raw) =>
      collect(errors, () =>
        isSure(raw) ? portClaims(portsOfRole(raw, binding), { by: raw, facts: binding.facts }) : [],
      ) ?? [],
  );
}

/** What the roles of a play keep running on a host. Everything that is wrong goes to `errors`. */
export function servicesOfRoles(
  roles: readonly RawRole[],
  binding: Binding,
  errors: HomelabError[],
): readonly RoleService[] {
  return roles.flatMap(
    (raw) =>
      collect(errors, () => {
        const question = raw.role.services === undefined ? undefined : questionOf(raw, binding);
        return question === undefined ? [] : roleServices(question);
      }) ?? [],
  );
}

/** Undefined where `when` leaves the role out, or its parameters cannot be told yet. */
function questionOf(raw: RawRole, binding: Binding): RoleQuestion | undefined {
  if (!applies(raw, binding)) return undefined;
  const params = roleParams(raw, binding);
  if (params === undefined) return undefined;
  const { host, inventory, facts } = binding;
  return { raw, params, host, inventory, facts };
}

/** What several entries say, each for the host of its binding. @throws HomelabErrors everything that is wrong */
export function portsOfRoles(
  entries: Iterable<{ readonly raw: RawRole; readonly binding: Binding }>,
): readonly RolePort[] {
  const errors: HomelabError[] = [];
  const ports = [...entries].flatMap(
    ({ raw, binding }) => collect(errors, () => portsOfRole(raw, binding)) ?? [],
  );
  if (errors.length > 0) throw new HomelabErrors(errors);
  return ports;
}
