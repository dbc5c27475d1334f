import { type HomelabError, HomelabErrors } from '../core/errors.js';
import type { HostPlay, Item, LateItem, Play } from '../core/item.js';
import { SecretOpener } from '../secrets/secret-opener.js';
import { createRenderer } from '../render/renderer.js';
import { AskedKinds } from './asked-kinds.js';
import { bindPlay, type BoundPlay } from './bind-play.js';
import { checkWritten } from './check-written.js';
import { ClaimBook, claimsOf } from './claims.js';
import { compileItem, printingOf, type NamelessItem } from './compile-item.js';
import { compileRoles, portClaimsOfRoles, servicesOfRoles, type RolesCompiling } from './compile-roles.js';
import { NO_DOUBTS, type CompileOptions } from './compile-options.js';
import { bindingFor, type Compiler, type Target } from './compiler.js';
import { HostValueSource } from './host-values.js';
import { ItemIds, playSlugs } from './item-ids.js';
import { loadPlaybooks, type LoadedPlay } from './load-playbooks.js';
import { collect, Mistakes } from './mistakes.js';
import type { Printing } from './results.js';
import { otherPlaybooks, rolesBeside } from './roles-beside.js';
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
  /** Entries of `roles`, in all plays. */
  readonly roles: number;
  /** Items as written, in all plays; actions are none. */
  readonly items: number;
}

/**
 * As {@link compilePlaybooks}; mistakes are not thrown but returned.
 * @throws HomelabErrors `usage/unknown-tag`
 */
export async function checkPlaybooks(options: CompileOptions): Promise<CheckedPlaybooks> {
  const { projectDir, inventory, playbooks, kinds, roles, doubts = NO_DOUBTS } = options;
  const { secrets = new SecretOpener() } = options;
  const { playbookPlaces: places, playbookFiles: paths } = options;
  const sources = { kinds, roles, secrets, places, paths };
  const loaded = await loadPlaybooks(projectDir, playbooks, sources);
  if (loaded.errors.length === 0) checkTags(loaded.plays, options);
  const others = await loadPlaybooks(projectDir, otherPlaybooks(options, loaded.plays), sources);
  const folder = new ProjectFolder(projectDir, secrets);
  const renderer = createRenderer(folder);
  const values = new HostValueSource(inventory, renderer, doubts.brokenHosts);
  const names = { knownHosts: [...inventory.hosts.keys()], knownGroups: [...inventory.groups.keys()] };
  const bind = (some: readonly LoadedPlay[]): BoundPlay[] => {
    const slugs = playSlugs(some.map((play) => play.source.name));
    return some.map((play, index) => bindPlay(options, play, slugs[index] ?? ''));
  };
  const plays = bind(loaded.plays);
  const allPlays = [...plays, ...bind(others.plays)];
  const askedKinds = new AskedKinds(kinds);
  const compiler: Compiler = { options, folder, renderer, values, ...names, allPlays, kinds: askedKinds };
  const certainNames = doubts.isComplete ? names : { knownHosts: undefined, knownGroups: undefined };
  const mistakes = await compileWhole(compiler, () => {
    const found = new Mistakes();
    const claims = new ClaimBook();
    found.add([...loaded.errors, ...others.errors]);
    for (const play of allPlays) found.add(play.errors);
    for (const play of plays) {
      found.add(checkWritten(play, { folder, ...certainNames }));
      checkForHosts(compiler, play, { found, claims });
    }
    return found;
  });
  const files = [...inventory.files, ...playbooks];
  const claims = new ClaimBook();
  return {
    plays: plays.map((play) => toPlay(compiler, play, { files, claims })),
    errors: mistakes.inOrder(files),
    roles: plays.reduce((sum, play) => sum + play.roles.length, 0),
    items: plays.reduce((sum, play) => sum + play.items.length, 0),
  };
}

/** What `make` returns or throws once every file and every kind is there that it asks for. */
function compileWhole<T>({ kinds, folder }: Compiler, make: () => T): Promise<T> {
  return kinds.withKinds(() => folder.withOpenFiles(make));
}

interface Findings {
  readonly found: Mistakes;
  readonly claims: ClaimBook;
}

function checkForHosts(compiler: Compiler, play: BoundPlay, { found, claims }: Findings): void {
  const { brokenHosts } = compiler.options.doubts ?? NO_DOUBTS;
  const names = play.hosts.map((host) => host.name);
  const soundHosts = play.hosts.filter(({ name }) => !brokenHosts.has(name));
  const soundNames = soundHosts.map(({ name }) => name);
  for (const host of soundHosts) {
    const compiled = compileFor(compiler, play, { host, facts: undefined });
    const contradictions = claims.note(host.name, play.slug, compiled.claims);
    found.add([...compiled.errors, ...contradictions], host.name, soundNames);
    found.addDoubtful(compiled.doubtful, host.name, names);
  }
}

function toPlay(
  compiler: Compiler,
  play: BoundPlay,
  { files, claims }: { readonly files: readonly string[]; readonly claims: ClaimBook },
): Play {
  return {
    name: play.source.name,
    hosts: play.hosts.map((host) => host.name),
    serial: play.source.serial,
    compile: async (host, facts) => {
      const compiled = await compileWhole(compiler, () => compileFor(compiler, play, { host, facts }));
      throwMistakes([...compiled.errors, ...claims.note(host.name, play.slug, compiled.claims)], files);
      return compiled.hostPlay;
    },
    services: async (host, facts) => {
      const errors: HomelabError[] = [];
      const nothing = { idsByName: new Map<string, readonly string[]>(), printing: [] };
      const services = await compileWhole(compiler, () => {
        const binding = bindingFor(compiler, play, { host, facts, ...nothing });
        return servicesOfRoles(play.roles, binding, errors);
      });
      throwMistakes(errors, files);
      return services;
    },
  };
}

function throwMistakes(errors: readonly HomelabError[], files: readonly string[]): void {
  const wrong = new Mistakes();
  wrong.add(errors);
  wrong.throwIfAny(files);
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
  const compiling: RolesCompiling = {
    binding,
    kinds: compiler.kinds,
    ids,
    actionNames: play.actions.keys(),
    isChosen: (raw) => isChosen(raw, compiler.options),
    beside: (raw) => rolesBeside(compiler, raw, target),
  };
  const asked = compileRoles(play.roles, compiling, errors);
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
  const actions = new Map<string, Item>(asked.actions);
  for (const [name, raw] of play.actions) {
    const [action] = collect(errors, () => compileItem(raw, binding, doubtful)) ?? [];
    if (action !== undefined && action.skipReason === undefined)
      actions.set(name, ids.give(called(name, action)));
  }
  const hostPlay: HostPlay = { items: [...asked.items, ...items], actions };
  const { facts } = target;
  const claims = [
    ...claimsOf(asked.items, { facts, isOfRole: true }),
    ...claimsOf(items, { facts, isOfRole: false }),
    ...portClaimsOfRoles(play.roles, binding, errors),
  ];
  return { hostPlay, errors, doubtful, claims };
}

/** The item by another name, also once it is complete. */
function called(name: string, item: NamelessItem): NamelessItem {
  const { late } = item;
  if (late === undefined) return { ...item, name };
  const complete: LateItem['complete'] = async (printed) => ({ ...(await late.complete(printed)), name });
  return { ...item, name, late: { ...late, complete } };
}
