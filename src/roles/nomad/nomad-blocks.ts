import { Secret } from '../../core/secret.js';

/** Blocks whose members are blocks with a label of their own. */
const LABELLED = ['plugin', 'host_volume', 'host_network'];

type Mapping = Readonly<Record<string, unknown>>;

/**
 * A configuration with every block as a list of one, as the vendor's own JSON has them: Nomad reads JSON as HCL, where a
 * mapping of mappings alone is taken for one block with several labels
 * (https://github.com/hashicorp/nomad/issues/7981). Members that are undefined are left out.
 */
export function nomadBlocks(config: Mapping): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, blockOf(key, value)]),
  );
}

function blockOf(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => (isMapping(one) ? nomadBlocks(one) : one));
  if (!isMapping(value)) return value;
  if (!LABELLED.includes(key)) return [nomadBlocks(value)];
  return Object.entries(value).map(([label, one]) => nomadBlocks({ [label]: one }));
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}
