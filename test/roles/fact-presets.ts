import { EXAMPLE_SYSTEMS, type ExampleSystem } from '../../src/core/example-systems.js';
import type { Facts } from '../../src/core/facts.js';

export type { ExampleSystem } from '../../src/core/example-systems.js';

/** Names of the systems that roles are tried on. */
export const SYSTEMS = Object.keys(EXAMPLE_SYSTEMS) as readonly ExampleSystem[];

/** Processors that roles are tried on. */
export const ARCHITECTURES = ['amd64', 'arm64', 'armhf'] as const;

/** The facts of a system, with some of them otherwise. */
export function factsOf(name: ExampleSystem, otherwise: Partial<Facts> = {}): Facts {
  return { ...EXAMPLE_SYSTEMS[name], ...otherwise };
}
