import { isIP } from 'node:net';
import { HomelabError } from '../../core/errors.js';
import { parseNetwork } from '../../core/networks.js';
import type { RoleHost, RoleOutlook } from '../../core/role.js';
import type { NfsClient, NfsExport } from '../../render/nfs-exports.js';
import { groupMembers } from '../shared/group-members.js';
import type { ClientParams, ExportParams } from './export-schema.js';

type Inventory = Pick<RoleOutlook, 'hosts'>;

function optionsOf(client: ClientParams): string[] {
  const { access, squash, anonuid, anongid, sync, subtree_check: checks, sec, fsid } = client;
  return [
    access,
    sync ? 'sync' : 'async',
    checks ? 'subtree_check' : 'no_subtree_check',
    ...(client.secure ? [] : ['insecure']),
    ...{ root: ['root_squash'], all: ['all_squash'], none: ['no_root_squash'] }[squash],
    ...(anonuid === undefined ? [] : [`anonuid=${anonuid}`]),
    ...(anongid === undefined ? [] : [`anongid=${anongid}`]),
    ...(sec.join(':') === 'sys' ? [] : [`sec=${sec.join(':')}`]),
    ...(fsid === undefined ? [] : [`fsid=${fsid}`]),
    ...(client.crossmnt ? ['crossmnt'] : []),
    ...client.extra,
  ];
}

/** The address of the inventory, which needs no DNS; else the name that stands there for it. */
function reachableAs({ name, address = name }: RoleHost): string {
  return address;
}

/** @throws HomelabError `role/empty-group` */
function namesOf({ to, group }: ClientParams, { hosts }: Inventory): string[] {
  if (group === undefined) {
    const host = hosts.find(({ name }) => name === to);
    return [host === undefined ? (to ?? '') : reachableAs(host)];
  }
  const members = groupMembers(hosts, {
    group,
    purpose: 'to which a folder is exported',
    hint: 'Write `to:` for what is no group of the inventory, or give hosts this group.',
  });
  return members.map(reachableAs);
}

/**
 * The exports with hosts and groups of the inventory as their addresses.
 * @throws HomelabError `role/empty-group`, `role/client-twice`
 */
export function resolvedExports(exports: readonly ExportParams[], inventory: Inventory): NfsExport[] {
  return exports.map(({ path, clients }) => {
    const resolved = clients.flatMap((client): NfsClient[] =>
      namesOf(client, inventory).map((to) => ({ to, options: optionsOf(client) })),
    );
    const names = resolved.map(({ to }) => to);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) return { path, clients: resolved };
    throw new HomelabError({
      code: 'role/client-twice',
      message: `${path} is exported to ${twice} twice, and only one of them would count`,
      hint: 'Name each client once: a host may be in a group that is named as well.',
    });
  });
}

function isPlainName(name: string): boolean {
  return isIP(name) === 0 && /^[A-Za-z0-9_.-]+$/.test(name);
}

/** Names that somebody has to resolve: exportfs leaves out silently what is not found. */
export function plainNames(exports: readonly NfsExport[]): string[] {
  const names = exports.flatMap(({ clients }) => clients.map(({ to }) => to));
  return [...new Set(names.filter(isPlainName))];
}

/** Networks that clients come from; undefined where names say it, or everybody may come. */
export function clientNetworks(exports: readonly NfsExport[]): string[] | undefined {
  const names = [...new Set(exports.flatMap(({ clients }) => clients.map(({ to }) => to)))];
  return names.every((name) => typeof parseNetwork(name) !== 'string') ? names : undefined;
}
