import { HomelabError, HomelabErrors } from '../core/errors.js';
import { FACT_EXAMPLES, type Facts } from '../core/facts.js';
import type { HostConfig, Inventory, Variable } from '../core/host-config.js';
import type { HostPlay, Item, Play } from '../core/item.js';
import { didYouMean } from '../core/nearest.js';
import { layerOf } from '../inventory/variables.js';
import { SecretOpener } from '../secrets/secret-opener.js';
import { createRenderer, type Renderer } from '../render/renderer.js';
import { bindPlay, type BoundPlay } from './bind-play.js';
import type { Binding } from './binding.js';
import { compileItem, printsAs } from './compile-item.js';
import { HostValueSource } from './host-values.js';
import { ItemIds, playSlugs } from './item-ids.js';
import { loadPlaybooks, type KindSource, type LoadedPlay } from './load-playbooks.js';
import { collect, Mistakes } from './mistakes.js';
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
  /** Opens encrypted values and files; default: there is no identity. */
  readonly secrets?: SecretOpener | undefined;
  /** Only items with one of these tags; empty: all. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/**
 * Playbooks as plays that can be carried out. Everything is checked here, for every chosen host, before anything is
 * connected: names, types, variables, templates. What depends on facts is judged by {@link Play.compile}, once they are
 * known.
 * @throws HomelabErrors everything that is wrong: in the inventory's files, then in the playbooks in their order, then in
 *   templates
 */
export async function compilePlaybooks(options: CompileOptions): Promise<readonly Play[]> {
  const { projectDir, inventory, playbooks, kinds, secrets = new SecretOpener() } = options;
  const loaded = await loadPlaybooks(projectDir, playbooks, { kinds, secrets });
  if (loaded.errors.length === 0) checkTags(loaded.plays, [...options.tags, ...options.skipTags]);
  const folder = new ProjectFolder(projectDir, secrets);
  const renderer = createRenderer(folder);
  const values = new HostValueSource(inventory, renderer);
  const compiler: Compiler = { options, folder, renderer, values };
  const slugs = playSlugs(loaded.plays.map((play) => play.source.name));
  const plays = loaded.plays.map((play, index) => bindPlay(options, play, slugs[index] ?? ''));
  const mistakes = await folder.withOpenFiles(() => mistakesIn(compiler, plays, loaded.errors));
  mistakes.throwIfAny([...inventory.files, ...playbooks]);
  return plays.map((play) => ({
    name: play.source.name,
    hosts: play.hosts.map((host) => host.name),
    serial: play.source.serial,
    compile: async (host, facts) => {
      const compiled = await folder.withOpenFiles(() => compileFor(compiler, play, { host, facts }));
      const wrong = new Mistakes();
      wrong.add(compiled.errors);
      wrong.throwIfAny([...inventory.files, ...playbooks]);
      return compiled.hostPlay;
    },
  }));
}

/** Everything that is wrong with the plays, besides `before`, as far as it can be told without facts. */
function mistakesIn(compiler: Compiler, plays: readonly BoundPlay[], before: readonly HomelabError[]) {
  const mistakes = new Mistakes();
  mistakes.add(before);
  for (const play of plays) {
    mistakes.add(play.errors);
    const names = play.hosts.map((host) => host.name);
    for (const host of play.hosts)
      mistakes.add(compileFor(compiler, play, { host, facts: undefined }).errors, host.name, names);
  }
  return mistakes;
}

interface Compiler {
  readonly options: CompileOptions;
  readonly folder: ProjectFolder;
  readonly renderer: Renderer;
  readonly values: HostValueSource;
}

interface Target {
  readonly host: HostConfig;
  /** Undefined before the host was asked. */
  readonly facts: Facts | undefined;
}

function compileFor(compiler: Compiler, play: BoundPlay, target: Target) {
  const errors: HomelabError[] = [];
  const idsByName = new Map<string, readonly string[]>(play.brokenIds.map((id) => [id, []]));
  const printing: string[] = [];
  const binding = bindingFor(compiler, play, { ...target, idsByName, printing });
  const { vars } = binding.values;
  // A variable that no item reads may be wrong all the same.
  if (target.facts === undefined) for (const name of Object.keys(vars)) collect(errors, () => vars[name]);
  const ids = new ItemIds(play.slug);
  const items = play.items.flatMap((raw) => {
    const compiled = collect(errors, () => compileItem(raw, binding)) ?? [];
    const named = compiled.map((item) => ids.give(item, raw.frame.id));
    if (raw.frame.id !== undefined)
      idsByName.set(
        raw.frame.id,
        named.map(({ id }) => id),
      );
    const printed = printsAs(raw);
    if (printed !== undefined) printing.push(printed);
    return isChosen(raw, compiler.options) ? named : [];
  });
  const actions = new Map<string, Item>();
  for (const [name, raw] of play.actions) {
    const [action] = collect(errors, () => compileItem(raw, binding)) ?? [];
    if (action !== undefined && action.skipReason === undefined)
      actions.set(name, ids.give({ ...action, name }));
  }
  const hostPlay: HostPlay = { items, actions };
  return { hostPlay, errors };
}

function bindingFor(
  { options, folder, renderer, values: source }: Compiler,
  play: BoundPlay,
  { host, facts, idsByName, printing }: Target & Pick<Binding, 'idsByName' | 'printing'>,
): Binding {
  const { inventory } = options;
  const vars = playVars(play);
  const values = source.valuesOf(host, vars, facts);
  const exampleValues = facts === undefined ? source.valuesOf(host, vars, FACT_EXAMPLES) : values;
  const firstHost = play.hosts[0]?.name ?? host.name;
  const known = { inventory, host, firstHost, facts, values, exampleValues };
  return { ...known, renderer, folder, idsByName, printing };
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
  const list = known.size === 0 ? 'No item has tags.' : `Tags: ${[...known].join(', ')}.`;
  const errors = wanted
    .filter((tag) => !known.has(tag))
    .map(
      (tag) =>
        new HomelabError({
          code: 'usage/unknown-tag',
          message: `no item has the tag "${tag}"`,
          hint: didYouMean(tag, known) ?? list,
        }),
    );
  if (errors.length > 0) throw new HomelabErrors(errors);
}
