import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { defineRole, type RoleItem, type RolePort } from '../../core/role.js';
import { clientNetworks, resolvedExports } from './clients.js';
import { nfsSystem } from './nfs-system.js';
import { nixosModule } from '../shared/nixos-module.js';
import { nixosOptions } from './nixos-options.js';
import { exportItems, settingsItem } from './server-items.js';
import { serverParams, type ServerParams } from './server-params.js';

/** The kernel serves NFS, and a container has none of its own. @throws HomelabError `role/no-nfs-server` */
function refuseContainer({ running }: ServerParams, { container }: Facts): void {
  if (!running || container === '') return;
  throw new HomelabError({
    code: 'role/no-nfs-server',
    message: `a container (${container}) has no kernel of its own that could serve NFS`,
    hint: 'Write `running: false` to keep and check the configuration alone.',
  });
}

/** What distributions start beside the server, whatever is spoken. */
const BESIDE = { rpcbind: 111, 'NFS status': 32_765 };

/** Version 4 needs none of them. */
function shutPorts({ versions }: ServerParams): RolePort[] {
  if (versions.includes('3')) return [];
  return Object.entries(BESIDE).flatMap(([what, port]) =>
    (['tcp', 'udp'] as const).map((protocol) => ({ protocol, port, from: [], what })),
  );
}

/** What NFS listens on; version 3 has a port for each of its helpers, which the settings keep where they are. */
function ports({ versions }: ServerParams, from: readonly string[] | undefined): RolePort[] {
  const port = (protocol: 'tcp' | 'udp', number: number, what: string): RolePort => ({
    protocol,
    port: number,
    ...(from === undefined ? {} : { from }),
    what,
  });
  if (!versions.includes('3')) return [port('tcp', 2049, 'NFS')];
  const helpers = { ...BESIDE, 'NFS locks': 4045, 'NFS mounts': 20_048 };
  return [
    port('tcp', 2049, 'NFS'),
    ...Object.entries(helpers).flatMap(([what, number]) => [
      port('tcp', number, what),
      port('udp', number, what),
    ]),
  ];
}

/** The restart of the server leaves it at the port that it had: it is a unit of its own, which version 4 may do without. */
function restartOfStatus({ init }: Facts): Readonly<Record<string, RoleItem>> {
  if (init !== 'systemd') return {};
  const argv = ['systemctl', 'try-restart', 'rpc-statd.service'];
  return {
    'restart NFS status': { name: 'restart of NFS status', kind: 'command', params: { argv, always: true } },
  };
}

/** Folders for others to mount. */
export default defineRole({
  summary: 'Exports folders by NFS: each client typed, checked before the server sees it; other exports stay',
  params: serverParams,
  examples: [
    {
      exports: [
        {
          path: '/srv/nfs/data',
          clients: [{ to: '192.168.1.21', access: 'rw' }, { to: '192.168.1.0/24' }],
          make: { owner: 'root', group: 'root', mode: '2775' },
        },
      ],
    },
    {
      exports: [
        {
          path: '/srv/nfs/media',
          clients: [
            { to: '*.lan', squash: 'all', anonuid: 1000, anongid: 1000 },
            { to: '@trusted', access: 'rw', sec: ['krb5p', 'krb5'], crossmnt: true },
          ],
        },
      ],
      versions: ['3', '4.2'],
      threads: 16,
    },
    { exports: [{ path: '/srv/nfs/data', clients: [{ to: '10.0.0.0/8' }] }], running: false },
  ],
  refuses: (facts) => {
    if (facts.os.family === 'nixos') return undefined;
    return nfsSystem(facts) === undefined
      ? `how ${facts.os.name} keeps an NFS server is not known`
      : undefined;
  },
  items: (wanted, context) => {
    const { facts } = context;
    const system = nfsSystem(facts);
    refuseContainer(wanted, facts);
    if (facts.os.family === 'nixos') {
      const resolved = resolvedExports(wanted.exports, context);
      const open = wanted.running && resolved.length > 0 ? ports(wanted, undefined) : [];
      return { items: [nixosModule('nfs-server', nixosOptions(wanted, resolved, open))] };
    }
    if (system === undefined) return { items: [] };
    const { service } = system;
    return {
      items: [
        { name: 'package', kind: 'package', params: { names: [system.package] } },
        { ...settingsItem(wanted, system, context), onChange: Object.keys(restartOfStatus(facts)) },
        ...exportItems(wanted, resolvedExports(wanted.exports, context), system),
        ...(wanted.running
          ? [{ name: 'service', kind: 'service', params: { name: service, state: 'running', enabled: true } }]
          : []),
      ],
      actions: restartOfStatus(context.facts),
    };
  },
  ports: (wanted, context) => {
    const resolved = resolvedExports(wanted.exports, context);
    const isServing = wanted.running && resolved.length > 0;
    return [...(isServing ? ports(wanted, clientNetworks(resolved)) : []), ...shutPorts(wanted)];
  },
  services: ({ running }, { facts }) => {
    const system = nfsSystem(facts);
    const isNixos = facts.os.family === 'nixos';
    if (!running || (system === undefined && !isNixos)) return [];
    return [
      {
        name: 'nfs-server',
        unit: system?.service ?? 'nfs-server',
        packages: system === undefined ? [] : [system.package],
        version: ['mount.nfs', '-V'],
        ready: [
          { kind: 'tcp', host: '127.0.0.1', port: 2049 },
          { kind: 'command', argv: ['exportfs', '-v'] },
        ],
        drain: { adapter: 'none' },
      },
    ];
  },
});
