import type { Facts } from '../core/facts.js';
import type { HostConfig, Inventory, Variable } from '../core/host-config.js';
import type { Printed } from '../core/item.js';
import type { Renderer } from '../render/renderer.js';
import type { HostValues } from './host-values.js';
import type { Printing } from './results.js';
import type { ProjectFolder } from './template-folder.js';

/** What an item is compiled for. */
export interface Binding {
  readonly inventory: Inventory;
  /** Names of all its hosts and groups. */
  readonly knownHosts: readonly string[];
  readonly knownGroups: readonly string[];
  readonly host: HostConfig;
  /** Undefined before the host was asked: what depends on them is not judged. */
  readonly facts: Facts | undefined;
  /** The variables of the play: stronger than those of the host, weaker than `--set`. */
  readonly playVars: ReadonlyMap<string, Variable>;
  readonly values: HostValues;
  /** The same with example facts, while the real ones are not known. */
  readonly exampleValues: HostValues;
  readonly renderer: Renderer;
  readonly folder: ProjectFolder;
  /** Name of the first chosen host of the play: where an item with `once` is done. */
  readonly firstHost: string;
  /** Ids that earlier items of the play declare, each with the ids of the items it became. */
  readonly idsByName: ReadonlyMap<string, readonly string[]>;
  /** Those of them whose item prints something: `{{results.ID.stdout}}`. */
  readonly printing: readonly Printing[];
  /** What items of the play have printed on the host; undefined before they run. */
  readonly printed?: ReadonlyMap<string, Printed> | undefined;
}
