import { FACT_EXAMPLES, type Facts } from '../core/facts.js';
import type { HostConfig, Variable } from '../core/host-config.js';
import { layerOf } from '../inventory/variables.js';
import type { Renderer } from '../render/renderer.js';
import type { AskedKinds } from './asked-kinds.js';
import type { BoundPlay } from './bind-play.js';
import type { Binding } from './binding.js';
import type { CompileOptions } from './compile-options.js';
import type { HostValueSource } from './host-values.js';
import type { LoadedPlay } from './load-playbooks.js';
import type { ProjectFolder } from './template-folder.js';

/** What all plays are compiled with. */
export interface Compiler {
  readonly options: CompileOptions;
  readonly folder: ProjectFolder;
  readonly renderer: Renderer;
  readonly values: HostValueSource;
  readonly kinds: AskedKinds;
  /** The chosen plays, and the others of the project. */
  readonly allPlays: readonly BoundPlay[];
  readonly knownHosts: readonly string[];
  readonly knownGroups: readonly string[];
}

/** Whom a play is compiled for. */
export interface Target {
  readonly host: HostConfig;
  /** Undefined before the host was asked. */
  readonly facts: Facts | undefined;
}

/** What the items of a play are compiled for on a host. */
export function bindingFor(
  { options, values: source, kinds: _kinds, allPlays: _plays, ...shared }: Compiler,
  play: BoundPlay,
  { host, facts, idsByName, printing }: Target & Pick<Binding, 'idsByName' | 'printing'>,
): Binding {
  const { inventory } = options;
  const vars = playVars(play);
  const values = source.valuesOf(host, vars, facts);
  const exampleValues = facts === undefined ? source.valuesOf(host, vars, FACT_EXAMPLES) : values;
  const firstHost = play.hosts[0]?.name ?? host.name;
  const known = { inventory, host, firstHost, facts, playVars: vars, values, exampleValues };
  return { ...known, ...shared, idsByName, printing };
}

function playVars({ source, document, path }: LoadedPlay): ReadonlyMap<string, Variable> {
  return layerOf(source.vars ?? {}, `play ${source.name}`, { document, path: [...path, 'vars'] });
}
