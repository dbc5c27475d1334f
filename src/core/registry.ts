import { readdirSync } from 'node:fs';
import { HomelabError } from './errors.js';
import { didYouMean } from './nearest.js';
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

/**
 * Kinds from the files directly in `folders` (each with a `/` at its end): `.ts` in development, `.js` when built.
 * The default is the folder `tasks` beside the folder of this module, which holds for `src/core` and for a bundle whose
 * chunks lie in `dist/core`; a bundle laid out otherwise passes its own.
 * @throws HomelabError `core/no-kinds` for a folder that cannot be read, `core/duplicate-kind` for a name in two of them
 */
export function createRegistry(folders: readonly URL[] = [new URL('../tasks/', import.meta.url)]): Registry {
  const files = new Map<string, URL>();
  for (const folder of folders) {
    for (const name of listFolder(folder)) {
      const kind = /^([a-z][a-z0-9_]*)\.(?:ts|js)$/.exec(name)?.[1];
      if (kind === undefined) continue;
      const file = new URL(name, folder);
      const other = files.get(kind);
      if (other !== undefined) throw duplicateKind(kind, [other, file]);
      files.set(kind, file);
    }
  }
  const kinds = [...files.keys()].toSorted();
  return {
    kinds: () => kinds,
    has: (kind) => files.has(kind),
    load: async (kind) => {
      const file = files.get(kind);
      if (file === undefined) throw unknownKind(kind, kinds);
      const module = (await import(file.href)) as { readonly default?: unknown };
      return checkShape(kind, module.default);
    },
  };
}

function listFolder(folder: URL): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new HomelabError({
      code: 'core/no-kinds',
      message: `cannot read the folder of task kinds ${folder.href}`,
      hint: 'Reinstall homelab: its files are not complete.',
      cause,
    });
  }
}

function duplicateKind(kind: string, files: readonly URL[]): HomelabError {
  return new HomelabError({
    code: 'core/duplicate-kind',
    message: `the task kind "${kind}" is defined twice: ${files.map((file) => file.href).join(', ')}`,
    hint: 'Give one of the files another name.',
  });
}

function unknownKind(kind: string, kinds: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'core/unknown-kind',
    message: `there is no task kind "${kind}"`,
    hint: didYouMean(kind, kinds) ?? '`homelab tasks` lists the kinds.',
  });
}

const FUNCTIONS = ['desired', 'probe', 'steps'] as const;
const OPTIONAL_FUNCTIONS = [
  'prepare',
  'touches',
  'isVerifiable',
  'isAction',
  'isDoneByBoot',
  'isGuarded',
] as const;

function checkShape(kind: string, value: unknown): AnyTask {
  const missing = missingParts(value);
  if (missing.length === 0) return value as AnyTask;
  throw new HomelabError({
    code: 'core/bad-kind',
    message: `the file of the task kind "${kind}" exports no task definition; wrong or missing: ${missing.join(', ')}`,
    hint: 'Its default export has to be what `defineTask` returns.',
  });
}

function missingParts(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['a default export'];
  const parts = value as Record<string, unknown>;
  const schema = parts['params'] as { safeParse?: unknown } | null | undefined;
  return [
    ...(typeof parts['summary'] === 'string' ? [] : ['summary']),
    ...(typeof schema?.safeParse === 'function' ? [] : ['params']),
    ...(Array.isArray(parts['examples']) ? [] : ['examples']),
    ...FUNCTIONS.filter((name) => typeof parts[name] !== 'function'),
    ...OPTIONAL_FUNCTIONS.filter((name) => !['function', 'undefined'].includes(typeof parts[name])),
  ];
}
