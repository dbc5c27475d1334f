import { resolve } from 'node:path';
import type { RolePort } from '../core/role.js';
import type { CompileOptions } from './compile-options.js';
import { portsOfRoles } from './compile-roles.js';
import { bindingFor, type Compiler, type Target } from './compiler.js';
import type { LoadedPlay } from './load-playbooks.js';
import type { RawRole } from './raw-role.js';

/** Playbooks of the project that were not chosen, where it matters what their roles say. */
export function otherPlaybooks(
  { projectDir, playbooks, projectPlaybooks = [] }: CompileOptions,
  chosen: readonly LoadedPlay[],
): readonly string[] {
  if (chosen.every(({ roles }) => roles.length === 0)) return [];
  const chosenFiles = new Set(playbooks.map((file) => resolve(projectDir, file)));
  return projectPlaybooks.filter((file) => !chosenFiles.has(resolve(projectDir, file)));
}

/**
 * What listens on a host because of all its roles but `raw`, in all plays, whatever tags were chosen.
 * @throws HomelabErrors what is wrong with those
 */
export function portsBeside(compiler: Compiler, raw: RawRole, target: Target): readonly RolePort[] {
  const nothing = { idsByName: new Map<string, readonly string[]>(), printing: [] };
  const plays = compiler.allPlays.filter(({ hosts }) => hosts.some(({ name }) => name === target.host.name));
  const entries = plays.flatMap((play) => {
    const roles = play.roles.filter((other) => other !== raw && other.role.ports !== undefined);
    if (roles.length === 0) return [];
    const binding = bindingFor(compiler, play, { ...target, ...nothing });
    return roles.map((other) => ({ raw: other, binding }));
  });
  return portsOfRoles(entries);
}
