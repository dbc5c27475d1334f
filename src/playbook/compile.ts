import { HomelabError, HomelabErrors } from '../core/errors.js';
import type { Facts } from '../core/facts.js';
import type { HostConfig, Inventory, Variable } from '../core/host-config.js';
import type { HostPlay, Item, Play } from '../core/item.js';
import { didYouMean } from '../core/nearest.js';
import { selectHosts } from '../inventory/select-hosts.js';
import { layerOf } from '../inventory/variables.js';
import { createRenderer, type Renderer } from '../render/renderer.js';
import { compileItem, type Binding, type NamelessItem } from './compile-item.js';
import { HostValueSource } from './host-values.js';
import { collect, loadPlaybooks, type KindSource, type LoadedPlay } from './load-playbooks.js';
import type { RawItem } from './raw-item.js';
import { ProjectFolder } from './template-folder.js';

export interface CompileOptions {
  readonly projectDir: string;
  readonly inventory: Inventory;
  /** Relative to the project, in the order they run. */
  readonly playbooks: readonly string[];
  /** The chosen hosts: plays are bound to those of them that they name. */
  readonly hosts: readonly HostConfig[];
  readonly kinds: KindSource;
  /** Only items with one of these tags; empty: all. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/**
 * Playbooks as plays that can be carried out. Everything is checked here, for every chosen host, before anything is
 * connected: names, types, variables, templates. What depends on facts is checked with examples, and again by
 * {@link Play.compile} once the facts are known.
 * @throws HomelabErrors everything that is wrong, in the order of the files
 */
export async function compilePlaybooks(options: CompileOptions): Promise<readonly Play[]> {
  const loaded = await loadPlaybooks(options.projectDir, options.playbooks, options.kinds);
  checkTags(loaded, [...options.tags, ...options.skipTags]);
  const folder = new ProjectFolder(options.projectDir);
  const renderer = createRenderer(folder);
  const compiler: Compiler = {
    options,
    folder,
    renderer,
    values: new HostValueSource(options.inventory, renderer),
  };
  const errors: HomelabError[] = [];
  const plays = loaded.flatMap((play) => collect(errors, () => bindPlay(compiler, play)) ?? []);
  for (const { play, bound } of plays) {
    for (const host of bound) errors.push(...compileFor(compiler, play, { host, facts: undefined }).errors);
  }
  if (errors.length > 0) throw new HomelabErrors(unique(errors));
  return plays.map(({ play, bound }) => ({
    name: play.source.name,
    hosts: bound.map((host) => host.name),
    serial: play.source.serial,
    compile: (host, facts) => {
      const compiled = compileFor(compiler, play, { host, facts });
      if (compiled.errors.length > 0) throw new HomelabErrors(compiled.errors);
      return compiled.play;
    },
  }));
}

interface Compiler {
  readonly options: CompileOptions;
  readonly folder: ProjectFolder;
  readonly renderer: Renderer;
  readonly values: HostValueSource;
}

/** A play with the chosen hosts that it names. */
function bindPlay(
  { options }: Compiler,
  play: LoadedPlay,
): { play: LoadedPlay; bound: readonly HostConfig[] } {
  const { hosts } = play.source;
  try {
    const named = selectHosts(options.inventory, typeof hosts === 'string' ? [hosts] : hosts);
    return { play, bound: named.filter((host) => options.hosts.includes(host)) };
  } catch (thrown) {
    if (!(thrown instanceof HomelabError)) throw thrown;
    const { code, message, hint } = thrown;
    throw new HomelabError({ code, message, hint, source: play.document.locate([...play.path, 'hosts']) });
  }
}

interface Target {
  readonly host: HostConfig;
  /** Undefined before the host was asked. */
  readonly facts: Facts | undefined;
}

function compileFor(compiler: Compiler, play: LoadedPlay, { host, facts }: Target) {
  const { options, folder, renderer } = compiler;
  const errors: HomelabError[] = [];
  const values = compiler.values.valuesOf(host, playVars(play), facts);
  // A variable that no item reads may be wrong all the same.
  if (facts === undefined) collect(errors, () => Object.values(values.vars));
  const ids = new ItemIds(play.source.name);
  const idsByName = new Map<string, string[]>();
  const bind = (isAction: boolean): Binding => ({
    host,
    facts,
    values,
    renderer,
    folder,
    idsByName,
    isAction,
  });
  const compileAll = (raw: RawItem, isAction: boolean): NamelessItem[] =>
    collect(errors, () => compileItem(raw, bind(isAction))) ?? [];
  const items = play.items.flatMap((raw) => {
    const compiled = compileAll(raw, false).map((item) => ids.give(item, raw.frame.id));
    if (raw.frame.id !== undefined)
      idsByName.set(
        raw.frame.id,
        compiled.map((item) => item.id),
      );
    return isChosen(raw, options) ? compiled : [];
  });
  const actions = new Map<string, Item>();
  for (const [name, raw] of play.actions) {
    const [action] = compileAll(raw, true);
    if (action !== undefined && action.skipReason === undefined)
      actions.set(name, ids.give({ ...action, name }));
  }
  const hostPlay: HostPlay = { items, actions };
  return { play: hostPlay, errors };
}

function playVars({ source, document, path }: LoadedPlay): ReadonlyMap<string, Variable> {
  return layerOf(source.vars ?? {}, `play ${source.name}`, (name) =>
    document.locateKey([...path, 'vars', name]),
  );
}

function isChosen(raw: RawItem, { tags, skipTags }: CompileOptions): boolean {
  if (raw.tags.some((tag) => skipTags.includes(tag))) return false;
  return tags.length === 0 || raw.tags.some((tag) => tags.includes(tag));
}

function checkTags(plays: readonly LoadedPlay[], wanted: readonly string[]): void {
  const known = new Set(plays.flatMap((play) => play.items.flatMap((item) => item.tags)));
  const unknown = wanted.find((tag) => !known.has(tag));
  if (unknown === undefined) return;
  throw new HomelabError({
    code: 'usage/unknown-tag',
    message: `no item has the tag "${unknown}"`,
    hint:
      didYouMean(unknown, known) ??
      (known.size === 0 ? 'No item has tags.' : `Tags: ${[...known].join(', ')}.`),
  });
}

/** Ids `play/item`, each given once. */
class ItemIds {
  readonly #play: string;
  readonly #given = new Set<string>();

  constructor(play: string) {
    this.#play = slug(play) || 'play';
  }

  give(item: NamelessItem, name: string = item.name): Item {
    const base = `${this.#play}/${slug(name) || item.kind}`;
    let id = base;
    for (let count = 2; this.#given.has(id); count++) id = `${base}-${count}`;
    this.#given.add(id);
    return { ...item, id };
  }
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
}

/** The same mistake of several hosts is told once. */
function unique(errors: readonly HomelabError[]): HomelabError[] {
  const byPlace = errors.map(
    (error) => [JSON.stringify([error.code, error.message, error.source]), error] as const,
  );
  return [...new Map(byPlace).values()];
}
