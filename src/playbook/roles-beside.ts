import { resolve } from 'node:path';
import type { Binding } from './binding.js';
import type { CompileOptions } from './compile-options.js';
import { applies, portsOfRoles } from './compile-roles.js';
import { bindingFor, type Compiler, type Target } from './compiler.js';
import type { LoadedPlay } from './load-playbooks.js';
import type { RawRole } from './raw-role.js';
import type { RolesBeside } from './role-output.js';

/** Playbooks of the project that were not chosen, where it matters what their roles say. */
export function otherPlaybooks(
  { projectDir, playbooks, projectPlaybooks = [] }: CompileOptions,
  chosen: readonly LoadedPlay[],
): readonly string[] {
  if (chosen.every(({ roles }) => roles.length === 0)) return [];
  const chosenFiles = new Set(playbooks.map((file) => resolve(projectDir, file)));
  return projectPlaybooks.filter((file) => !chosenFiles.has(resolve(projectDir, file)));
}

interface RoleEntry {
  readonly raw: RawRole;
  readonly binding: Binding;
}

/** All roles of a host but `raw`, in all plays, whatever tags were chosen. Nothing is looked at before it is asked for. */
export function rolesBeside(compiler: Compiler, raw: RawRole, target: Target): RolesBeside {
  return {
    /** @throws HomelabErrors what is wrong with the other roles */
    ports: () => portsOfRoles(entriesBeside(compiler, target, isAnother(raw, hasPorts))),
    names: () => {
      const entries = entriesBeside(compiler, target, isAnother(raw));
      return [...new Set(entries.filter((one) => applies(one.raw, one.binding)).map((one) => one.raw.name))];
    },
  };
}

function hasPorts({ role }: RawRole): boolean {
  return role.ports !== undefined;
}

function isAnother(raw: RawRole, isMeant: (other: RawRole) => boolean = () => true) {
  return (other: RawRole): boolean => other !== raw && isMeant(other);
}

function entriesBeside(compiler: Compiler, target: Target, isMeant: (raw: RawRole) => boolean): RoleEntry[] {
  const nothing = { idsByName: new Map<string, readonly string[]>(), printing: [] };
  const plays = compiler.allPlays.filter(({ hosts }) => hosts.some(({ name }) => name === target.host.name));
  return plays.flatMap((play) => {
    const roles = play.roles.filter(isMeant);
    if (roles.length === 0) return [];
    const binding = bindingFor(compiler, play, { ...target, ...nothing });
    return roles.map((raw) => ({ raw, binding }));
  });
}
