import { isWithin, parseNetwork } from '../../core/networks.js';
import type { RoleHost, RoleOutlook } from '../../core/role.js';
import { groupMembers } from '../shared/group-members.js';
import { LOCAL_NETWORKS } from '../shared/local-networks.js';
import type { ChronyParams, ChronySource } from './chrony-params.js';
import { usualPool } from './chrony-systems.js';

/** A line of chrony.conf(5) that names whom to ask. */
export interface SourceLine {
  readonly directive: 'server' | 'pool';
  readonly name: string;
  readonly options: string;
}

/** A burst at the start: the clock is right after seconds, not after minutes. */
const USUAL = 'iburst';

function lineOf(directive: SourceLine['directive'], source: ChronySource, { nts }: ChronyParams): SourceLine {
  const one: Exclude<ChronySource, string> =
    typeof source === 'string' ? { name: source, prefer: false } : source;
  const { prefer, min_poll: least, max_poll: most } = one;
  const options = [
    USUAL,
    ...((one.nts ?? nts) ? ['nts'] : []),
    ...(prefer ? ['prefer'] : []),
    ...(least === undefined ? [] : [`minpoll ${least}`]),
    ...(most === undefined ? [] : [`maxpoll ${most}`]),
  ];
  return { directive, name: one.name, options: options.join(' ') };
}

/** Whether the host is one of those that serve the time to the others. */
export function isTimeServer({ group }: ChronyParams, { host }: Pick<RoleOutlook, 'host'>): boolean {
  return group !== undefined && host.groups.includes(group);
}

/** @throws HomelabError `role/empty-group` */
function membersOf(group: string, { hosts }: Pick<RoleOutlook, 'hosts'>): readonly RoleHost[] {
  return groupMembers(hosts, {
    group,
    purpose: 'which is to serve the time',
    hint: 'Give the time servers this group, or leave `group` out.',
  });
}

function memberLine({ name, address = name }: RoleHost): SourceLine {
  return { directive: 'server', name: address, options: USUAL };
}

/**
 * Whom the host asks: the servers of the group; a server of the group whom `servers` and `pools` name, and the others of
 * the group where one of them has to stand in for the world.
 * @throws HomelabError `role/empty-group`
 */
export function sourceLines(wanted: ChronyParams, outlook: RoleOutlook): SourceLine[] {
  const { servers, group, local } = wanted;
  const members = group === undefined ? [] : membersOf(group, outlook);
  if (group !== undefined && !isTimeServer(wanted, outlook)) return members.map(memberLine);
  const pools = wanted.pools ?? (servers.length === 0 ? [usualPool(outlook.facts)] : []);
  const others = local?.orphan === true ? members.filter(({ name }) => name !== outlook.host.name) : [];
  return [
    ...servers.map((server) => lineOf('server', server, wanted)),
    ...pools.map((pool) => lineOf('pool', pool, wanted)),
    ...others.map(memberLine),
  ];
}

/**
 * Networks and addresses that the host answers. A jump host comes from an address that the inventory does not tell, and so
 * does a host that is known by its name: without the private networks they would ask, and never be answered.
 */
export function allowedNetworks(
  wanted: ChronyParams,
  outlook: Pick<RoleOutlook, 'host' | 'hosts'>,
): string[] {
  if (wanted.allow !== undefined) return wanted.allow;
  if (!isTimeServer(wanted, outlook)) return [];
  const others = outlook.hosts.filter(({ name }) => name !== outlook.host.name);
  return [
    ...LOCAL_NETWORKS,
    ...others.flatMap(({ address = '' }) => (isAddressElsewhere(address) ? [address] : [])),
  ];
}

/** Whether it is an address, and one that no private network has. */
function isAddressElsewhere(text: string): boolean {
  const address = parseNetwork(text);
  if (typeof address === 'string') return false;
  return LOCAL_NETWORKS.every((one) => {
    const network = parseNetwork(one);
    return typeof network === 'string' || !isWithin(address, network);
  });
}
