import type { SourcePosition } from '../core/errors.js';
import type { Variable } from '../core/host-config.js';

/** Variables of one place, in their written order. */
export type VariableLayer = ReadonlyMap<string, Variable>;

/** Origin of what the command line sets: nothing is stronger. */
export const SET_ORIGIN = '--set';

/** The variables of a mapping, each with its place. */
export function layerOf(
  values: Readonly<Record<string, unknown>>,
  origin: string,
  locateKey: (name: string) => SourcePosition,
): VariableLayer {
  const entries = Object.entries(values);
  return new Map(entries.map(([name, value]) => [name, { value, origin, source: locateKey(name) }]));
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
