import { type HomelabError, HomelabErrors } from '../core/errors.js';
import { FACT_EXAMPLES, type Facts } from '../core/facts.js';
import type { HostConfig, Variable } from '../core/host-config.js';
import type { HostPlay, Item, LateItem, Play } from '../core/item.js';
import { layerOf } from '../inventory/variables.js';
import { SecretOpener } from '../secrets/secret-opener.js';
import { createRenderer, type Renderer } from '../render/renderer.js';
import { bindPlay, type BoundPlay } from './bind-play.js';
import type { Binding } from './binding.js';
import { checkWritten } from './check-written.js';
import { compileItem, printingOf, type NamelessItem } from './compile-item.js';
import { NO_DOUBTS, type CompileOptions } from './compile-options.js';
import { HostValueSource } from './host-values.js';
import { ItemIds, playSlugs } from './item-ids.js';
import { loadPlaybooks, type LoadedPlay } from './load-playbooks.js';
import { collect, Mistakes } from './mistakes.js';
import type { Printing } from './results.js';
import { checkTags, isChosen } from './tags.js';
import { ProjectFolder } from './template-folder.js';

/**
 * Playbooks as plays that can be carried out. Everything is checked here, for every chosen host, before anything is
 * connected: names, types, variables, templates. What depends on facts is judged by {@link Play.compile}, once they are
 * known.
 * @throws HomelabErrors everything that is wrong: in the inventory's files, then in the playbooks in their order, then in
 *   templates
 */
export async function compilePlaybooks(options: CompileOptions): Promise<readonly Play[]> {
  const { plays, errors } = await checkPlaybooks(options);
  if (errors.length > 0) throw new HomelabErrors(errors);
  return plays;
}

/** Playbooks with what is wrong with them. */
export interface CheckedPlaybooks {
  /** Of use only where there are no errors. */
  readonly plays: readonly Play[];
  /** In the order that {@link compilePlaybooks} throws them in. */
  readonly errors: readonly HomelabError[];
  /** Items as written, in all plays; actions are none. */
  readonly items: number;
}

/**
 * As {@link compilePlaybooks}; mistakes are not thrown but returned.
 * @throws HomelabErrors `usage/unknown-tag`
 */
export async function checkPlaybooks(options: CompileOptions): Promise<CheckedPlaybooks> {
  const { projectDir, inventory, playbooks, playbookPlaces, kinds, doubts = NO_DOUBTS } = options;
  const { secrets = new SecretOpener() } = options;
  const loaded = await loadPlaybooks(projectDir, playbooks, { kinds, secrets, places: playbookPlaces });
  if (loaded.errors.length === 0) checkTags(loaded.plays, options);
  const folder = new ProjectFolder(projectDir, secrets);
  const renderer = createRenderer(folder);
  const values = new HostValueSource(inventory, renderer, doubts.brokenHosts);
  const names = { knownHosts: [...inventory.hosts.keys()], knownGroups: [...inventory.groups.keys()] };
  const compiler: Compiler = { options, folder, renderer, values, ...names };
  const certainNames = doubts.isComplete ? names : { knownHosts: undefined, knownGroups: undefined };
  const slugs = playSlugs(loaded.plays.map((play) => play.source.name));
  const plays = loaded.plays.map((play, index) => bindPlay(options, play, slugs[index] ?? ''));
  const mistakes = await folder.withOpenFiles(() => {
    const found = new Mistakes();
    found.add(loaded.errors);
    for (const play of plays) {
      found.add(play.errors);
      found.add(checkWritten(play, { folder, ...certainNames }));
      checkForHosts(compiler, play, found);
    }
    return found;
  });
  const files = [...inventory.files, ...playbooks];
  return {
    plays: plays.map((play) => toPlay(compiler, play, files)),
    errors: mistakes.inOrder(files),
    items: plays.reduce((sum, play) => sum + play.items.length, 0),
  };
}

function checkForHosts(compiler: Compiler, play: BoundPlay, mistakes: Mistakes): void {
  const { brokenHosts } = compiler.options.doubts ?? NO_DOUBTS;
  const names = play.hosts.map((host) => host.name);
  const soundHosts = play.hosts.filter(({ name }) => !brokenHosts.has(name));
  const soundNames = soundHosts.map(({ name }) => name);
  for (const host of soundHosts) {
    const { errors, doubtful } = compileFor(compiler, play, { host, facts: undefined });
    mistakes.add(errors, host.name, soundNames);
    mistakes.addDoubtful(doubtful, host.name, names);
  }
}

function toPlay(compiler: Compiler, play: BoundPlay, files: readonly string[]): Play {
  return {
    name: play.source.name,
    hosts: play.hosts.map((host) => host.name),
    serial: play.source.serial,
    compile: async (host, facts) => {
      const compiled = await compiler.folder.withOpenFiles(() => compileFor(compiler, play, { host, facts }));
      const wrong = new Mistakes();
      wrong.add(compiled.errors);
      wrong.throwIfAny(files);
      return compiled.hostPlay;
    },
  };
}

interface Compiler {
  readonly options: CompileOptions;
  readonly folder: ProjectFolder;
  readonly renderer: Renderer;
  readonly values: HostValueSource;
  readonly knownHosts: readonly string[];
  readonly knownGroups: readonly string[];
}

interface Target {
  readonly host: HostConfig;
  /** Undefined before the host was asked. */
  readonly facts: Facts | undefined;
}

function compileFor(compiler: Compiler, play: BoundPlay, target: Target) {
  const errors: HomelabError[] = [];
  const doubtful: HomelabError[] = [];
  const idsByName = new Map<string, readonly string[]>(play.brokenIds.map((id) => [id, []]));
  const printing: Printing[] = [];
  const binding = bindingFor(compiler, play, { ...target, idsByName, printing });
  const { vars } = binding.values;
  // A variable that no item reads may be wrong all the same.
  if (target.facts === undefined) for (const name of Object.keys(vars)) collect(errors, () => vars[name]);
  const ids = new ItemIds(play.slug);
  const items = play.items.flatMap((raw) => {
    const compiled = collect(errors, () => compileItem(raw, binding, doubtful)) ?? [];
    const named = compiled.map((item) => ids.give(item, raw.frame.id));
    if (raw.frame.id !== undefined)
      idsByName.set(
        raw.frame.id,
        named.map(({ id }) => id),
      );
    const printed = printingOf(raw);
    if (printed !== undefined) printing.push(printed);
    return isChosen(raw, compiler.options) ? named : [];
  });
  const actions = new Map<string, Item>();
  for (const [name, raw] of play.actions) {
    const [action] = collect(errors, () => compileItem(raw, binding, doubtful)) ?? [];
    if (action !== undefined && action.skipReason === undefined)
      actions.set(name, ids.give(called(name, action)));
  }
  const hostPlay: HostPlay = { items, actions };
  return { hostPlay, errors, doubtful };
}

/** The item by another name, also once it is complete. */
function called(name: string, item: NamelessItem): NamelessItem {
  const { late } = item;
  if (late === undefined) return { ...item, name };
  const complete: LateItem['complete'] = async (printed) => ({ ...(await late.complete(printed)), name });
  return { ...item, name, late: { ...late, complete } };
}

function bindingFor(
  { options, values: source, ...shared }: Compiler,
  play: BoundPlay,
  { host, facts, idsByName, printing }: Target & Pick<Binding, 'idsByName' | 'printing'>,
): Binding {
  const { inventory } = options;
  const vars = playVars(play);
  const values = source.valuesOf(host, vars, facts);
  const exampleValues = facts === undefined ? source.valuesOf(host, vars, FACT_EXAMPLES) : values;
  const firstHost = play.hosts[0]?.name ?? host.name;
  const known = { inventory, host, firstHost, facts, values, exampleValues };
  return { ...known, ...shared, idsByName, printing };
}

function playVars({ source, document, path }: LoadedPlay): ReadonlyMap<string, Variable> {
  return layerOf(source.vars ?? {}, `play ${source.name}`, (name) =>
    document.locateKey([...path, 'vars', name]),
  );
}
