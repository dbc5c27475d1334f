import type * as z from 'zod';
import { HomelabError, type SourcePosition } from '../core/errors.js';
import { checkSchema } from '../yaml/check-schema.js';
import type { YamlDocument, YamlPath } from '../yaml/document.js';
import { soundPart } from '../yaml/sound-part.js';
import { nameProblem, variableNameError } from './names.js';
import { placeText, type Problems } from './problems.js';
import { defaultsSchema, fileSchema, groupSchema, hostSchema } from './schema.js';
import type { GroupSource, HostSource } from './schema.js';

/** A piece of a file, checked by itself. */
export interface Piece<T> {
  readonly document: YamlDocument;
  readonly path: YamlPath;
  /** Where its name is written. */
  readonly source: SourcePosition;
  /** Without the keys that have mistakes: what is left is still there for others to name. */
  readonly value: T;
  readonly hasMistakes: boolean;
  /** Keys that were given, but wrong. */
  readonly lost: ReadonlySet<string>;
}

/** One setting or variable and the file it is in. */
export interface Entry {
  readonly value: unknown;
  readonly source: SourcePosition;
  readonly document: YamlDocument;
}

/** All files of an inventory put together; names not yet followed. */
export interface Draft {
  readonly vars: Map<string, Entry>;
  readonly defaults: Map<string, Entry>;
  readonly groups: Map<string, Piece<GroupSource>>;
  readonly hosts: Map<string, Piece<HostSource>>;
  /** False where the sections of a file are wrong: then names may be missing that it holds. */
  isComplete: boolean;
}

/** The draft of some files. A name given in two places is a mistake that names both. */
export function draftInventory(documents: readonly YamlDocument[], problems: Problems): Draft {
  const draft: Draft = {
    vars: new Map(),
    defaults: new Map(),
    groups: new Map(),
    hosts: new Map(),
    isComplete: true,
  };
  for (const document of documents) addFile(document, draft, problems);
  for (const [name, { source: second }] of draft.hosts) {
    const first = draft.groups.get(name)?.source;
    const message = `"${name}" is both a host and a group`;
    if (first !== undefined) problems.add(givenTwice({ code: 'inventory/name', message, first, second }));
  }
  return draft;
}

function addFile(document: YamlDocument, draft: Draft, problems: Problems): void {
  const checked = checkSchema({ document, path: [], schema: fileSchema, code: 'inventory/schema' });
  problems.add(...checked.errors);
  if (!checked.isValid) draft.isComplete = false;
  const raw = isMapping(document.value) ? document.value : {};
  const section = (name: string) => (isMapping(raw[name]) ? raw[name] : {});
  const entry = (path: YamlPath, value: unknown) => ({ value, source: document.locateKey(path), document });
  checkVariables({ document, path: ['vars'], values: section('vars') }, problems);
  for (const [name, value] of Object.entries(section('vars')))
    put(draft.vars, name, { entry: entry(['vars', name], value), what: 'variable', problems });
  const defaults = piece({ document, path: ['defaults'], schema: defaultsSchema, problems });
  for (const [name, value] of Object.entries(defaults.value))
    put(draft.defaults, name, { entry: entry(['defaults', name], value), what: 'default', problems });
  for (const name of Object.keys(section('groups'))) {
    const group = namedPiece({ document, path: ['groups', name], schema: groupSchema, problems });
    put(draft.groups, name, { entry: group, what: 'group', problems });
  }
  for (const name of Object.keys(section('hosts'))) {
    const host = namedPiece({ document, path: ['hosts', name], schema: hostSchema, problems });
    put(draft.hosts, name, { entry: host, what: 'host', problems });
  }
}

interface Wanted<S extends z.ZodObject> {
  readonly document: YamlDocument;
  readonly path: YamlPath;
  readonly schema: S;
  readonly problems: Problems;
}

/** A host or a group: its name and its variables' names are checked too. */
function namedPiece<S extends typeof hostSchema | typeof groupSchema>(wanted: Wanted<S>): Piece<z.output<S>> {
  const { document, path, problems } = wanted;
  const problem = nameProblem(String(path.at(-1)));
  if (problem !== undefined)
    problems.add(new HomelabError({ code: 'inventory/name', ...problem, source: document.locateKey(path) }));
  const found = piece(wanted);
  checkVariables({ document, path: [...path, 'vars'], values: found.value.vars ?? {} }, problems);
  return found;
}

/** The piece at a path; `name:` without a value, or a wrong one, is one with nothing in it. */
function piece<S extends z.ZodObject>({ document, path, schema, problems }: Wanted<S>): Piece<z.output<S>> {
  const written = path.reduce<unknown>(
    (value, part) => (isMapping(value) ? value[part] : undefined),
    document.value,
  );
  const source = document.locateKey(path);
  const checked = checkSchema({ document, path, value: written ?? {}, schema, code: 'inventory/schema' });
  problems.add(...checked.errors);
  const left = checked.isValid
    ? { value: checked.value as z.output<S>, lost: new Set<string>() }
    : soundPart(schema, written);
  return { document, path, source, hasMistakes: !checked.isValid, ...left };
}

function put<T extends { readonly source: SourcePosition }>(
  into: Map<string, T>,
  name: string,
  given: { readonly entry: T; readonly what: string; readonly problems: Problems },
): void {
  const { entry, what, problems } = given;
  const first = into.get(name)?.source;
  if (first === undefined) {
    into.set(name, entry);
    return;
  }
  const message = `the ${what} "${name}" is given twice`;
  problems.add(givenTwice({ code: 'inventory/given-twice', message, first, second: entry.source }));
}

/** Variables as written: a mapping in a file. */
export interface WrittenVariables {
  readonly document: YamlDocument;
  /** Of the mapping. */
  readonly path: YamlPath;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Reports names that cannot be variables. */
export function checkVariables({ document, path, values }: WrittenVariables, problems: Problems): void {
  for (const name of Object.keys(values)) {
    const error = variableNameError(name, document.locateKey([...path, name]));
    if (error !== undefined) problems.add(error);
  }
}

/** A mistake of two places: reported at the second, with the first in its hint. */
export function givenTwice(mistake: {
  readonly code: string;
  readonly message: string;
  readonly first: SourcePosition;
  readonly second: SourcePosition;
}): HomelabError {
  const { code, message, first, second } = mistake;
  return new HomelabError({
    code,
    message,
    hint: `The other one is at ${placeText(first)}.`,
    source: second,
  });
}

/** Whether a value is a mapping of YAML. */
export function isMapping(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
