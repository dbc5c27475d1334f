import { join } from 'node:path';
import { HomelabError, HomelabErrors } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import type { AnyTask } from '../core/task.js';
import { checkSchema } from '../yaml/check-schema.js';
import type { YamlDocument, YamlPath } from '../yaml/document.js';
import { readYamlFile } from '../yaml/parse-yaml.js';
import { parseItem, type KnownKinds, type RawItem } from './raw-item.js';
import { playbookSchema, type PlaySource } from './schema.js';

/** Where kinds come from; the registry of the core is one. */
export interface KindSource {
  kinds(): readonly string[];
  load(kind: string): Promise<AnyTask>;
}

/** A play as written, its items told apart but not yet bound to a host. */
export interface LoadedPlay {
  readonly document: YamlDocument;
  /** Of the play in its document. */
  readonly path: YamlPath;
  readonly source: PlaySource;
  readonly items: readonly RawItem[];
  readonly actions: ReadonlyMap<string, RawItem>;
}

/**
 * The plays of some playbook files, in their order. Files are named relative to the project.
 * @throws HomelabErrors everything that is wrong with them, before any host is looked at
 */
export async function loadPlaybooks(
  projectDir: string,
  files: readonly string[],
  kinds: KindSource,
): Promise<readonly LoadedPlay[]> {
  const errors: HomelabError[] = [];
  const documents = files.flatMap(
    (file) => collect(errors, () => [readYamlFile(join(projectDir, file), file)]) ?? [],
  );
  const known = await loadKinds(documents, kinds);
  const plays = documents.flatMap((document) => loadPlays(document, known, errors));
  if (errors.length > 0) throw new HomelabErrors(errors);
  return plays;
}

/** What `read` returns; its errors go to `errors`, whether it threw one or many. */
export function collect<T>(errors: HomelabError[], read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof HomelabErrors) errors.push(...thrown.errors);
    else if (thrown instanceof HomelabError) errors.push(thrown);
    else throw thrown;
    return undefined;
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
  if (depth > 5 || typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield key;
    yield* keysBelow(inner, depth + 1);
  }
}

function loadPlays(document: YamlDocument, kinds: KnownKinds, errors: HomelabError[]): LoadedPlay[] {
  const isEmpty = !Array.isArray(document.value) && Object.keys(document.value ?? {}).length === 0;
  const value = isEmpty ? [] : document.value;
  const checked = checkSchema({ document, path: [], value, schema: playbookSchema, code: 'playbook/schema' });
  if (!checked.isValid) {
    errors.push(...checked.errors);
    return [];
  }
  return checked.value.map((source, index) => loadPlay({ document, kinds, errors }, source, [index]));
}

interface Loading {
  readonly document: YamlDocument;
  readonly kinds: KnownKinds;
  readonly errors: HomelabError[];
}

function loadPlay(loading: Loading, source: PlaySource, path: YamlPath): LoadedPlay {
  const { document, kinds, errors } = loading;
  const parse = (raw: Record<string, unknown>, itemPath: YamlPath): RawItem | undefined =>
    collect(errors, () => parseItem({ document, kinds, path: itemPath }, raw));
  const items = (source.tasks ?? []).flatMap((raw, index) => parse(raw, [...path, 'tasks', index]) ?? []);
  const actions = Object.entries(source.actions ?? {}).flatMap(([name, raw]) => {
    const action = parse(raw, [...path, 'actions', name]);
    return action === undefined ? [] : [[name, action] as const];
  });
  for (const item of items) checkActionNames(loading, item, Object.keys(source.actions ?? {}));
  return { document, path, source, items, actions: new Map(actions) };
}

function checkActionNames({ document, errors }: Loading, item: RawItem, names: readonly string[]): void {
  for (const [index, name] of item.onChange.entries()) {
    if (names.includes(name)) continue;
    const isList = Array.isArray(item.frame.on_change);
    errors.push(
      new HomelabError({
        code: 'playbook/unknown-action',
        message: `the play has no action "${name}"`,
        hint: didYouMean(name, names) ?? 'Write it under `actions` of the play.',
        source: document.locate([...item.path, 'on_change', ...(isList ? [index] : [])]),
      }),
    );
  }
}
