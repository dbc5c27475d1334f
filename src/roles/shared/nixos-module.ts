import { HomelabError } from '../../core/errors.js';
import type { RoleItem } from '../../core/role.js';
import { nixMembers } from '../../render/nix.js';
import { NixExpression } from '../../render/nix-expression.js';

/** Options of NixOS: a set of sets, e.g. `{ services: { dnsmasq: { enable: true } } }`. */
export type NixOptions = Readonly<Record<string, unknown>>;

/** What a module consists of. */
export interface ModuleParts {
  readonly options: NixOptions;
  /** Other modules: expressions of Nix. */
  readonly imports?: readonly NixExpression[] | undefined;
}

/** Where the modules of roles are. */
export const MODULE_FOLDER = '/etc/nixos/homelab';

const HEAD = '# Kept by homelab: changes by hand are overwritten.\n{ config, lib, pkgs, ... }:\n{\n';

/** Text of a module, whose expressions know `config`, `lib` and `pkgs`. @throws HomelabError `render/…` for what Nix cannot hold */
export function moduleText({ options, imports = [] }: ModuleParts): string {
  const members = { ...(imports.length === 0 ? {} : { imports }), ...options };
  return `${HEAD}${nixMembers(members, '  ')}}\n`;
}

/**
 * The item that has NixOS keep `options`, in a module that is called as its role. Those of all roles of a play are applied
 * by one rebuild. @throws HomelabError `render/…` for what Nix cannot hold
 */
export function nixosModule(name: string, options: NixOptions): RoleItem {
  return {
    name: 'module of NixOS',
    kind: 'nixos_module',
    params: { path: `${MODULE_FOLDER}/${name}.nix`, content: moduleText({ options }) },
  };
}

/** `value` set in `options` at a path of names. @throws HomelabError `role/option-twice` where another value is there */
export function setOption(
  options: Record<string, unknown>,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): void {
  const found = Object.hasOwn(options, name) ? options[name] : undefined;
  if (rest.length > 0) {
    if (found !== undefined && !isSet(found)) throw optionTwice(name);
    const inner = { ...found };
    setOption(inner, rest, value);
    options[name] = inner;
  } else if (isSet(found) && isSet(value)) {
    const inner = { ...found };
    for (const [key, one] of Object.entries(value)) setOption(inner, [key], one);
    options[name] = inner;
  } else if (found === undefined) options[name] = value;
  else throw optionTwice(name);
}

/** A set of options, and no value that only looks like one. */
function isSet(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    NixExpression.from(value) === undefined
  );
}

function optionTwice(name: string): HomelabError {
  return new HomelabError({
    code: 'role/option-twice',
    message: `the option ${name} of NixOS has two values`,
    hint: 'Say it once: a path with dots and a mapping may name the same option.',
  });
}
