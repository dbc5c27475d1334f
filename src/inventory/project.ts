import { statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { HomelabError } from '../core/errors.js';

/** The settings file of a project. */
export const SETTINGS_FILE = 'homelab.yml';

/**
 * The project's folder, absolute: `explicit` itself, or the nearest of `startDir` and its parents that holds
 * `homelab.yml` or a folder `inventory`.
 * @throws HomelabError `project/not-found`
 */
export function findProject(startDir: string, explicit?: string): string {
  if (explicit !== undefined) {
    const folder = resolve(startDir, explicit);
    if (isProject(folder)) return folder;
    throw notFound(`${explicit} holds neither ${SETTINGS_FILE} nor a folder inventory`);
  }
  let folder = resolve(startDir);
  while (!isProject(folder)) {
    const parent = dirname(folder);
    if (parent === folder) throw notFound('this folder is not in a homelab project');
    folder = parent;
  }
  return folder;
}

/** How a file is named to the user: relative to the project, absolute outside of it. */
export function displayPath(projectDir: string, path: string): string {
  const shown = relative(projectDir, path);
  return shown === '..' || shown.startsWith(`..${sep}`) ? path : shown;
}

/** Whether every account of this machine may write to `path`. A missing file is not. */
export function isWorldWritable(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & 0o002) !== 0;
}

function isProject(folder: string): boolean {
  const isFile = statSync(join(folder, SETTINGS_FILE), { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile || (statSync(join(folder, 'inventory'), { throwIfNoEntry: false })?.isDirectory() ?? false);
}

function notFound(message: string): HomelabError {
  return new HomelabError({
    code: 'project/not-found',
    message,
    hint: 'Make one with `homelab init`, or name its folder with -C DIR.',
  });
}
