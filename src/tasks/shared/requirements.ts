import { dirname } from 'node:path/posix';
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

/** What a file needs that is written where its directory is not made. Nothing, where it is to be absent. */
export function foreseeFile(file: Access & { readonly path: string; readonly state: string }): Foresight {
  if (file.state === 'absent') return {};
  return { requires: [`path:${dirname(file.path)}`, ...requiredAccounts(file)] };
}

/** The same of a part of a file, which is made only where `create` says so. */
export function foreseeEdit(edit: {
  readonly path: string;
  readonly state: string;
  readonly create: boolean;
}): Foresight {
  return edit.create ? foreseeFile({ path: edit.path, state: edit.state }) : { makes: [] };
}
