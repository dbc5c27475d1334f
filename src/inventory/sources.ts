import { readdirSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { HomelabError } from '../core/errors.js';
import type { YamlDocument } from '../yaml/document.js';
import { parseYaml, readYamlFile } from '../yaml/parse-yaml.js';
import type { Problems } from './problems.js';
import { displayPath } from './project.js';
import { readDynamicSource } from './dynamic-source.js';

/** Where an inventory is read from. */
export interface InventoryPlace {
  readonly projectDir: string;
  /** Replaces the host files of `inventory/`; absolute. */
  readonly inventoryFile: string | undefined;
  /** Texts by absolute path that stand for YAML files. */
  readonly texts?: ReadonlyMap<string, string> | undefined;
}

/** The folder whose `group_vars` and `host_vars` belong to the inventory. */
export function inventoryFolder({ projectDir, inventoryFile }: InventoryPlace): string {
  return inventoryFile === undefined ? join(projectDir, 'inventory') : dirname(inventoryFile);
}

/** Whether a file's name ends as YAML files do. */
export function isYamlName(name: string): boolean {
  return ['.yml', '.yaml'].includes(extname(name));
}

/** Names in a folder, sorted, hidden ones left out; empty where there is no such folder. */
export function visibleNames(folder: string): string[] {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder
    ? readdirSync(folder)
        .filter((name) => !name.startsWith('.'))
        .toSorted()
    : [];
}

export interface Sources {
  /** Of the files that could be read. */
  readonly documents: readonly YamlDocument[];
  /** As the user would type them, those that cannot be read included. */
  readonly shown: readonly string[];
}

/**
 * Every file of hosts and groups, in the order of their names: YAML files are read, executable ones are run. Other
 * files (`known_hosts`, a README) are no part of the inventory.
 */
export async function readSources(place: InventoryPlace, problems: Problems): Promise<Sources> {
  const files = sourceFiles(place);
  if (files.length === 0) {
    problems.add(
      new HomelabError({
        code: 'inventory/not-found',
        message: 'there is no inventory: no *.yml in the folder inventory',
        hint: 'Make one with `homelab init`, or name a file with -i FILE.',
      }),
    );
  }
  const documents: YamlDocument[] = [];
  const allShown: string[] = [];
  for (const file of files) {
    const shown = displayPath(place.projectDir, file);
    const document = await problems.collectAsync(() => readSource(file, shown, place));
    if (document !== undefined) documents.push(document);
    allShown.push(document?.file ?? shown);
  }
  return { documents, shown: allShown };
}

async function readSource(file: string, shown: string, place: InventoryPlace): Promise<YamlDocument> {
  const text = place.texts?.get(file);
  if (text !== undefined) return parseYaml(text, shown);
  if (isYamlName(file) || !isExecutable(file)) return readYamlFile(file, shown);
  return readDynamicSource(file, shown, place.projectDir);
}

/** Whether `inventoryFile` is another inventory than the one that the project has by itself, `own` of its settings or its folder. */
export function isOtherInventory(
  inventoryFile: string,
  { projectDir, own }: { readonly projectDir: string; readonly own: string | undefined },
): boolean {
  const files = sourceFiles({ projectDir, inventoryFile: own });
  return files.length !== 1 || files[0] !== inventoryFile;
}

function sourceFiles(place: InventoryPlace): string[] {
  if (place.inventoryFile !== undefined) return [place.inventoryFile];
  const folder = inventoryFolder(place);
  const found = visibleNames(folder)
    .filter((name) => name !== 'known_hosts')
    .map((name) => join(folder, name))
    .filter((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      // A dangling link is read, so that it is reported rather than left out.
      if (found === undefined) return isYamlName(file);
      return found.isFile() && (isYamlName(file) || isExecutable(file));
    });
  return [...new Set([...found, ...(place.texts?.keys() ?? [])])].toSorted();
}

function isExecutable(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) !== 0;
}
