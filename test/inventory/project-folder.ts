import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type HomelabError, HomelabErrors } from '../../src/core/errors.js';
import type { Inventory } from '../../src/core/host-config.js';
import { loadInventory, type InventoryOptions } from '../../src/inventory/load-inventory.js';

/** Files of a project, by path; `executable: true` gives one that can be run. */
export type ProjectFiles = Readonly<
  Record<string, string | { readonly text: string; readonly mode: number }>
>;

const folders: string[] = [];

/** A folder with files, until {@link removeProjects}. */
export function makeProject(files: ProjectFiles): string {
  const folder = mkdtempSync(join(tmpdir(), 'homelab-inventory-'));
  folders.push(folder);
  for (const [name, file] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof file === 'string' ? file : file.text);
    if (typeof file !== 'string') chmodSync(path, file.mode);
  }
  return folder;
}

/** Ends every folder that this file's tests made. */
export function removeProjects(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The inventory of a project with these files; a single text is `inventory/hosts.yml`. */
export function load(
  files: ProjectFiles | string,
  options: Partial<InventoryOptions> = {},
): Promise<Inventory> {
  const all = typeof files === 'string' ? { 'inventory/hosts.yml': files } : files;
  return loadInventory({ projectDir: makeProject(all), localUser: 'someone', ...options });
}

/** The errors of loading, as `file:line:column code message`; hosts.yml is left out of the place. */
export async function mistakes(
  files: ProjectFiles | string,
  options: Partial<InventoryOptions> = {},
): Promise<string[]> {
  return (await errorsOf(files, options)).map(({ source, code, message }) => {
    const file = source?.file === 'inventory/hosts.yml' ? '' : `${source?.file}:`;
    return `${file}${source?.line}:${source?.column} ${code.replace('inventory/', '')} ${message}`;
  });
}

/** The errors of loading; none where it loads. */
export async function errorsOf(
  files: ProjectFiles | string,
  options: Partial<InventoryOptions> = {},
): Promise<readonly HomelabError[]> {
  try {
    await load(files, options);
    return [];
  } catch (thrown) {
    if (thrown instanceof HomelabErrors) return thrown.errors;
    throw thrown;
  }
}
