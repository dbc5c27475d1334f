import { readdirSync } from 'node:fs';
import { findDefinitions, noFunctions, noOptionalFunctions } from './definitions.js';
import type { AnyDrain } from './drain.js';

/** The drain adapters there are. An adapter is a file: its name is the adapter's, its default export the definition. */
export interface DrainRegistry {
  /** Names of all adapters, sorted. Imports none of them. */
  adapters(): readonly string[];
  has(adapter: string): boolean;
  /**
   * Imports the one file of `adapter`.
   * @throws HomelabError `core/unknown-drain`; `core/bad-drain` where its default export is no definition
   */
  load(adapter: string): Promise<AnyDrain>;
}

/**
 * Adapters from the files directly in `folders` (each with a `/` at its end). The default is the folder `rolling/drains`
 * beside the folder of this module, as for kinds.
 * @throws HomelabError `core/no-drains` for a folder that cannot be read, `core/duplicate-drain` for a name in two of them
 */
export function createDrainRegistry(
  folders: readonly URL[] = [new URL('../rolling/drains/', import.meta.url)],
): DrainRegistry {
  const { names, has, load } = findDefinitions<AnyDrain>(folders, {
    word: 'drain',
    noun: 'drain adapter',
    maker: 'defineDrain',
    hint: 'docs/upgrades.md lists the adapters.',
    filesIn: adapterFiles,
    missingParts: (parts) => [
      ...noFunctions(parts, ['find', 'describe', 'drain', 'undrain', 'pending']),
      ...noOptionalFunctions(parts, ['refuses', 'isLeader', 'votes', 'stopsService']),
    ],
  });
  return { adapters: names, has, load };
}

function adapterFiles(folder: URL): (readonly [string, URL])[] {
  return readdirSync(folder).flatMap((file) => {
    const name = /^([a-z][a-z0-9]*)\.(?:ts|js)$/.exec(file)?.[1];
    return name === undefined ? [] : [[name, new URL(file, folder)] as const];
  });
}
