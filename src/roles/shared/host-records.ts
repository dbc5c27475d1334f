import { isIP } from 'node:net';
import type { z } from 'zod';
import type { RoleHost } from '../../core/role.js';
import { dnsNameSchema, isLoopback, isWildcard, type inventoryRecordsSchema } from './dns-schema.js';

/** A machine as DNS knows it. */
export interface HostRecord {
  /** The whole name first; then the name without the domain, where it ends with that. In small letters. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

export interface WantedRecords {
  readonly domain: string;
  /** Which hosts of the inventory. */
  readonly inventory: z.output<typeof inventoryRecordsSchema>;
  readonly records: Readonly<Record<string, readonly string[]>>;
  /** Names that mean something else. */
  readonly taken: readonly string[];
}

/** The whole name, in small letters: of a name without a dot, one in `domain`. */
export function wholeName(name: string, domain: string): string {
  return (name.includes('.') ? name : `${name}.${domain}`).toLowerCase();
}

/**
 * Records of the inventory's hosts that have an address others could use, in its order, then what is written. What is written
 * counts where a name is in both.
 */
export function hostRecords(
  { domain, inventory, records, taken }: WantedRecords,
  hosts: readonly RoleHost[],
): HostRecord[] {
  const written = Object.entries(records).map(([name, addresses]) => record(name, domain, addresses));
  const names = new Set([...written.map(({ names: [name] }) => name), ...taken]);
  const found = hosts
    .filter((host) => isWanted(host, inventory))
    .map(({ name, address }) => record(name, domain, [address ?? '']))
    .filter(({ names: [name] }) => !names.has(name));
  return [...found, ...written];
}

function record(name: string, domain: string, addresses: readonly string[]): HostRecord {
  const whole = wholeName(name, domain);
  const end = `.${domain.toLowerCase()}`;
  return { names: whole.endsWith(end) ? [whole, whole.slice(0, -end.length)] : [whole], addresses };
}

function isWanted({ name, address = '', groups }: RoleHost, inventory: WantedRecords['inventory']): boolean {
  if (isIP(address) === 0 || address.includes('%') || isLoopback(address) || isWildcard(address))
    return false;
  if (!dnsNameSchema.safeParse(name).success) return false;
  return typeof inventory === 'boolean'
    ? inventory
    : groups.some((group) => inventory.groups.includes(group));
}
