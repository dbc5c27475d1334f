import type { Condition } from '../core/condition.js';
import { HomelabError, type SourcePosition } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import type { AnyRole } from '../core/role.js';
import { checkSchema } from '../yaml/check-schema.js';
import { asList } from './raw-item.js';
import { ROLE_KEYS, roleFrameSchema } from './schema.js';
import type { Written } from './written.js';
import { checkWrittenRoleParams } from './written-role-params.js';

/** Where roles come from; the registry of the core is one. */
export interface RoleSource {
  roles(): readonly string[];
  load(role: string): Promise<AnyRole>;
}

/** The roles there are, and those that the playbooks use. */
export interface KnownRoles {
  readonly names: readonly string[];
  readonly roles: ReadonlyMap<string, AnyRole>;
}

/** An entry of `roles` as written: its role known, its parameters still with templates in them. */
export interface RawRole extends Written {
  /** Where it begins. */
  readonly source: SourcePosition;
  /** As the role is called. */
  readonly name: string;
  readonly role: AnyRole;
  readonly when: Condition | undefined;
  readonly tags: readonly string[];
  /** As written; what is left out may come from the variable. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The variable that parameters come from which the play does not write. */
  readonly variable: string;
}

/** Where an entry of `roles` is written. */
export interface RolePlace extends Written {
  readonly known: KnownRoles;
}

/** An entry of `roles`, and what is wrong with it whatever the variables are. */
export interface ParsedRole {
  /** Undefined where its own keys are wrong, or name no role. */
  readonly raw: RawRole | undefined;
  /** `playbook/no-role`, `playbook/unknown-role`, `playbook/schema`, `playbook/parameter` */
  readonly errors: readonly HomelabError[];
}

/** An entry of `roles`: a role's name alone, or a mapping with it. */
export function parseRole(place: RolePlace, raw: string | Readonly<Record<string, unknown>>): ParsedRole {
  const { document, path, known } = place;
  const written = typeof raw === 'string' ? { role: raw } : raw;
  if (!('role' in written)) return { raw: undefined, errors: [noRole(place, Object.keys(written))] };
  const entries = Object.entries(written).filter(([key]) => !key.startsWith('x-'));
  const value = Object.fromEntries(entries.filter(isFrame));
  const frame = checkSchema({ document, path, value, schema: roleFrameSchema, code: 'playbook/schema' });
  const { role: name } = written;
  const role = typeof name === 'string' ? known.roles.get(name) : undefined;
  const params = Object.fromEntries(entries.filter((entry) => !isFrame(entry)));
  const isUnknown = typeof name === 'string' && role === undefined;
  const errors = [
    ...frame.errors,
    ...(isUnknown ? [unknownRole(place, name)] : []),
    ...(role === undefined ? [] : checkWrittenRoleParams({ document, path, role, params })),
  ];
  if (!frame.isValid || role === undefined) return { raw: undefined, errors };
  const { when, tags } = frame.value;
  const named = { name: frame.value.role, role, variable: variableOf(frame.value.role) };
  return {
    raw: { document, path, source: document.locate(path), ...named, when, tags: asList(tags), params },
    errors,
  };
}

function isFrame([key]: readonly [string, unknown]): boolean {
  return ROLE_KEYS.includes(key);
}

/** The variable that is named as the role, e.g. `ssh_hardening`. */
function variableOf(role: string): string {
  return role.replaceAll('-', '_');
}

function noRole({ document, path, known }: RolePlace, keys: readonly string[]): HomelabError {
  const named = keys.find((key) => known.names.includes(key));
  return new HomelabError({
    code: 'playbook/no-role',
    message: 'the entry names no role',
    hint:
      named === undefined
        ? 'Write `role: NAME`; `homelab roles` lists the roles.'
        : `Write \`role: ${named}\`, and its parameters beside that.`,
    source: document.locate(path),
  });
}

function unknownRole({ document, path, known }: RolePlace, name: string): HomelabError {
  return new HomelabError({
    code: 'playbook/unknown-role',
    message: `there is no role "${name}"`,
    hint: didYouMean(name, known.names) ?? '`homelab roles` lists the roles.',
    source: document.locate([...path, 'role']),
  });
}
