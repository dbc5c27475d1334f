import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { RoleHost } from '../../src/core/role.js';
import { Secret } from '../../src/core/secret.js';
import { nomadBlocks } from '../../src/roles/nomad/nomad-blocks.js';
import role from '../../src/roles/nomad/role.js';
import { ARCHITECTURES, factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, roleServices, someHost, type Asking } from './role-items.js';

const KEY = 'cg8StVXbQJ0gPvMd9o7yrg==';
const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const server = (name: string, address: string): RoleHost =>
  someHost({ name, address, groups: ['nomad_servers'] });
const s1 = server('s1', '10.0.0.1');
const three = [
  s1,
  server('s2', '10.0.0.2'),
  server('s3', 'fd00::3'),
  someHost({ name: 'c1', address: '10.0.0.9' }),
];
const asServer: Asking = { host: s1, hosts: three };
const asClient: Asking = { host: { name: 'c1', address: '10.0.0.9' }, hosts: three };

const CONFIG = '/etc/nomad.d/homelab.json';
const SECRETS = '/etc/nomad.d/homelab-secrets.json';
interface Written {
  readonly path: string;
  readonly content?: string | Secret;
  readonly variants?: readonly {
    readonly since?: string;
    readonly content?: string;
    readonly refuse?: string;
  }[];
  readonly [key: string]: unknown;
}

function written(params: unknown, asking: Asking, path = CONFIG): Written {
  const files = roleItems(role, params, asking).params('configuration')['files'] as readonly Written[];
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`no ${path}`);
  return file;
}

const opened = (content: string | Secret | undefined): Record<string, unknown> =>
  JSON.parse(content instanceof Secret ? content.reveal() : (content ?? '')) as Record<string, unknown>;

/** What the newest version of Nomad gets to read, or the oldest. */
function config(params: unknown, asking: Asking, age: 'new' | 'old' = 'new'): Record<string, unknown> {
  const { content, variants } = written(params, asking);
  return opened(variants === undefined ? content : variants.at(age === 'new' ? 0 : -1)?.content);
}

/** The one block of a sort. */
function block(params: unknown, asking: Asking, name: string, age?: 'new' | 'old') {
  const blocks = config(params, asking, age)[name] as readonly Record<string, unknown>[] | undefined;
  expect(blocks ?? [{}]).toHaveLength(1);
  return blocks?.[0];
}

describe('packages', () => {
  const signed = {
    name: 'hashicorp',
    key_url: 'https://apt.releases.hashicorp.com/gpg',
    key_fingerprint: '798AEC654E5C15428C8E42EEAA16FCBCA621E701',
  };
  const apt = (codename: string) => ({
    ...signed,
    uri: 'https://apt.releases.hashicorp.com',
    suites: [codename],
    components: ['main'],
  });
  const systems: readonly (readonly [ExampleSystem, object])[] = [
    ['debian12', apt('bookworm')],
    ['debian13', apt('trixie')],
    ['ubuntu2404', apt('noble')],
    ['fedora', { ...signed, uri: 'https://rpm.releases.hashicorp.com/fedora/$releasever/$basearch/stable' }],
  ];

  test.each(systems.flatMap((row) => ARCHITECTURES.map((arch) => [...row, arch] as const)))(
    'on %s: %j %s',
    (system, repository, arch) => {
      const asking = { ...asServer, system, facts: { arch } };
      if (arch === 'armhf') {
        expect(() => roleItems(role, {}, asking)).toThrow(
          expect.objectContaining({
            code: 'role/not-built',
            message: 'Nomad is not built for 32-bit ARM (armhf) any more since 1.8',
          }),
        );
        return;
      }
      const answer = roleItems(role, {}, asking);
      expect(answer.params('repository')).toEqual(repository);
      expect(answer.params('package')).toEqual({ names: ['nomad'] });
      expect(answer.params('service')).toEqual({
        name: 'nomad',
        state: 'running',
        enabled: true,
        version: ['nomad', 'version'],
      });
      expect(written({}, asking)).toMatchObject({ mode: '0640', owner: 'nomad', group: 'nomad' });
    },
  );

  test.each<[string, string, boolean]>([
    ['armhf', '1.7.7-1', true],
    ['armhf', '1.8.0-1', false],
    ['i386', '1.5.17-1', true],
    ['i386', '1.6.0-1', false],
    ['arm64', '1.9.7-1', true],
  ])('%s in version %s', (arch, version, isBuilt) => {
    const ask = () => roleItems(role, { version }, { ...asServer, facts: { arch } });
    if (isBuilt) expect(ask().params('package')).toEqual({ names: [`nomad=${version}`] });
    else expect(ask).toThrow(expect.objectContaining({ code: 'role/not-built' }));
  });

  test.each<[ExampleSystem, object, string | undefined]>([
    ['alpine', {}, 'HashiCorp makes no packages for Alpine Linux v3.21'],
    ['nixos', {}, 'NixOS is told by `services.nomad` of its configuration, with the role nixos'],
    ['debian12', { arch: 'riscv64' }, 'Nomad is not built for riscv64'],
    ['debian12', { init: 'openrc' }, 'the packages of Nomad are made for systemd, and this host runs openrc'],
    ['debian12', {}, undefined],
  ])('%s %j', (system, facts, reason) => {
    expect(role.refuses?.(factsOf(system, facts))).toBe(reason);
  });

  test('from a mirror', () => {
    const repository = { uri: 'http://mirror.lan/', suites: ['./'], key: 'files/house.asc' };
    expect(roleItems(role, { repository }, asServer).params('repository')).toEqual({
      name: 'hashicorp',
      ...repository,
    });
  });
});

describe('who does what', () => {
  test('a server', () => {
    const whole = config({}, asServer);
    expect(whole).toMatchObject({
      name: 's1',
      region: 'global',
      datacenter: 'dc1',
      data_dir: '/opt/nomad/data',
      bind_addr: '0.0.0.0',
      addresses: [{ http: '127.0.0.1' }],
      advertise: [{ http: '10.0.0.1', rpc: '10.0.0.1', serf: '10.0.0.1' }],
      leave_on_interrupt: false,
      leave_on_terminate: false,
      autopilot: [{ cleanup_dead_servers: true }],
    });
    expect(whole).not.toHaveProperty('client');
    expect(block({}, asServer, 'server')).toEqual({
      enabled: true,
      bootstrap_expect: 3,
      server_join: [{ retry_join: ['10.0.0.2', '[fd00::3]'], retry_interval: '15s', retry_max: 0 }],
    });
  });

  test('a client', () => {
    expect(block({}, asClient, 'client')).toEqual({
      enabled: true,
      server_join: [
        { retry_join: ['10.0.0.1', '10.0.0.2', '[fd00::3]'], retry_interval: '15s', retry_max: 0 },
      ],
    });
    expect(config({}, asClient)).not.toHaveProperty('server');
    expect(config({}, asClient)).not.toHaveProperty('autopilot');
  });

  test('both', () => {
    const whole = config({ client: true }, asServer);
    expect(Object.keys(whole)).toEqual(expect.arrayContaining(['server', 'client']));
  });

  test.each<[string, unknown, Asking, string]>([
    ['neither', { client: false }, asClient, 'role/no-work'],
    ['no servers', {}, { host: s1, hosts: [someHost()] }, 'role/no-servers'],
    ['two servers', {}, { host: s1, hosts: three.slice(0, 2) }, 'role/two-servers'],
  ])('%s', (_name, params, asking, code) => {
    expect(() => roleItems(role, params, asking)).toThrow(expect.objectContaining({ code }));
  });

  test('servers outside of the inventory lead already', () => {
    expect(block({ join: ['old.lan:4648'] }, asServer, 'server')).not.toHaveProperty('bootstrap_expect');
  });

  test('known by name alone, it looks for its own address', () => {
    const asking = { host: { name: 'c1', address: 'c1.lan' }, hosts: three };
    const found = '{{ GetPrivateIP }}';
    expect(block({}, asking, 'advertise')).toEqual({ http: found, rpc: found, serf: found });
    expect(block({ advertise_address: 'fd00::9' }, asking, 'advertise')).toMatchObject({ rpc: '[fd00::9]' });
  });
});

test.each<[object, object, string | undefined]>([
  [{}, {}, undefined],
  [{ arch: 'arm64', memory_mib: 8192 }, {}, '30s'],
  [{ memory_mib: 1024 }, {}, '30s'],
  [{ memory_mib: 2048 }, {}, undefined],
  [{ memory_mib: 1024 }, { heartbeat_grace: 90 }, '90s'],
])('how long servers of %j wait for a client, told %j', (facts, params, expected) => {
  expect(block(params, { ...asServer, facts }, 'server')?.['heartbeat_grace']).toBe(expected);
});

describe('what depends on the installed version', () => {
  test('the protocol of servers', () => {
    expect(written({}, asServer).variants?.map(({ since }) => since)).toEqual(['1.3', undefined]);
    expect(block({}, asServer, 'server')).not.toHaveProperty('raft_protocol');
    expect(block({}, asServer, 'server', 'old')?.['raft_protocol']).toBe(3);
    expect(written({}, asClient).variants).toBeUndefined();
  });

  test('pools of clients', () => {
    const { variants = [] } = written({ node_pool: 'small' }, asClient);
    expect(opened(variants[0]?.content)['client']).toMatchObject([{ node_pool: 'small' }]);
    expect(variants).toMatchObject([{ since: '1.6' }, { refuse: 'the setting `node_pool` needs Nomad 1.6' }]);
  });

  test('the version is asked where it matters', () => {
    const item = (asking: Asking) => roleItems(role, {}, asking).params('configuration');
    expect(item(asServer)['version']).toEqual(['nomad', 'version']);
    expect(item(asClient)).not.toHaveProperty('version');
  });
});

describe('what a client offers', () => {
  const params = {
    node_class: 'pi4',
    network_interface: 'eth0',
    meta: { rack: 'shelf1' },
    host_volumes: { media: { path: '/srv/media', read_only: true }, data: { path: '/srv/data' } },
    reserved: { cpu_mhz: 200, memory_mib: 256, ports: '22,8000-8100' },
    docker: { volumes: true, image_delay_seconds: 3600 },
    raw_exec: true,
  };

  test('with every block as a list, and every volume and plugin one of its own', () => {
    const { client, plugin } = config(params, asClient);
    expect(client).toMatchObject([
      {
        node_class: 'pi4',
        network_interface: 'eth0',
        meta: [{ rack: 'shelf1' }],
        host_volume: [
          { media: [{ path: '/srv/media', read_only: true }] },
          { data: [{ path: '/srv/data', read_only: false }] },
        ],
        reserved: [{ cpu: 200, memory: 256, reserved_ports: '22,8000-8100' }],
      },
    ]);
    expect(plugin).toEqual([
      {
        docker: [
          {
            config: [
              { allow_privileged: false, volumes: [{ enabled: true }], gc: [{ image_delay: '3600s' }] },
            ],
          },
        ],
      },
      { raw_exec: [{ config: [{ enabled: true }] }] },
    ]);
  });

  test('the folders of its volumes are made, for without them it does not start', () => {
    const answer = roleItems(role, params, asClient);
    expect(answer.params('folder of the volume data')).toEqual({ path: '/srv/data' });
    const names = answer.items.map(({ name }) => name);
    expect(names.indexOf('folder of the volume media')).toBeLessThan(names.indexOf('configuration'));
    expect(roleItems(role, params, asServer).items.map(({ kind }) => kind)).not.toContain('directory');
  });

  test('a server has none of it', () => {
    expect(config(params, asServer)).not.toHaveProperty('plugin');
  });
});

test('what goes with it', () => {
  const params = {
    consul: { ssl: true, address: '127.0.0.1:8501' },
    tls: { ca: PEM, cert: '/etc/ssl/c.pem', key: '/etc/ssl/k.pem', http: true },
    acl: true,
    telemetry: { interval: 5 },
    log_level: 'WARN',
    extra: { client: { gc_max_allocs: 30 }, plugin: { exec: { config: { no_pivot_root: true } } } },
  };
  expect(config(params, asClient)).toMatchObject({
    consul: [{ address: '127.0.0.1:8501', ssl: true }],
    acl: [{ enabled: true }],
    tls: [
      {
        http: true,
        rpc: true,
        ca_file: '/etc/nomad.d/homelab-tls/ca.pem',
        cert_file: '/etc/ssl/c.pem',
        key_file: '/etc/ssl/k.pem',
        verify_server_hostname: true,
      },
    ],
    telemetry: [{ prometheus_metrics: true, collection_interval: '5s' }],
    log_level: 'WARN',
    client: [{ enabled: true, gc_max_allocs: 30 }],
    plugin: [{ exec: [{ config: [{ no_pivot_root: true }] }] }],
  });
  expect(written(params, asClient, '/etc/nomad.d/homelab-tls/ca.pem').content).toBe(PEM);
  expect(written(params, asClient, '/etc/nomad.d/homelab-tls/key.pem')).toMatchObject({ state: 'absent' });
  expect(roleItems(role, params, asClient).params('configuration')['checks']).toEqual([
    { http: { url: 'https://127.0.0.1:4646/v1/agent/health', status: [200, 500], insecure: true } },
  ]);
});

describe('secrets', () => {
  test('stand in a file of their own, where the host needs them', () => {
    const params = { gossip_key: KEY, consul: { token: 'hush' } };
    expect(roleItems(role, params, asServer).params('configuration')['made']).toEqual([
      '/opt/nomad/data/server/serf.keyring',
    ]);
    const { content } = written(params, asServer, SECRETS);
    expect(content).toBeInstanceOf(Secret);
    const consul = [{ address: '127.0.0.1:8500', ssl: false, token: 'hush' }];
    expect(opened(content)).toEqual({ server: [{ encrypt: KEY }], consul });
    expect(opened(written(params, asClient, SECRETS).content)).toEqual({ consul });
    expect(written({ gossip_key: KEY }, asClient, SECRETS)).toEqual({ path: SECRETS, state: 'absent' });
  });

  test('show in nothing that is printed', () => {
    const params = {
      gossip_key: KEY,
      consul: { token: 'token-1' },
      tls: { ca: PEM, cert: PEM, key: PEM.replaceAll('AAAA', 'SECRET') },
    };
    const text = JSON.stringify(roleItems(role, params, asServer).items);
    for (const word of [KEY, 'token-1', 'SECRET']) expect(text).not.toContain(word);
  });
});

test('what the package brings speaks for no host any more', () => {
  expect(roleItems(role, {}, asServer).file('/etc/nomad.d/nomad.hcl')).toMatch(/^#[^\n]*\n$/);
});

test('the configuration is checked as a whole, and has to leave the agent answering', () => {
  const health = 'http://127.0.0.1:4646/v1/agent/health';
  expect(roleItems(role, {}, asServer).params('configuration')).toMatchObject({
    service: 'nomad',
    validate: ['sh', '-c', expect.stringContaining('nomad config validate /etc/nomad.d')],
    checks: [{ http: { url: health, status: [200, 500] } }],
    keeps: [{ http: { url: health } }],
  });
});

describe('ports', () => {
  const show = (params: unknown, asking: Asking) =>
    rolePorts(role, params, asking).map(({ protocol, port }) => `${protocol}/${port}`);

  test('of a server, of a client, of what others may ask', () => {
    expect(show({}, asServer)).toEqual(['tcp/4647', 'tcp/4648', 'udp/4648']);
    expect(show({}, asClient)).toEqual([]);
    expect(show({ http_address: '0.0.0.0' }, asClient)).toEqual(['tcp/4646']);
  });

  test('are open to the hosts of the inventory, or to the networks that are named', () => {
    const from = (params: unknown) => rolePorts(role, params, asServer)[0]?.from;
    expect(from({})).toEqual(['10.0.0.1', '10.0.0.2', 'fd00::3', '10.0.0.9']);
    expect(from({ allow: ['10.0.0.0/8'] })).toEqual(['10.0.0.0/8']);
  });
});

test('what a rolling upgrade has to know', () => {
  const api = 'http://127.0.0.1:4646';
  const part = (member: 'server' | 'client', name = 'nomad') => ({
    name,
    unit: 'nomad',
    packages: ['nomad'],
    version: ['nomad', 'version'],
    ready: [{ kind: 'http', url: `${api}/v1/agent/health?type=${member}`, statuses: [], isInsecure: false }],
    drain: { adapter: 'nomad', member, api },
    quorumGroup: member === 'server' ? 'nomad_servers' : undefined,
  });
  expect(roleServices(role, {}, asServer)).toEqual([part('server')]);
  expect(roleServices(role, {}, asClient)).toEqual([part('client')]);
  expect(roleServices(role, { client: true }, asServer)).toEqual([
    part('server', 'nomad server'),
    part('client', 'nomad client'),
  ]);
  expect(roleServices(role, { http_address: '::' }, asClient)[0]?.drain).toMatchObject({
    api: 'http://[::1]:4646',
  });
});

test.each<[string, object]>([
  ['a key that is none', { gossip_key: 'AAAA' }],
  ['a volume that is no path', { host_volumes: { a: { path: 'srv' } } }],
  ['a volume of two lines', { host_volumes: { a: { path: '/srv\n/x' } } }],
  ['ports that are none', { reserved: { ports: '22 53' } }],
  ['a region with a blank', { region: 'a b' }],
  ['an address that is a template', { http_address: '{{ GetPublicIP }}' }],
  ['what has a parameter, as an extra', { extra: { data_dir: '/x' } }],
  ['no certificate', { tls: { ca: PEM } }],
])('refuses %s', (_name, params) => {
  expect(role.params.safeParse(params).success).toBe(false);
});

describe('blocks', () => {
  test('lists of blocks stay lists, what is undefined goes', () => {
    expect(nomadBlocks({ a: 1, b: undefined, c: ['x'], d: [{ e: { f: 1 } }], g: {} })).toEqual({
      a: 1,
      c: ['x'],
      d: [{ e: [{ f: 1 }] }],
      g: [{}],
    });
  });

  test('no mapping stands where a list of them could', () => {
    const values = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.boolean(), tie('mapping')),
      mapping: fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 4 }),
    })).mapping;
    const isBlocks = (value: unknown): boolean =>
      typeof value !== 'object' ||
      (Array.isArray(value) && value.every((one: unknown) => Object.values(one as object).every(isBlocks)));
    fc.assert(
      fc.property(values, (mapping) => {
        const blocks = nomadBlocks(mapping);
        expect(Object.values(blocks).every(isBlocks)).toBe(true);
        expect(Object.keys(blocks)).toEqual(Object.keys(mapping));
      }),
    );
  });
});
