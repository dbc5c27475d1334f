import { HomelabError } from './errors.js';
import { didYouMean } from './nearest.js';

/** Definitions that are found by name in the folders of the program, and imported one by one when they are asked for. */
export interface Definitions<Definition> {
  /** All names, sorted. Imports none of them. */
  readonly names: () => readonly string[];
  readonly has: (name: string) => boolean;
  /**
   * Imports the one file of `name`.
   * @throws HomelabError `core/unknown-…`; `core/bad-…` where the file's default export is no such definition
   */
  readonly load: (name: string) => Promise<Definition>;
}

/** A sort of definitions. */
export interface DefinitionSort {
  /** As the codes of its errors end, e.g. `kind`. */
  readonly word: string;
  /** What a person calls one. */
  readonly noun: string;
  /** The function that a definition is written with. */
  readonly maker: string;
  /** Which command lists them, a sentence. */
  readonly hint: string;
  /** The definitions of a folder: names with their files. @throws where it cannot be read */
  readonly filesIn: (folder: URL) => Iterable<readonly [name: string, file: URL]>;
  /** What a default export lacks to be one, or has wrong; empty: nothing. */
  readonly missingParts: (parts: Readonly<Record<string, unknown>>) => readonly string[];
}

/**
 * The definitions of these folders (each with a `/` at its end).
 * @throws HomelabError `core/no-…s` for a folder that cannot be read, `core/duplicate-…` for a name in two of them
 */
export function findDefinitions<Definition>(
  folders: readonly URL[],
  sort: DefinitionSort,
): Definitions<Definition> {
  const files = new Map<string, URL>();
  for (const folder of folders) {
    for (const [name, file] of filesIn(folder, sort)) {
      const other = files.get(name);
      if (other !== undefined) throw duplicate(name, [other, file], sort);
      files.set(name, file);
    }
  }
  const names = [...files.keys()].toSorted();
  return {
    names: () => names,
    has: (name) => files.has(name),
    load: async (name) => {
      const file = files.get(name);
      if (file === undefined) throw unknown(name, names, sort);
      const module = (await import(file.href)) as { readonly default?: unknown };
      const missing = missingParts(module.default, sort);
      if (missing.length > 0) throw bad(name, missing, sort);
      return module.default as Definition;
    },
  };
}

function filesIn(folder: URL, sort: DefinitionSort): Iterable<readonly [string, URL]> {
  try {
    return sort.filesIn(folder);
  } catch (cause) {
    throw new HomelabError({
      code: `core/no-${sort.word}s`,
      message: `cannot read the folder of ${sort.noun}s ${folder.href}`,
      hint: 'Reinstall homelab: its files are not complete.',
      cause,
    });
  }
}

function missingParts(value: unknown, sort: DefinitionSort): readonly string[] {
  if (typeof value !== 'object' || value === null) return ['a default export'];
  const parts = value as Readonly<Record<string, unknown>>;
  const schema = parts['params'] as { safeParse?: unknown } | null | undefined;
  return [
    ...(typeof parts['summary'] === 'string' ? [] : ['summary']),
    ...(typeof schema?.safeParse === 'function' ? [] : ['params']),
    ...(Array.isArray(parts['examples']) ? [] : ['examples']),
    ...sort.missingParts(parts),
  ];
}

function duplicate(name: string, files: readonly URL[], { word, noun }: DefinitionSort): HomelabError {
  return new HomelabError({
    code: `core/duplicate-${word}`,
    message: `the ${noun} "${name}" is defined twice: ${files.map((file) => file.href).join(', ')}`,
    hint: 'Give one of them another name.',
  });
}

function unknown(name: string, names: readonly string[], { word, noun, hint }: DefinitionSort): HomelabError {
  return new HomelabError({
    code: `core/unknown-${word}`,
    message: `there is no ${noun} "${name}"`,
    hint: didYouMean(name, names) ?? hint,
  });
}

function bad(name: string, missing: readonly string[], { word, noun, maker }: DefinitionSort): HomelabError {
  return new HomelabError({
    code: `core/bad-${word}`,
    message: `the file of the ${noun} "${name}" exports no definition; wrong or missing: ${missing.join(', ')}`,
    hint: `Its default export has to be what \`${maker}\` returns.`,
  });
}

/** The names among `names` that are no functions in `parts`. */
export function noFunctions(parts: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  return names.filter((name) => typeof parts[name] !== 'function');
}

/** As {@link noFunctions}; what is left out is right. */
export function noOptionalFunctions(
  parts: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string[] {
  return noFunctions(parts, names).filter((name) => parts[name] !== undefined);
}
