import { dirname } from 'node:path/posix';
import { namesakesOf } from '../../core/namesakes.js';
import type { MaybeState } from '../../core/state.js';
import type { Foresight } from '../../core/task.js';
import { isNumber, type Access } from './file-entry.js';

/** The accounts of `access` as a plan requires them; numbers need nobody. @see Foresight.requires */
export function requiredAccounts({ owner, group }: Access): string[] {
  return [...(owner === undefined || isNumber(owner) ? [] : [`user:${owner}`]), ...requiredGroups([group])];
}

/** Groups as a plan requires them; one that is not given, or by number, needs nothing. */
export function requiredGroups(groups: readonly (string | undefined)[]): string[] {
  const named = groups.filter((group) => group !== undefined && !isNumber(group));
  return [...new Set(named)].map((group) => `group:${group}`);
}

/** The program that a command begins with, as a plan requires it; one that is named by its path is looked for by nobody. */
export function requiredProgram(name: string): string[] {
  return name === '' || name.includes('/') ? [] : [`program:${name}`];
}

/** What a file needs that is written where its directory is not made. Nothing, where it is to be absent. */
export function foreseeFile(file: Access & WrittenFile): Foresight {
  const { path, state, validate = [] } = file;
  if (state === 'absent') return {};
  return {
    requires: [`path:${dirname(path)}`, ...requiredAccounts(file), ...requiredProgram(validate[0] ?? '')],
  };
}

interface WrittenFile {
  readonly path: string;
  readonly state: string;
  readonly validate?: readonly string[] | undefined;
}

/**
 * The same of a part of a file, which is made only where `create` says so. What is to be absent from a file that is not
 * there may stand in the one that a package brings: nobody can tell but by its name.
 */
export function foreseeEdit(
  { path, state, create, validate = [] }: WrittenFile & { readonly create: boolean },
  before: MaybeState,
): Foresight {
  if (create && state !== 'absent') return foreseeFile({ path, state, validate });
  const needs = { makes: [], requires: requiredProgram(validate[0] ?? '') };
  const isThere = before === null || 'content' in before;
  if (state !== 'absent' || isThere) return needs;
  const why = `whether it stands in ${path} shows then`;
  return { ...needs, hingesOn: { things: namesakesOf(`path:${path}`), why } };
}
