import { resolve } from 'node:path';
import { HomelabError, type SourcePosition } from '../core/errors.js';
import type { AnyTask } from '../core/task.js';
import { openDocument } from '../secrets/open-document.js';
import type { SecretOpener } from '../secrets/secret-opener.js';
import { checkSchema } from '../yaml/check-schema.js';
import type { YamlDocument, YamlPath } from '../yaml/document.js';
import { readYamlFile } from '../yaml/parse-yaml.js';
import { checkActionNames, checkIds, checkVariableNames } from './check-names.js';
import { loadRoles, NO_ROLES, parseRoles } from './load-roles.js';
import { asArray, asMapping, isMapping } from './loose-values.js';
import { collect, collectAsync } from './mistakes.js';
import type { KnownRoles, RawRole, RoleSource } from './raw-role.js';
import { parseItem, type KnownKinds, type ParsingPlace, type RawItem } from './raw-item.js';
import { checkWrittenParams, type WrittenParams } from './written-params.js';
import { playbookSchema, playSchema, type PlaySource } from './schema.js';

/** Where kinds come from; the registry of the core is one. */
export interface KindSource {
  kinds(): readonly string[];
  load(kind: string): Promise<AnyTask>;
}

/** What playbooks need besides their files. */
export interface PlaybookSources {
  readonly kinds: KindSource;
  /** Default: there are none. */
  readonly roles?: RoleSource | undefined;
  /** Opens encrypted values. */
  readonly secrets: SecretOpener;
  /** Where the files themselves are named. */
  readonly places?: ReadonlyMap<string, SourcePosition> | undefined;
  /** Absolute paths of files that are not the project's. */
  readonly paths?: ReadonlyMap<string, string> | undefined;
}

/** A play as written, its items told apart but not yet bound to a host. */
export interface LoadedPlay {
  readonly document: YamlDocument;
  /** Of the play in its document. */
  readonly path: YamlPath;
  readonly source: PlaySource;
  readonly roles: readonly RawRole[];
  readonly items: readonly RawItem[];
  readonly actions: ReadonlyMap<string, RawItem>;
  /** Ids of items that are left out of `items`, because something is wrong with them. */
  readonly brokenIds: readonly string[];
}

export interface LoadedPlaybooks {
  /** In the order of the files; without the plays and items that something is wrong with. */
  readonly plays: readonly LoadedPlay[];
  /** Everything that is wrong before any host is looked at. */
  readonly errors: readonly HomelabError[];
}

/**
 * The plays of some playbook files. Files are named relative to the project. Mistakes are not thrown but returned:
 * what is left can be looked at all the same.
 */
export async function loadPlaybooks(
  projectDir: string,
  files: readonly string[],
  { kinds, roles = NO_ROLES, secrets, places, paths }: PlaybookSources,
): Promise<LoadedPlaybooks> {
  const errors: HomelabError[] = [];
  const written = files.flatMap(
    (file) =>
      collect(errors, () => [
        readPlaybook({ file, path: paths?.get(file) ?? resolve(projectDir, file) }, places),
      ]) ?? [],
  );
  const documents: YamlDocument[] = [];
  for (const document of written) {
    // What cannot be opened is one mistake; the rest of the file is looked at all the same.
    documents.push((await collectAsync(errors, () => openDocument(document, secrets))) ?? document);
  }
  const known = { kinds: await loadKinds(documents, kinds), roles: await loadRoles(documents, roles) };
  const plays = documents.flatMap((document) => loadPlays({ document, ...known, errors }));
  return { plays, errors };
}

/** A playbook that cannot be read is a mistake where it is named. @throws as {@link readYamlFile} does */
function readPlaybook(
  { file, path }: { readonly file: string; readonly path: string },
  places: PlaybookSources['places'],
): YamlDocument {
  try {
    return readYamlFile(path, file);
  } catch (thrown) {
    const source = places?.get(file);
    if (!(thrown instanceof HomelabError) || thrown.code !== 'yaml/unreadable' || source === undefined)
      throw thrown;
    const { code, message, hint, cause } = thrown;
    throw new HomelabError({ code, message, hint, cause, source });
  }
}

/** Loads each kind that occurs as a key of an item, once. */
async function loadKinds(documents: readonly YamlDocument[], kinds: KindSource): Promise<KnownKinds> {
  const names = kinds.kinds();
  const used = new Set(documents.flatMap((document) => [...keysBelow(document.value, 0)]));
  const tasks = await Promise.all(
    names.filter((name) => used.has(name)).map(async (name) => [name, await kinds.load(name)] as const),
  );
  return { names, tasks: new Map(tasks) };
}

/** Keys down to where an item's kind can stand: play, tasks, item; or play, actions, name, item. */
function* keysBelow(value: unknown, depth: number): Generator<string> {
  if (depth > 3 || typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield key;
    yield* keysBelow(inner, depth + 1);
  }
}

interface Loading {
  readonly document: YamlDocument;
  readonly kinds: KnownKinds;
  readonly roles: KnownRoles;
  readonly errors: HomelabError[];
}

function loadPlays(loading: Loading): LoadedPlay[] {
  const { document, errors } = loading;
  const isEmpty = !Array.isArray(document.value) && Object.keys(document.value ?? {}).length === 0;
  const value = isEmpty ? [] : document.value;
  const checked = checkSchema({ document, path: [], value, schema: playbookSchema, code: 'playbook/schema' });
  errors.push(...checked.errors);
  return checked.isValid
    ? checked.value.flatMap((play, index) => loadPlay(loading, play, [index]) ?? [])
    : [];
}

/** The play; undefined where its own keys are wrong. Its roles and items are checked even then. */
function loadPlay(loading: Loading, value: unknown, path: YamlPath): LoadedPlay | undefined {
  const { document, kinds, errors } = loading;
  const checked = checkSchema({ document, path, schema: playSchema, code: 'playbook/schema' });
  errors.push(...checked.errors);
  const { vars, roles, tasks, actions } = asMapping(value);
  const parse = (raw: unknown, itemPath: YamlPath, isAction: boolean): RawItem | undefined => {
    if (!isMapping(raw)) return undefined;
    const written = checkKinds({ document, kinds, path: itemPath }, raw);
    errors.push(...[...written.values()].flatMap((one) => one.errors));
    return collect(errors, () => parseItem({ document, kinds, path: itemPath, isAction, written }, raw));
  };
  const rolesPlace = { document, path: [...path, 'roles'], known: loading.roles };
  const parsedRoles = parseRoles(rolesPlace, roles, errors);
  const rawItems = asArray(tasks);
  const items = rawItems.flatMap((raw, index) => parse(raw, [...path, 'tasks', index], false) ?? []);
  const parsedActions = Object.entries(asMapping(actions)).flatMap(([name, raw]) => {
    const action = parse(raw, [...path, 'actions', name], true);
    return action === undefined ? [] : [[name, action] as const];
  });
  const ids = rawItems.map((raw) => asMapping(raw)['id']);
  errors.push(
    ...checkVariableNames(document, [...path, 'vars'], Object.keys(asMapping(vars))),
    ...checkIds(document, [...path, 'tasks'], ids),
    ...items.flatMap((item) => checkActionNames(item, Object.keys(asMapping(actions)))),
  );
  if (!checked.isValid) return undefined;
  const parsedIds = items.map((item) => item.frame.id);
  const brokenIds = ids.filter((id) => typeof id === 'string').filter((id) => !parsedIds.includes(id));
  const written = { roles: parsedRoles, items, actions: new Map(parsedActions) };
  return { document, path, source: checked.value, ...written, brokenIds };
}

/** The parameters of each kind that an item has, whatever else is wrong with it. */
function checkKinds(
  { document, kinds, path }: Pick<ParsingPlace, 'document' | 'kinds' | 'path'>,
  raw: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, WrittenParams> {
  const used = [...kinds.tasks].filter(([kind]) => Object.hasOwn(raw, kind));
  return new Map(
    used.map(([kind, task]) => [
      kind,
      checkWrittenParams({ document, path: [...path, kind], task, value: raw[kind] ?? {} }),
    ]),
  );
}
