import type { Facts } from '../../core/facts.js';
import { defineRole, type RoleOutlook, type RolePort, type RoleService } from '../../core/role.js';
import { addressesOf, isLocal, membershipOf, type Membership } from '../shared/cluster-members.js';
import { hasVendorPackages } from '../shared/hashicorp-packages.js';
import { configItems, LED, servicesItem } from './consul-items.js';
import { packageItems } from './consul-package.js';
import { consulParams, type ConsulParams } from './consul-params.js';
import { requireWhole } from './require-whole.js';

/** What Consul is built for. */
const ARCHITECTURES = ['amd64', 'arm64', 'armhf', 'i386'];

function whyNot(facts: Facts): string | undefined {
  const { os, arch, init } = facts;
  if (os.family === 'nixos')
    return 'NixOS is told by `services.consul` of its configuration, with the role nixos';
  if (!hasVendorPackages(facts)) return `HashiCorp makes no packages for ${os.name}`;
  if (init !== 'systemd') return `the packages of Consul are made for systemd, and this host runs ${init}`;
  return ARCHITECTURES.includes(arch) ? undefined : `Consul is not built for ${arch}`;
}

function membership({ group, two_servers: mayBeTwo, join }: ConsulParams, outlook: RoleOutlook): Membership {
  return membershipOf(outlook, { group, mayBeTwo, others: join });
}

function ports(wanted: ConsulParams, outlook: RoleOutlook): RolePort[] {
  const from = wanted.allow ?? addressesOf(outlook.hosts);
  const open = (
    protocols: readonly RolePort['protocol'][],
    port: number | false,
    what: string,
  ): RolePort[] =>
    port === false ? [] : protocols.map((protocol) => ({ protocol, port, from, what: `Consul ${what}` }));
  const isServed = wanted.client_addresses.some((address) => !isLocal(address));
  return [
    ...(membership(wanted, outlook).isServer
      ? [...open(['tcp'], 8300, 'RPC'), ...open(['tcp', 'udp'], 8302, 'gossip of servers')]
      : []),
    ...open(['tcp', 'udp'], 8301, 'gossip'),
    ...(isServed
      ? [
          ...open(['tcp'], wanted.http_port, 'HTTP'),
          ...open(['tcp'], wanted.https_port, 'HTTPS'),
          ...open(['tcp', 'udp'], wanted.dns_port, 'DNS'),
          ...open(['tcp'], wanted.grpc_port, 'gRPC'),
        ]
      : []),
  ];
}

function services(wanted: ConsulParams, outlook: RoleOutlook): RoleService[] {
  const { isServer } = membership(wanted, outlook);
  const { base, isInsecure } = requireWhole(wanted, isServer);
  return [
    {
      name: 'consul',
      unit: 'consul',
      packages: ['consul'],
      version: ['consul', 'version'],
      ready: [{ kind: 'http', url: `${base}${LED}`, statuses: [], isInsecure }],
      drain: { adapter: 'consul', member: isServer ? 'server' : 'client', api: base },
      quorumGroup: isServer ? wanted.group : undefined,
    },
  ];
}

/** Names and health of services, kept by an agent on each host and a few servers among them. */
export default defineRole({
  summary: 'An agent of Consul: a server where the host is in the group of the servers, else a client',
  params: consulParams,
  examples: [
    { join: ['192.168.1.10', '192.168.1.11', '192.168.1.12'] },
    {
      join: ['consul.lan'],
      datacenter: 'home',
      gossip_key: 'cg8StVXbQJ0gPvMd9o7yrg==',
      recursors: ['192.168.1.1'],
      services: [
        {
          name: 'web',
          port: 80,
          tags: ['public'],
          checks: [{ http: 'http://127.0.0.1/health', interval: 15 }, { tcp: '127.0.0.1:80' }],
        },
        { name: 'backup', checks: [{ args: ['/usr/local/bin/backup-age', '86400'], interval: 600 }] },
      ],
    },
    {
      join: ['10.0.0.5'],
      client_addresses: ['0.0.0.0'],
      allow: ['10.0.0.0/16'],
      tls: { ca: '/etc/ssl/consul/ca.pem', auto_encrypt: true },
      acl: { tokens: { agent: '00000000-0000-0000-0000-000000000001' } },
      performance: { raft_multiplier: 1 },
      telemetry: { prometheus_retention_seconds: 60 },
      extra: { limits: { http_max_conns_per_client: 500 } },
    },
  ],
  refuses: whyNot,
  items: (wanted, context) => {
    const members = membership(wanted, context);
    const api = requireWhole(wanted, members.isServer);
    const whole = { wanted, context, members, api };
    return {
      items: [
        ...packageItems(wanted, context.facts),
        ...configItems(whole),
        {
          name: 'service',
          kind: 'service',
          params: { name: 'consul', state: 'running', enabled: true, version: ['consul', 'version'] },
        },
        servicesItem(whole),
      ],
    };
  },
  ports,
  services,
});
