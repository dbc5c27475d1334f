import type { SourcePosition } from '../core/errors.js';
import type { Variable } from '../core/host-config.js';
import type { YamlDocument, YamlPath } from '../yaml/document.js';

/** Variables of one place, in their written order. */
export type VariableLayer = ReadonlyMap<string, Variable>;

/** Origin of what the command line sets: nothing is stronger. */
export const SET_ORIGIN = '--set';

/** Where a mapping of variables is written. */
export interface LayerPlace {
  readonly document: YamlDocument;
  readonly path: YamlPath;
}

/** The variables of a mapping, each with its place. */
export function layerOf(
  values: Readonly<Record<string, unknown>>,
  origin: string,
  { document, path }: LayerPlace,
): VariableLayer {
  const variable = (name: string, value: unknown): Variable => ({
    value,
    origin,
    source: document.locateKey([...path, name]),
    placeOf: placeBelow({ document, path: [...path, name] }),
  });
  return new Map(Object.entries(values).map(([name, value]) => [name, variable(name, value)]));
}

/** Where the parts of the value at a path of a document are written. */
export function placeBelow({ document, path }: LayerPlace): NonNullable<Variable['placeOf']> {
  return (below, part): SourcePosition =>
    part === 'key' ? document.locateKey([...path, ...below]) : document.locate([...path, ...below]);
}

/** What `--set` gave, as a layer. */
export function setLayer(values: ReadonlyMap<string, unknown>): VariableLayer {
  return new Map(
    [...values].map(([name, value]) => [name, { value, origin: SET_ORIGIN, source: undefined }]),
  );
}

/** Layers on top of each other, the weakest first. A value replaces a weaker one whole; nothing is merged. */
export function stack(layers: readonly VariableLayer[]): VariableLayer {
  return new Map(layers.flatMap((layer) => [...layer]));
}

/** `vars` with a playbook's layer put in where it belongs: over the inventory, under `--set`. */
export function withPlaybookLayer(vars: VariableLayer, playbook: VariableLayer): VariableLayer {
  const isSet = (name: string) => vars.get(name)?.origin === SET_ORIGIN;
  return stack([vars, new Map([...playbook].filter(([name]) => !isSet(name)))]);
}
