import { isIP } from 'node:net';
import { HomelabError } from '../../core/errors.js';
import type { RoleHost, RoleOutlook } from '../../core/role.js';

/** Who makes up a cluster, as the inventory says. */
export interface Membership {
  /** Whether the host is one of its servers. */
  readonly isServer: boolean;
  /** How many servers there are in the inventory. */
  readonly serverCount: number;
  /** Where the other servers are reached: addresses, IPv6 in brackets, and names. */
  readonly join: readonly string[];
}

/** What the membership hangs on. */
export interface MembershipQuestion {
  /** The group whose hosts are the servers. */
  readonly group: string;
  /** Whether two of them, of which none may fail, are taken. */
  readonly mayBeTwo: boolean;
  /** Servers outside of the inventory, as they are written. */
  readonly others: readonly string[];
}

/**
 * Who the servers are, whatever hosts were chosen.
 * @throws HomelabError `role/no-servers`, `role/two-servers`, `role/no-address`
 */
export function membershipOf(
  { host, hosts }: RoleOutlook,
  { group, mayBeTwo, others }: MembershipQuestion,
): Membership {
  const servers = hosts.filter(({ groups }) => groups.includes(group));
  if (servers.length + others.length === 0) throw noServers(group);
  if (servers.length === 2 && others.length === 0 && !mayBeTwo) throw twoServers(group, servers);
  const peers = servers.filter(({ name }) => name !== host.name);
  return {
    isServer: servers.some(({ name }) => name === host.name),
    serverCount: servers.length,
    join: [...peers.map(joinAddress), ...others],
  };
}

/** The address of a host in the inventory, where others can reach it by that; undefined where it is a name or the host's own. */
export function fixedAddress({ address = '' }: RoleHost): string | undefined {
  return isIP(address) !== 0 && !address.includes('%') && !isLocal(address) ? address : undefined;
}

/**
 * The addresses of all hosts of the inventory; undefined where one of them is known by name alone, for then nobody can
 * say who has to be let in.
 */
export function addressesOf(hosts: readonly RoleHost[]): readonly string[] | undefined {
  const addresses = hosts.map(fixedAddress);
  return addresses.some((address) => address === undefined)
    ? undefined
    : addresses.filter((address) => address !== undefined);
}

/** An address as it stands before a port, RFC 3986. */
export function bracketed(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

function joinAddress(server: RoleHost): string {
  const { name, address } = server;
  if (address === undefined || isLocal(address) || address.includes('%'))
    throw new HomelabError({
      code: 'role/no-address',
      message: `nothing tells where the others reach the server ${name}${address === undefined ? '' : `: its address in the inventory is ${address}`}`,
      hint: `Give ${name} an \`address\` in the inventory that the other hosts reach it by.`,
    });
  return bracketed(address);
}

/** Whether nobody else reaches what listens at an address, or is called so. */
export function isLocal(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

function noServers(group: string): HomelabError {
  return new HomelabError({
    code: 'role/no-servers',
    message: `no host of the inventory is in the group ${group}, so there is no server`,
    hint: `Put one or three hosts into the group ${group}, or name another one with \`group\`; servers outside of the inventory go into \`join\`.`,
  });
}

function twoServers(group: string, servers: readonly RoleHost[]): HomelabError {
  return new HomelabError({
    code: 'role/two-servers',
    message: `${servers.map(({ name }) => name).join(' and ')} are all servers of ${group}: of two, each one that fails stops the whole cluster`,
    hint: 'Take one server or three, or write `two_servers: true`.',
  });
}
