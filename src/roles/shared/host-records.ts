import { isIP } from 'node:net';
import type { z } from 'zod';
import type { RoleHost } from '../../core/role.js';
import { groupMembers } from './group-members.js';
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
 * @throws HomelabError `role/empty-group`
 */
export function hostRecords(
  { domain, inventory, records, taken }: WantedRecords,
  hosts: readonly RoleHost[],
): HostRecord[] {
  const written = Object.entries(records).map(([name, addresses]) => record(name, domain, addresses));
  const names = new Set([...written.map(({ names: [name] }) => name), ...taken]);
  const found = meantHosts(hosts, inventory)
    .filter(isOfUse)
    .map(({ name, address }) => record(name, domain, [address ?? '']))
    .filter(({ names: [name] }) => !names.has(name));
  return [...found, ...written];
}

function record(name: string, domain: string, addresses: readonly string[]): HostRecord {
  const whole = wholeName(name, domain);
  const end = `.${domain.toLowerCase()}`;
  return { names: whole.endsWith(end) ? [whole, whole.slice(0, -end.length)] : [whole], addresses };
}

/** Whether others find the host by its name and address. */
function isOfUse({ name, address = '' }: RoleHost): boolean {
  if (isIP(address) === 0 || address.includes('%') || isLoopback(address) || isWildcard(address))
    return false;
  return isIP(name) === 0 && dnsNameSchema.safeParse(name).success;
}

function meantHosts(hosts: readonly RoleHost[], inventory: WantedRecords['inventory']): readonly RoleHost[] {
  if (typeof inventory === 'boolean') return inventory ? hosts : [];
  const members = inventory.groups.flatMap((group) =>
    groupMembers(hosts, {
      group,
      purpose: 'whose hosts are to be found by name',
      hint: 'Name groups of the inventory in `inventory_records`, or write true for all hosts.',
    }),
  );
  return hosts.filter((host) => members.includes(host));
}
