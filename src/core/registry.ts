import { readdirSync } from 'node:fs';
import { findDefinitions, noFunctions, noOptionalFunctions } from './definitions.js';
import type { AnyTask } from './task.js';

/** The task kinds there are. A kind is a file: its name is the kind, its default export the definition. */
export interface Registry {
  /** Names of all kinds, sorted. Imports none of them. */
  kinds(): readonly string[];
  has(kind: string): boolean;
  /**
   * Imports the one file of `kind`.
   * @throws HomelabError `core/unknown-kind`; `core/bad-kind` where the file's default export is no task definition
   */
  load(kind: string): Promise<AnyTask>;
}

const FUNCTIONS = ['desired', 'probe', 'steps'] as const;
const OPTIONAL_FUNCTIONS = [
  'desiredOf',
  'prepare',
  'join',
  'touches',
  'isVerifiable',
  'isAction',
  'isDoneByBoot',
  'isGuarded',
] as const;

/**
 * Kinds from the files directly in `folders` (each with a `/` at its end): `.ts` in development, `.js` when built.
 * The default is the folder `tasks` beside the folder of this module, which holds for `src/core` and for a bundle whose
 * chunks lie in `dist/core`; a bundle laid out otherwise passes its own.
 * @throws HomelabError `core/no-kinds` for a folder that cannot be read, `core/duplicate-kind` for a name in two of them
 */
export function createRegistry(folders: readonly URL[] = [new URL('../tasks/', import.meta.url)]): Registry {
  const { names, has, load } = findDefinitions<AnyTask>(folders, {
    word: 'kind',
    noun: 'task kind',
    maker: 'defineTask',
    hint: '`homelab tasks` lists the kinds.',
    filesIn: kindFiles,
    missingParts: (parts) => [
      ...noFunctions(parts, FUNCTIONS),
      ...noOptionalFunctions(parts, OPTIONAL_FUNCTIONS),
    ],
  });
  return { kinds: names, has, load };
}

function kindFiles(folder: URL): (readonly [string, URL])[] {
  return readdirSync(folder).flatMap((name) => {
    const kind = /^([a-z][a-z0-9_]*)\.(?:ts|js)$/.exec(name)?.[1];
    return kind === undefined ? [] : [[kind, new URL(name, folder)] as const];
  });
}
