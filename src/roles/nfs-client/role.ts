import { isIP } from 'node:net';
import type { Facts } from '../../core/facts.js';
import { defineRole, type RoleContext, type RoleItem, type RolePort } from '../../core/role.js';
import { clientParams, type ClientParams, type NfsMount } from './client-params.js';

const PACKAGES: Readonly<Record<string, string>> = {
  debian: 'nfs-common',
  redhat: 'nfs-utils',
  alpine: 'nfs-utils',
};

function packageOf({ os }: Facts): string | undefined {
  return Object.hasOwn(PACKAGES, os.family) ? PACKAGES[os.family] : undefined;
}

/** A dead server holds up neither the boot nor who does not enter the folder, systemd.mount(5); data is never lost. */
function optionsOf(mount: NfsMount, { init, container }: Facts): string[] {
  const { access, hard, version, automount, idle_seconds: idle, extra } = mount;
  const isAutomounted = init === 'systemd' && (automount ?? container === '');
  return [
    access,
    '_netdev',
    'nofail',
    ...(isAutomounted ? ['x-systemd.automount'] : []),
    ...(isAutomounted && idle !== undefined ? [`x-systemd.idle-timeout=${idle}s`] : []),
    ...(init === 'systemd' ? ['x-systemd.mount-timeout=30s'] : []),
    hard ? 'hard' : 'softerr',
    `nfsvers=${version}`,
    ...extra,
  ];
}

/** `server:/export` of mount.nfs(8). A host of the inventory is reached without DNS, which may lie on this very server. */
function sourceOf(
  { server = '', export: folder = '' }: NfsMount,
  { hosts }: Pick<RoleContext, 'hosts'>,
): string {
  const name = hosts.find((host) => host.name === server)?.address ?? server;
  return `${isIP(name) === 6 ? `[${name}]` : name}:${folder}`;
}

function mountItem(mount: NfsMount, context: RoleContext): RoleItem {
  const { path, version, state } = mount;
  const name = `mount ${path}`;
  if (state === 'absent') return { name, kind: 'mount', params: { path, state } };
  const options = optionsOf(mount, context.facts);
  const type = version === '3' ? 'nfs' : 'nfs4';
  return { name, kind: 'mount', params: { path, source: sourceOf(mount, context), type, options, state } };
}

/** What the package brings listens at once, and only servers of version 3 call back. */
function shutPorts({ mounts }: ClientParams): RolePort[] {
  const wanted = mounts.filter(({ state }) => state !== 'absent');
  if (wanted.length === 0 || wanted.some(({ version }) => version === '3')) return [];
  return (['tcp', 'udp'] as const).map((protocol) => ({ protocol, port: 111, from: [], what: 'rpcbind' }));
}

/** Folders that others export. */
export default defineRole({
  summary: 'Mounts folders by NFS, when they are entered: a server that is gone holds up no boot',
  params: clientParams,
  examples: [
    { mounts: [{ path: '/mnt/media', server: 'nas', export: '/srv/nfs/media', access: 'ro' }] },
    {
      mounts: [
        { path: '/mnt/data', server: '192.168.1.10', export: '/srv/nfs/data', extra: ['noatime', 'nosuid'] },
        { path: '/mnt/old', state: 'absent' },
      ],
    },
    { mounts: [{ path: '/mnt/a', server: 'nas.lan', export: '/a', automount: false, state: 'listed' }] },
  ],
  refuses: (facts) => {
    if (facts.os.family === 'nixos')
      return 'NixOS is told by `fileSystems` of its configuration: use the role nixos';
    return packageOf(facts) === undefined ? `how ${facts.os.name} mounts NFS is not known` : undefined;
  },
  ports: shutPorts,
  items: ({ mounts }, context) => {
    const { init } = context.facts;
    const name = packageOf(context.facts);
    const areWanted = mounts.some(({ state }) => state !== 'absent');
    return {
      items: [
        ...(name === undefined || !areWanted
          ? []
          : [{ name: 'package', kind: 'package', params: { names: [name] } }]),
        ...mounts.map((mount) => mountItem(mount, context)),
        // It mounts what fstab lists, once the network is there.
        ...(init === 'openrc' && areWanted
          ? [{ name: 'mounted at boot', kind: 'service', params: { name: 'nfsmount', enabled: true } }]
          : []),
      ],
    };
  },
});
