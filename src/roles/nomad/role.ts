import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { isOlder } from '../../core/is-older.js';
import { defineRole, type RoleOutlook, type RolePort, type RoleService } from '../../core/role.js';
import { addressesOf, isLocal, membershipOf, type Membership } from '../shared/cluster-members.js';
import { hasVendorPackages, vendorItems } from '../shared/hashicorp-packages.js';
import { isClient } from './nomad-config.js';
import { configItems, nomadApi } from './nomad-items.js';
import { nomadParams, type NomadParams } from './nomad-params.js';

/** Processors that Nomad is no longer built for, and since when. */
const DROPPED: Readonly<Record<string, { readonly since: string; readonly what: string }>> = {
  armhf: { since: '1.8', what: '32-bit ARM' },
  i386: { since: '1.6', what: '32-bit Intel' },
};
const BUILT = ['amd64', 'arm64', ...Object.keys(DROPPED)];

function whyNot(facts: Facts): string | undefined {
  const { os, arch, init } = facts;
  if (os.family === 'nixos')
    return 'NixOS is told by `services.nomad` of its configuration, with the role nixos';
  if (!hasVendorPackages(facts)) return `HashiCorp makes no packages for ${os.name}`;
  if (init !== 'systemd') return `the packages of Nomad are made for systemd, and this host runs ${init}`;
  return BUILT.includes(arch) ? undefined : `Nomad is not built for ${arch}`;
}

/** @throws HomelabError `role/not-built` where the version that is wanted is none for the host's processor */
function requireBuild({ version }: NomadParams, { arch }: Facts): void {
  const dropped = DROPPED[arch];
  if (dropped === undefined || (version !== undefined && isOlder(version, dropped.since))) return;
  const { since, what } = dropped;
  throw new HomelabError({
    code: 'role/not-built',
    message: `Nomad is not built for ${what} (${arch}) any more since ${since}`,
    hint: `Leave the host out, give it a 64-bit system, or pin a \`version\` older than ${since}, which no server may be much newer than.`,
  });
}

function membership({ group, two_servers: mayBeTwo, join }: NomadParams, outlook: RoleOutlook): Membership {
  return membershipOf(outlook, { group, mayBeTwo, others: join });
}

/** @throws HomelabError `role/no-work` where the host is neither server nor client */
function requireWork(wanted: NomadParams, members: Membership): void {
  if (members.isServer || isClient(wanted, members)) return;
  throw new HomelabError({
    code: 'role/no-work',
    message: 'the host is no server, and `client: false` says that no jobs run on it',
    hint: `Put it into the group ${wanted.group}, or leave \`client\` out.`,
  });
}

function ports(wanted: NomadParams, outlook: RoleOutlook): RolePort[] {
  const from = wanted.allow ?? addressesOf(outlook.hosts);
  const open = (protocol: RolePort['protocol'], port: number, what: string): RolePort => {
    return { protocol, port, from, what: `Nomad ${what}` };
  };
  const gossip = 'gossip of servers';
  return [
    ...(isLocal(wanted.http_address) ? [] : [open('tcp', 4646, 'HTTP')]),
    ...(membership(wanted, outlook).isServer
      ? [open('tcp', 4647, 'RPC'), open('tcp', 4648, gossip), open('udp', 4648, gossip)]
      : []),
  ];
}

/** A host that is both is two services: its vote and its jobs are cared for each in its own way. */
function services(wanted: NomadParams, outlook: RoleOutlook): RoleService[] {
  const members = membership(wanted, outlook);
  const api = nomadApi(wanted);
  const parts = [
    ...(members.isServer ? (['server'] as const) : []),
    ...(isClient(wanted, members) ? (['client'] as const) : []),
  ];
  return parts.map((member) => ({
    name: parts.length === 1 ? 'nomad' : `nomad ${member}`,
    unit: 'nomad',
    packages: ['nomad'],
    version: ['nomad', 'version'],
    ready: [
      {
        kind: 'http',
        url: `${api}/v1/agent/health?type=${member}`,
        statuses: [],
        // The certificate speaks of server.REGION.nomad, not of an address.
        isInsecure: wanted.tls?.http === true,
      },
    ],
    drain: { adapter: 'nomad', member, api },
    quorumGroup: member === 'server' ? wanted.group : undefined,
  }));
}

/** Jobs run on the clients, as the servers decide. */
export default defineRole({
  summary:
    'An agent of Nomad: a server where the host is in the group of the servers, else a client that runs jobs',
  params: nomadParams,
  examples: [
    { join: ['192.168.1.10', '192.168.1.11', '192.168.1.12'] },
    {
      join: ['nomad.lan'],
      node_class: 'pi4',
      meta: { rack: 'shelf1' },
      docker: { volumes: true },
      raw_exec: true,
      host_volumes: { media: { path: '/srv/media', read_only: true } },
      reserved: { cpu_mhz: 200, memory_mib: 256, ports: '22,53,8500' },
      consul: {},
      telemetry: {},
    },
    {
      join: ['10.0.0.5:4647'],
      version: '1.7.7-1',
      http_address: '0.0.0.0',
      allow: ['10.0.0.0/16'],
      acl: true,
      extra: { client: { gc_max_allocs: 30 } },
    },
  ],
  refuses: whyNot,
  items: (wanted, context) => {
    const { facts, host } = context;
    requireBuild(wanted, facts);
    const members = membership(wanted, context);
    requireWork(wanted, members);
    const { version } = wanted;
    return {
      items: [
        ...vendorItems(facts, wanted.repository),
        {
          name: 'package',
          kind: 'package',
          params: { names: [version === undefined ? 'nomad' : `nomad=${version}`] },
        },
        ...configItems(wanted, { host, facts, membership: members }),
        {
          // The package does not restart it.
          name: 'service',
          kind: 'service',
          params: { name: 'nomad', state: 'running', enabled: true, version: ['nomad', 'version'] },
        },
      ],
    };
  },
  ports,
  services,
});
