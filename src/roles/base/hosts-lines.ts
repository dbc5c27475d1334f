import { isIP } from 'node:net';
import type { RoleHost, RoleOutlook } from '../../core/role.js';
import { groupMembers } from '../shared/group-members.js';
import { isHostname, type BaseParams } from './base-params.js';

/** One address, and the names that stand for it: the canonical one first. */
export interface HostsLine {
  readonly address: string;
  readonly names: readonly string[];
}

function namesOf(name: string, domain: string | undefined): string[] {
  const short = /^[^.]+/.exec(name)?.[0] ?? name;
  if (name.includes('.')) return [name, short];
  return domain === undefined ? [name] : [`${name}.${domain}`, name];
}

/**
 * The line of the machine itself. Its own address where it has the one of the inventory, else 127.0.1.1, as Debian has it:
 * a name that does not resolve makes sudo and many services wait.
 */
export function ownLine(
  name: string,
  { domain }: BaseParams,
  { facts, host }: Pick<RoleOutlook, 'facts' | 'host'>,
): HostsLine {
  const { address = '' } = host;
  return { address: facts.addresses.includes(address) ? address : '127.0.1.1', names: namesOf(name, domain) };
}

/** Whether the file can hold it: the inventory knows an address, not a name that DNS would be asked for. */
function hasAddress({ name, address = '' }: RoleHost): boolean {
  return isIP(address) !== 0 && isHostname(name);
}

/**
 * Lines for the other hosts that are asked for, in the inventory's order, then for `aliases`.
 * @throws HomelabError `role/empty-group`
 */
export function otherLines(
  { hosts_file: wanted, domain }: BaseParams,
  { host, hosts }: Pick<RoleOutlook, 'host' | 'hosts'>,
): HostsLine[] {
  if (wanted === false) return [];
  const { groups, aliases } = wanted;
  const members = groups?.flatMap((group) =>
    groupMembers(hosts, {
      group,
      purpose: 'whose hosts are to stand in the hosts file',
      hint: 'Name groups of the inventory in `hosts_file`, or leave `groups` out for all hosts.',
    }),
  );
  const isMeant = (one: RoleHost): boolean =>
    one.name !== host.name && hasAddress(one) && (members === undefined || members.includes(one));
  return [
    ...hosts.filter(isMeant).map(({ name, address = '' }) => ({ address, names: namesOf(name, domain) })),
    ...Object.entries(aliases).map(([address, names]) => ({ address, names })),
  ];
}

/** Lines of hosts(5). */
export function hostsText(lines: readonly HostsLine[]): string {
  return lines.map(({ address, names }) => `${[address, ...names].join(' ')}\n`).join('');
}
