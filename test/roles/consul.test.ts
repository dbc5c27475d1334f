import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { RoleHost } from '../../src/core/role.js';
import { Secret } from '../../src/core/secret.js';
import role from '../../src/roles/consul/role.js';
import { ARCHITECTURES, factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, roleServices, someHost, type Asking } from './role-items.js';

const KEY = 'cg8StVXbQJ0gPvMd9o7yrg==';
const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const server = (name: string, address: string | undefined): RoleHost =>
  someHost({ name, address, groups: ['consul_servers'] });
const s1 = server('s1', '10.0.0.1');
const s2 = server('s2', '10.0.0.2');
const s3 = server('s3', 'fd00::3');
const client = someHost({ name: 'c1', address: '10.0.0.9' });
const three = [s1, s2, s3, client];
const asServer: Asking = { host: s1, hosts: three };
const asClient: Asking = { host: client, hosts: three };

const CONFIG = '/etc/consul.d/homelab.json';
interface Written {
  readonly path: string;
  readonly content?: string | Secret;
  readonly variants?: readonly { readonly since?: string; readonly content: string | Secret }[];
  readonly [key: string]: unknown;
}

/** A file of an item of `service_config`. */
function written(params: unknown, asking: Asking, path = CONFIG, item = 'configuration'): Written {
  const files = roleItems(role, params, asking).params(item)['files'] as readonly Written[];
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`no ${path}`);
  return file;
}

const opened = (content: string | Secret | undefined): Record<string, unknown> =>
  JSON.parse(content instanceof Secret ? content.reveal() : (content ?? '')) as Record<string, unknown>;

/** What a version of Consul gets to read. */
function config(params: unknown, asking: Asking, since?: string, path = CONFIG): Record<string, unknown> {
  const { content, variants } = written(params, asking, path);
  return opened(variants === undefined ? content : variants.find((one) => one.since === since)?.content);
}

describe('packages', () => {
  const REPOSITORY = {
    name: 'hashicorp',
    key_url: 'https://apt.releases.hashicorp.com/gpg',
    key_fingerprint: '798AEC654E5C15428C8E42EEAA16FCBCA621E701',
  };
  const apt = (codename: string) => ({
    ...REPOSITORY,
    uri: 'https://apt.releases.hashicorp.com',
    suites: [codename],
    components: ['main'],
  });
  const cases: readonly (readonly [ExampleSystem, object, string])[] = [
    ['debian12', apt('bookworm'), 'gnupg'],
    ['debian13', apt('trixie'), 'gnupg'],
    ['ubuntu2404', apt('noble'), 'gnupg'],
    [
      'fedora',
      { ...REPOSITORY, uri: 'https://rpm.releases.hashicorp.com/fedora/$releasever/$basearch/stable' },
      'gnupg2',
    ],
  ];

  test.each(cases.flatMap((row) => ARCHITECTURES.map((arch) => [...row, arch] as const)))(
    'of the vendor on %s: %p %s %s',
    (system, repository, gnupg, arch) => {
      const answer = roleItems(role, {}, { ...asServer, system, facts: { arch } });
      expect(answer.params('repository')).toEqual(repository);
      expect(answer.params('what checks the key')['names']).toContain(gnupg);
      expect(answer.params('package')).toEqual({ names: ['consul'] });
      expect(answer.params('service')).toEqual({
        name: 'consul',
        state: 'running',
        enabled: true,
        version: ['consul', 'version'],
      });
      expect(written({}, { ...asServer, system, facts: { arch } })).toMatchObject({
        mode: '0640',
        owner: 'consul',
        group: 'consul',
      });
      expect(config({}, { ...asServer, system, facts: { arch } })['data_dir']).toBe('/opt/consul');
    },
  );

  test('the unit of the vendor, which waits for others, does not', () => {
    const names = (source: string) =>
      roleItems(role, { source, repository: { uri: 'http://a' } }, asServer).items.map(({ name }) => name);
    expect(names('vendor').join()).toContain(
      'package,folder of the unit,the unit starts without the others,the unit is read again,configuration',
    );
    expect(names('distribution').join()).toContain('package,configuration');
    expect(roleItems(role, {}, asServer).file('/etc/systemd/system/consul.service.d/homelab.conf')).toBe(
      '[Service]\nType=exec\n',
    );
  });

  test('of Red Hat and its kin', () => {
    const os = { ...factsOf('fedora').os, id: 'rocky', version: '9.4' };
    expect(
      roleItems(role, {}, { ...asServer, system: 'fedora', facts: { os } }).params('repository'),
    ).toMatchObject({ uri: 'https://rpm.releases.hashicorp.com/RHEL/$releasever/$basearch/stable' });
  });

  test.each<[ExampleSystem, string]>([
    ['alpine', 'HashiCorp makes no packages for Alpine Linux v3.21'],
    ['nixos', 'NixOS is told by `services.consul` of its configuration, with the role nixos'],
  ])('none on %s', (system, reason) => {
    expect(ARCHITECTURES.map((arch) => role.refuses?.(factsOf(system, { arch })))).toEqual([
      reason,
      reason,
      reason,
    ]);
  });

  test.each([
    [{ arch: 'riscv64' }, 'Consul is not built for riscv64'],
    [{ init: 'openrc' }, 'the packages of Consul are made for systemd, and this host runs openrc'],
    [{}, undefined],
  ])('%j', (facts, reason) => {
    expect(role.refuses?.(factsOf('debian12', facts))).toBe(reason);
  });

  test.each<[string, object, boolean]>([
    ['debian', { version: '11', codename: 'bullseye' }, true],
    ['debian', { version: '12', codename: 'bookworm' }, false],
    ['debian', { version: '13', codename: 'trixie' }, false],
    ['debian', { version: '', codename: 'sid' }, false],
    ['ubuntu', { version: '22.04', codename: 'jammy' }, true],
    ['ubuntu', { version: '24.04', codename: 'noble' }, false],
  ])('of the distribution: %s %j', (id, os, isThere) => {
    const asking = { ...asServer, facts: { os: { ...factsOf('debian12').os, id, ...os } } };
    const ask = () => roleItems(role, { source: 'distribution' }, asking);
    if (!isThere) {
      expect(ask).toThrow(expect.objectContaining({ code: 'role/no-package' }));
      return;
    }
    expect(ask().items.map(({ name }) => name)).toEqual(['package', 'configuration', 'service', 'services']);
    expect(config({ source: 'distribution' }, asking)['data_dir']).toBe('/var/lib/consul');
    expect(written({ source: 'distribution' }, asking)).toMatchObject({ owner: 'root', group: 'consul' });
  });

  test('from a mirror, signed as usual or by another key, in a version', () => {
    const mirror = { uri: 'http://mirror.lan/hashicorp', suites: ['bullseye'] };
    const ask = (repository: object, more: object = {}) => roleItems(role, { repository, ...more }, asServer);
    expect(ask(mirror).params('repository')).toEqual({ ...REPOSITORY, ...mirror, components: ['main'] });
    const flat = { uri: 'http://mirror.lan/', suites: ['./'], key: 'files/house.asc' };
    const own = ask(flat, { version: '1.20.5-1' });
    expect(own.params('repository')).toEqual({ name: 'hashicorp', ...flat });
    expect(own.items[0]?.name).toBe('repository');
    expect(own.params('package')).toEqual({ names: ['consul=1.20.5-1'] });
    const debian = ask(mirror, { source: 'distribution' });
    expect(debian.params('repository')).toEqual({ name: 'consul', ...mirror, components: ['main'] });
  });
});

describe('who is a server', () => {
  test('the hosts of the group, whatever hosts were chosen', () => {
    expect(config({}, asServer)).toMatchObject({
      server: true,
      bootstrap_expect: 3,
      retry_join: ['10.0.0.2', '[fd00::3]'],
      node_name: 's1',
      bind_addr: '0.0.0.0',
      advertise_addr: '10.0.0.1',
      client_addr: '127.0.0.1',
      autopilot: { cleanup_dead_servers: true },
      leave_on_terminate: false,
      skip_leave_on_interrupt: true,
    });
    const clients = config({}, asClient);
    expect(clients).toMatchObject({ server: false, retry_join: ['10.0.0.1', '10.0.0.2', '[fd00::3]'] });
    expect(clients).not.toHaveProperty('bootstrap_expect');
    expect(clients).not.toHaveProperty('autopilot');
  });

  test('of another group', () => {
    const hosts = [someHost({ name: 'x', groups: ['brains'] }), client];
    expect(config({ group: 'brains' }, { host: hosts[0] ?? {}, hosts })).toMatchObject({
      server: true,
      bootstrap_expect: 1,
    });
  });

  test('one alone joins nobody', () => {
    expect(config({}, { host: s1, hosts: [s1, client] })).not.toHaveProperty('retry_join');
  });

  test('servers outside of the inventory lead already', () => {
    const config1 = config({ join: ['10.9.9.9', 'old.lan:8301'] }, asServer);
    expect(config1).not.toHaveProperty('bootstrap_expect');
    expect(config1['retry_join']).toEqual(['10.0.0.2', '[fd00::3]', '10.9.9.9', 'old.lan:8301']);
    expect(config({ join: ['10.9.9.9'] }, { host: client, hosts: [client] })['server']).toBe(false);
  });

  test.each<[string, unknown, Asking, string]>([
    ['no servers', {}, { host: client, hosts: [client] }, 'role/no-servers'],
    ['two of them', {}, { host: s1, hosts: [s1, s2] }, 'role/two-servers'],
    [
      'one that nobody knows how to reach',
      {},
      { host: s1, hosts: [s1, server('s2', undefined), s3] },
      'role/no-address',
    ],
    [
      'one that only itself reaches so',
      {},
      { host: s1, hosts: [s1, server('s2', '127.0.0.1'), s3] },
      'role/no-address',
    ],
    ['a name with a dot', {}, { host: { ...s1, name: 's1.lan' }, hosts: three }, 'role/bad-node-name'],
    ['a name with an underscore', {}, { host: { ...s1, name: 's_1' }, hosts: three }, 'role/bad-node-name'],
    ['a server without a certificate', { tls: { ca: PEM } }, asServer, 'role/no-certificate'],
    ['a client without one', { tls: { ca: PEM } }, asClient, 'role/no-certificate'],
    ['half a certificate', { tls: { ca: PEM, cert: PEM } }, asServer, 'role/no-certificate'],
    ['HTTPS without one', { https_port: 8501 }, asServer, 'role/no-tls'],
    ['no way to ask it', { http_port: false }, asServer, 'role/no-api'],
  ])('%s', (_name, params, asking, code) => {
    expect(() => roleItems(role, params, asking)).toThrow(
      expect.objectContaining({ code, hint: expect.any(String) }),
    );
  });

  test('two of them where that is wanted', () => {
    expect(config({ two_servers: true }, { host: s1, hosts: [s1, s2] })['bootstrap_expect']).toBe(2);
  });
});

test.each<[string, unknown, Partial<RoleHost>, object]>([
  ['an address of IPv6', {}, s3, { bind_addr: '::', advertise_addr: 'fd00::3' }],
  ['a name', {}, { address: 'c1.lan' }, { bind_addr: '0.0.0.0', advertise_addr: '{{ GetPrivateIP }}' }],
  ['none', {}, { address: undefined }, { bind_addr: '0.0.0.0', advertise_addr: '{{ GetPrivateIP }}' }],
  ['its own alone', {}, { address: '127.0.0.1' }, { advertise_addr: '{{ GetPrivateIP }}' }],
  [
    'one to listen on',
    { bind_address: '10.7.7.7' },
    client,
    { bind_addr: '10.7.7.7', advertise_addr: '10.7.7.7' },
  ],
  [
    'one to tell',
    { advertise_address: '203.0.113.5' },
    client,
    { bind_addr: '0.0.0.0', advertise_addr: '203.0.113.5' },
  ],
])('where the host is known by %s', (_name, params, host, expected) => {
  expect(config(params, { host, hosts: three })).toMatchObject(expected);
});

describe('what depends on the installed version', () => {
  const sinces = (params: unknown, asking: Asking, path?: string) =>
    written(params, asking, path).variants?.map(({ since }) => since);

  test('the web interface', () => {
    expect(sinces({}, asServer)).toEqual(['1.9', undefined]);
    expect(config({}, asServer, '1.9')).toMatchObject({ ui_config: { enabled: true } });
    expect(config({}, asServer)).toMatchObject({ ui: true });
    expect(config({}, asServer)).not.toHaveProperty('ui_config');
    expect(sinces({ ui: false }, asServer)).toBeUndefined();
    expect(sinces({}, asClient)).toBeUndefined();
    expect(sinces({ ui: true }, asClient)).toEqual(['1.9', undefined]);
  });

  test('the version is asked where it matters, else not', () => {
    const item = (params: unknown, asking: Asking) => roleItems(role, params, asking).params('configuration');
    expect(item({}, asServer)['version']).toEqual(['consul', 'version']);
    expect(item({}, asClient)).not.toHaveProperty('version');
  });

  const tls = { ca: PEM, cert: '/etc/ssl/c.pem', key: '/etc/ssl/k.pem' };
  const files = {
    ca_file: '/etc/consul.d/homelab-tls/ca.pem',
    cert_file: '/etc/ssl/c.pem',
    key_file: '/etc/ssl/k.pem',
  };

  test('certificates', () => {
    expect(sinces({ tls }, asServer)).toEqual(['1.12', '1.9', undefined]);
    const now = config({ tls }, asServer, '1.12');
    expect(now).toMatchObject({
      tls: {
        defaults: { ...files, verify_outgoing: true },
        internal_rpc: { verify_incoming: true, verify_server_hostname: true },
      },
      ui_config: { enabled: true },
    });
    for (const since of ['1.9', undefined]) {
      const then = config({ tls }, asServer, since);
      expect(then).toMatchObject({
        ...files,
        verify_incoming_rpc: true,
        verify_outgoing: true,
        verify_server_hostname: true,
      });
      expect(then).not.toHaveProperty('tls');
    }
    expect(Object.keys(now).filter((name) => /^(?:ca|cert|key)_file$|^verify/.test(name))).toEqual([]);
  });

  test('clients that get theirs from the servers', () => {
    const auto = { tls: { ca: PEM, auto_encrypt: true } };
    expect(config(auto, asClient, '1.12')).toMatchObject({
      auto_encrypt: { tls: true },
      tls: { internal_rpc: { verify_incoming: false } },
    });
    expect(config({ tls: { ...tls, auto_encrypt: true } }, asServer)['auto_encrypt']).toEqual({
      allow_tls: true,
    });
  });

  test('the first token', () => {
    const params = { acl: { tokens: { initial_management: 'first', agent: 'second' } } };
    const secrets = '/etc/consul.d/homelab-secrets.json';
    expect(sinces(params, asServer, secrets)).toEqual(['1.11', undefined]);
    expect(config(params, asServer, '1.11', secrets)).toEqual({
      acl: { tokens: { initial_management: 'first', agent: 'second' } },
    });
    expect(config(params, asServer, undefined, secrets)).toEqual({
      acl: { tokens: { master: 'first', agent: 'second' } },
    });
    expect(config(params, asServer)['acl']).toEqual({
      enabled: true,
      default_policy: 'deny',
      down_policy: 'extend-cache',
      enable_token_persistence: true,
    });
  });
});

describe('secrets', () => {
  test('stand in a file of their own', () => {
    const { content, ...rest } = written({ gossip_key: KEY }, asClient, '/etc/consul.d/homelab-secrets.json');
    expect(rest).toEqual({
      path: '/etc/consul.d/homelab-secrets.json',
      mode: '0640',
      owner: 'consul',
      group: 'consul',
    });
    expect(content).toBeInstanceOf(Secret);
    expect(opened(content)).toEqual({ encrypt: KEY });
    expect(written({ gossip_key: KEY }, asClient).content).not.toBeInstanceOf(Secret);
  });

  test.each<[string, string]>([
    ['vendor', '/opt/consul'],
    ['distribution', '/var/lib/consul'],
  ])('the keyring that a key makes goes where the key is not taken: %s', (source, folder) => {
    const repository = { uri: 'https://m.lan' };
    const made = (more: object) =>
      roleItems(role, { source, repository, ...more }, asClient).params('configuration')['made'];
    expect(made({ gossip_key: KEY })).toEqual([
      `${folder}/serf/local.keyring`,
      `${folder}/serf/remote.keyring`,
    ]);
    expect(made({})).toBeUndefined();
  });

  test('show in nothing that is printed', () => {
    const params = {
      gossip_key: KEY,
      acl: { tokens: { agent: 'token-1' } },
      services: [{ name: 'web', token: 'token-2' }],
      tls: { ca: PEM, cert: PEM, key: PEM.replaceAll('AAAA', 'SECRET') },
      extra: { limits: { word: new Secret('token-3') } },
    };
    const { items } = roleItems(role, params, asServer);
    const text = JSON.stringify(items);
    for (const word of [KEY, 'token-1', 'token-2', 'token-3', 'SECRET']) expect(text).not.toContain(word);
    expect(written(params, asServer, '/etc/consul.d/homelab-tls/key.pem').content).toBeInstanceOf(Secret);
    expect(written(params, asServer, '/etc/consul.d/homelab-tls/ca.pem').content).toBe(PEM);
  });

  test.each<[string, object, string[]]>([
    ['no certificates', {}, ['ca', 'cert', 'key']],
    [
      'those of the host itself',
      { tls: { ca: PEM, cert: '/etc/c.pem', key: '/etc/k.pem' } },
      ['cert', 'key'],
    ],
  ])('a key that nothing uses does not stay: %s', (_name, params, gone) => {
    for (const name of gone) {
      const path = `/etc/consul.d/homelab-tls/${name}.pem`;
      expect(written(params, asServer, path)).toEqual({ path, state: 'absent' });
    }
  });

  test('that are gone leave no file', () => {
    expect(written({}, asClient, '/etc/consul.d/homelab-secrets.json')).toEqual({
      path: '/etc/consul.d/homelab-secrets.json',
      state: 'absent',
    });
  });
});

describe('services', () => {
  const SERVICES = '/etc/consul.d/homelab-services.json';
  const SCRIPTS = '/etc/consul.d/homelab-script-services.json';
  const web = {
    name: 'web',
    port: 80,
    tags: ['public'],
    meta: { team: 'home' },
    checks: [
      { http: 'https://127.0.0.1/health', headers: { Host: ['web.lan'] }, method: 'HEAD', insecure: true },
      { tcp: '127.0.0.1:80', interval: 30, timeout: 2, deregister_after: 3600, name: 'port' },
    ],
  };
  const backup = { name: 'backup', id: 'backup-1', checks: [{ args: ['/bin/age', '1'] }] };

  test('as the agent reads them', () => {
    expect(opened(written({ services: [web] }, asClient, SERVICES, 'services').content)).toEqual({
      services: [
        {
          id: 'web',
          name: 'web',
          port: 80,
          tags: ['public'],
          meta: { team: 'home' },
          checks: [
            {
              id: 'web-1',
              name: 'web http',
              http: 'https://127.0.0.1/health',
              method: 'HEAD',
              header: { Host: ['web.lan'] },
              tls_skip_verify: true,
              interval: '10s',
              timeout: '5s',
            },
            {
              id: 'web-2',
              name: 'port',
              tcp: '127.0.0.1:80',
              interval: '30s',
              timeout: '2s',
              deregister_critical_service_after: '3600s',
            },
          ],
        },
      ],
    });
  });

  test('are read again without a restart, and looked for', () => {
    const item = roleItems(role, { services: [web] }, asClient).params('services');
    expect(item).toMatchObject({
      apply: 'reload',
      checks: [{ http: { url: 'http://127.0.0.1:8500/v1/agent/service/web' } }],
    });
    const closed = roleItems(role, { services: [web], acl: {} }, asClient).params('services');
    expect(closed['checks']).toEqual([
      { http: { url: 'http://127.0.0.1:8500/v1/status/leader', status: [200, 500] } },
    ]);
  });

  test('those with programs come and go with the right to run them', () => {
    const params = { services: [web, backup] };
    expect(config(params, asClient)['enable_local_script_checks']).toBe(true);
    expect(opened(written(params, asClient, SCRIPTS).content)).toMatchObject({
      services: [{ id: 'backup-1', name: 'backup', checks: [{ args: ['/bin/age', '1'] }] }],
    });
    expect(config({ services: [web] }, asClient)).not.toHaveProperty('enable_local_script_checks');
    expect(written({ services: [web] }, asClient, SCRIPTS)).toEqual({ path: SCRIPTS, state: 'absent' });
    expect(written({}, asClient, SERVICES, 'services')).toEqual({ path: SERVICES, state: 'absent' });
  });

  test.each<[string, object]>([
    ['an underscore in the name', { name: 'my_web' }],
    ['no sort of check', { name: 'a', checks: [{ interval: 5 }] }],
    ['two sorts', { name: 'a', checks: [{ tcp: 'a:1', http: 'http://a' }] }],
    ['a method without http', { name: 'a', checks: [{ tcp: 'a:1', method: 'GET' }] }],
    ['no address', { name: 'a', checks: [{ http: 'ftp://a' }] }],
    ['a blank in it', { name: 'a', checks: [{ http: 'http://a/ b' }] }],
    ['no port', { name: 'a', checks: [{ tcp: 'a' }] }],
    ['a header of two lines', { name: 'a', checks: [{ http: 'http://a', headers: { X: ['a\nb'] } }] }],
    ['a tag of two lines', { name: 'a', tags: ['a\nb'] }],
  ])('%s is refused', (_name, service) => {
    expect(role.params.safeParse({ services: [service] }).success).toBe(false);
  });

  test('two of one name need ids', () => {
    const two = (id?: string) =>
      role.params.safeParse({ services: [{ name: 'a' }, { name: 'a', id }] }).success;
    expect([two(), two('a'), two('b')]).toEqual([false, false, true]);
  });
});

test('the configuration is checked as a whole, and has to leave the agent answering', () => {
  expect(roleItems(role, {}, asServer).params('configuration')).toMatchObject({
    service: 'consul',
    validate: ['consul', 'validate', '/etc/consul.d'],
    checks: [{ http: { url: 'http://127.0.0.1:8500/v1/status/leader', status: [200, 500] } }],
    keeps: [{ http: { url: 'http://127.0.0.1:8500/v1/health/service/consul' } }],
  });
  const secured = { http_port: false, https_port: 8501, tls: { ca: PEM, cert: PEM, key: PEM } };
  expect(roleItems(role, secured, asServer).params('configuration')['keeps']).toEqual([
    { http: { url: 'https://127.0.0.1:8501/v1/health/service/consul', insecure: true } },
  ]);
});

test('further settings', () => {
  const params = {
    domain: 'lan.example',
    recursors: ['192.168.1.1', '[fd00::1]:5353'],
    performance: { raft_multiplier: 1, leave_drain_seconds: 3 },
    telemetry: { prometheus_retention_seconds: 60 },
    dns_port: false,
    grpc_port: 8502,
    log_level: 'warn',
    client_addresses: ['127.0.0.1', '10.0.0.9'],
    extra: { telemetry: { statsd_address: 'a:8125' }, limits: { rpc_rate: 100 } },
  };
  expect(config(params, asClient)).toMatchObject({
    domain: 'lan.example',
    recursors: ['192.168.1.1', '[fd00::1]:5353'],
    performance: { raft_multiplier: 1, leave_drain_time: '3s' },
    telemetry: { prometheus_retention_time: '60s', statsd_address: 'a:8125' },
    ports: { http: 8500, https: -1, dns: -1, grpc: 8502 },
    log_level: 'warn',
    client_addr: '127.0.0.1 10.0.0.9',
    limits: { rpc_rate: 100 },
  });
});

describe('ports', () => {
  const show = (params: unknown, asking: Asking) =>
    rolePorts(role, params, asking).map(({ protocol, port }) => `${protocol}/${port}`);
  const gossip = ['tcp/8301', 'udp/8301'];

  test('of a server and of a client', () => {
    expect(show({}, asServer)).toEqual(['tcp/8300', 'tcp/8302', 'udp/8302', ...gossip]);
    expect(show({}, asClient)).toEqual(gossip);
    expect(show({ client_addresses: ['127.0.0.1', '::1'] }, asClient)).toEqual(gossip);
  });

  test('of what others may ask', () => {
    expect(show({ client_addresses: ['0.0.0.0'], dns_port: 53 }, asClient)).toEqual([
      ...gossip,
      'tcp/8500',
      'tcp/53',
      'udp/53',
    ]);
  });

  test('are open to the hosts of the inventory, or to the networks that are named', () => {
    const from = (params: unknown, hosts = three) => rolePorts(role, params, { host: s1, hosts })[0]?.from;
    expect(from({})).toEqual(['10.0.0.1', '10.0.0.2', 'fd00::3', '10.0.0.9']);
    expect(from({}, [...three, someHost({ name: 'x', address: 'x.lan' })])).toBeUndefined();
    expect(from({ allow: ['10.0.0.0/8'] })).toEqual(['10.0.0.0/8']);
  });
});

test('what a rolling upgrade has to know', () => {
  const ready = [
    { kind: 'http', url: 'http://127.0.0.1:8500/v1/health/service/consul', statuses: [], isInsecure: false },
  ];
  const api = 'http://127.0.0.1:8500';
  const service = {
    name: 'consul',
    unit: 'consul',
    packages: ['consul'],
    version: ['consul', 'version'],
    ready,
  };
  expect(roleServices(role, {}, asServer)).toEqual([
    { ...service, drain: { adapter: 'consul', member: 'server', api }, quorumGroup: 'consul_servers' },
  ]);
  expect(roleServices(role, {}, asClient)).toEqual([
    { ...service, drain: { adapter: 'consul', member: 'client', api }, quorumGroup: undefined },
  ]);
  const apiOf = (params: object) => roleServices(role, params, asClient)[0]?.drain;
  expect(apiOf({ client_addresses: ['0.0.0.0'] })).toMatchObject({ api });
  expect(apiOf({ client_addresses: ['::'] })).toMatchObject({ api: 'http://[::1]:8500' });
  expect(apiOf({ client_addresses: ['10.0.0.9'] })).toMatchObject({ api: 'http://10.0.0.9:8500' });
});

describe('refuses', () => {
  test.each<[string, object]>([
    ['a key that is too short', { gossip_key: 'AAAA' }],
    ['a key that is no base64', { gossip_key: `${KEY.slice(0, -2)}!!` }],
    ['a secret key that is none', { gossip_key: new Secret('no key') }],
    ['a datacenter in capitals', { datacenter: 'Home' }],
    ['a node of two labels', { node_name: 'a.b' }],
    ['a server with a blank', { join: ['a b'] }],
    ['a server that is an option', { join: ['-x'] }],
    ['a provider of a cloud', { join: ['provider=aws tag_key=x'] }],
    ['an address that is a template', { bind_address: '{{ GetPublicIP }}' }],
    ['a resolver by name and path', { recursors: ['a/b'] }],
    ['a certificate that is neither', { tls: { ca: 'ca.pem' } }],
    ['what has a parameter, as an extra', { extra: { server: true } }],
    ['a token of two lines', { acl: { tokens: { agent: 'a\nb' } } }],
    ['a version that is an option', { version: '-x' }],
    ['a port that is none', { http_port: 0 }],
  ])('%s', (_name, params) => {
    expect(role.params.safeParse(params).success).toBe(false);
  });

  test('no text of a problem holds a secret', () => {
    const result = role.params.safeParse({
      gossip_key: new Secret('hush'),
      acl: { tokens: { agent: 'hush hush' } },
    });
    expect(JSON.stringify(result.error?.issues)).not.toContain('hush');
  });
});

test('whatever a text holds, it is one value of the JSON that the agent reads', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (tag, meta) => {
      const params = { services: [{ name: 'web', tags: [tag], meta: { key: meta } }] };
      if (!role.params.safeParse(params).success) return;
      const { content } = written(params, asClient, '/etc/consul.d/homelab-services.json', 'services');
      expect(opened(content)).toEqual({
        services: [{ id: 'web', name: 'web', tags: [tag], meta: { key: meta } }],
      });
    }),
  );
});
