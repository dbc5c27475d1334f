import { HomelabError } from '../../core/errors.js';
import type { State } from '../../core/state.js';
import type { ReadableHost } from '../../core/task.js';
import { files, type FileEntry, type FileType } from '../../probes/files.js';

const NAMES: Readonly<Record<FileType, string>> = {
  file: 'a file',
  directory: 'a directory',
  link: 'a symbolic link',
  other: 'neither a file, a directory nor a link',
  hidden: 'hidden',
};

/**
 * What is at `path`, null where nothing is.
 * @throws HomelabError `task/permission-denied` where that cannot be known, `task/wrong-type` where it is none of `types`
 */
export async function readEntry(
  host: ReadableHost,
  path: string,
  types: readonly FileType[],
): Promise<FileEntry | null> {
  const entry = await host.read(files, path);
  if (entry === null || types.includes(entry.type)) return entry;
  if (entry.type === 'hidden') throw permissionDenied(path);
  const target = entry.target === undefined ? '' : ` to ${entry.target}`;
  throw new HomelabError({
    code: 'task/wrong-type',
    message: `${path} is ${NAMES[entry.type]}${target}, not ${types.map((type) => NAMES[type]).join(' or ')}`,
    hint: 'Nothing is replaced by something of another sort: remove it first, or name another path.',
  });
}

/** The error for a path that the account at hand may not read. */
export function permissionDenied(path: string): HomelabError {
  return new HomelabError({
    code: 'task/permission-denied',
    message: `${path} cannot be read`,
    hint: 'Set `become: sudo` for the host in the inventory, or connect as root.',
  });
}

/** Who may do what with a path; what is undefined stays as found. */
export interface Access {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** The wanted fields of `access`. */
export function desiredAccess({ mode, owner, group }: Access): State {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
}

/** The same fields as found. An owner that is wanted by number is compared by number. */
export function observedAccess(
  entry: FileEntry,
  { owner, group }: Access,
): { mode: string; owner: string; group: string } {
  return {
    mode: entry.mode,
    owner: isNumber(owner) ? entry.uid : entry.owner,
    group: isNumber(group) ? entry.gid : entry.group,
  };
}

/** Whether an account is named by its number. */
export function isNumber(name: string | undefined): boolean {
  return name !== undefined && /^\d+$/.test(name);
}

/** What `access` touches besides its path. */
export function touchedAccounts({ owner, group }: Access): string[] {
  return [owner, group]
    .filter((name) => name !== undefined && !isNumber(name))
    .map((name) => `account:${name}`);
}
