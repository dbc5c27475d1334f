import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Facts } from '../../src/core/facts.js';
import role from '../../src/roles/unbound/role.js';
import { ARCHITECTURES, factsOf, SYSTEMS, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, roleServices, someHost, type Asking } from './role-items.js';

const DEBIAN = '/etc/unbound/unbound.conf.d/homelab.conf';
const FEDORA = '/etc/unbound/conf.d/homelab.conf';

/** What the file says, without comments, empty lines and indents. */
function lines(params: unknown, asking: Asking = {}): string[] {
  const text = roleItems(role, params, asking).file(asking.system === 'fedora' ? FEDORA : DEBIAN);
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const PRIVATE = [
  'private-address: 10.0.0.0/8',
  'private-address: 172.16.0.0/12',
  'private-address: 192.168.0.0/16',
  'private-address: 169.254.0.0/16',
  'private-address: 127.0.0.0/8',
  'private-address: fc00::/7',
  'private-address: fe80::/10',
  'private-address: ::ffff:0:0/96',
];

const DEFAULTS = [
  'server:',
  'interface: 0.0.0.0',
  'interface: ::0',
  'port: 53',
  'access-control: 10.0.0.0/8 allow',
  'access-control: 172.16.0.0/12 allow',
  'access-control: 192.168.0.0/16 allow',
  'access-control: fc00::/7 allow',
  'access-control: fe80::/10 allow',
  ...PRIVATE,
  'hide-identity: yes',
  'hide-version: yes',
  'prefetch: yes',
  'serve-expired: yes',
  'serve-expired-ttl: 86400',
  'serve-expired-client-timeout: 1800',
  'local-data: "_homelab.lan. IN TXT answers"',
];
const CONTROL = ['remote-control:', 'control-enable: yes', 'control-interface: /run/unbound.ctl'];

const KEY = 'key of the root';
const INCLUDE = ['folder for settings', 'settings are read'];
const STUB = 'systemd-resolved leaves port 53 alone';

describe.each(ARCHITECTURES)('on %s', (arch) => {
  const facts = { arch };

  test.each<readonly [ExampleSystem, readonly string[], readonly string[], readonly string[]]>([
    ['debian12', ['unbound', 'dns-root-data'], [KEY, STUB], []],
    ['debian13', ['unbound', 'dns-root-data'], [KEY, STUB], []],
    ['ubuntu2404', ['unbound', 'dns-root-data'], [KEY, STUB], []],
    ['fedora', ['unbound'], [STUB], []],
    ['alpine', ['unbound'], INCLUDE, CONTROL],
  ])('%s', (system, packages, between, more) => {
    const answer = roleItems(role, {}, { system, facts });
    expect(lines({}, { system, facts })).toEqual([...DEFAULTS, ...more]);
    expect(answer.items.map(({ name }) => name)).toEqual(['package', ...between, 'settings', 'service']);
    expect(answer.params('package')).toEqual({ names: packages });
    expect(answer.params('settings')).toMatchObject({ service: 'unbound', validate: ['unbound-checkconf'] });
    expect(answer.params('service')).toEqual({ name: 'unbound', state: 'running', enabled: true });
    expect(roleServices(role, {}, { system, facts })).toEqual([
      {
        name: 'unbound',
        unit: 'unbound',
        packages: ['unbound'],
        version: ['unbound', '-V'],
        ready: [{ kind: 'dns', name: '_homelab.lan', type: 'TXT', server: '127.0.0.1', port: 53 }],
        drain: { adapter: 'none' },
      },
    ]);
  });

  test.each(SYSTEMS)('is for: %s', (system) => {
    expect(role.refuses?.(factsOf(system, facts))).toBeUndefined();
  });
});

test.each<readonly [string, Partial<Facts['os']>, boolean]>([
  ['Debian 11', { version: '11' }, true],
  ['Debian 12', { version: '12' }, false],
  ['Debian testing', { version: '' }, false],
  ['Ubuntu 22.04', { id: 'ubuntu', version: '22.04' }, true],
  ['Ubuntu 24.04', { id: 'ubuntu', version: '24.04' }, false],
  ['Raspbian 12', { id: 'raspbian', version: '12' }, false],
])('unbound-control is told where to reach it: %s', (_name, os, isTold) => {
  const facts = { os: { ...factsOf('debian12').os, ...os } };
  expect(lines({}, { facts }).includes('remote-control:')).toBe(isTold);
});

test('a fresh package has no key of the root', () => {
  expect(roleItems(role, {}).params(KEY)).toEqual({
    argv: 'install -o unbound -g unbound -m 0644 /usr/share/dns/root.key /var/lib/unbound/root.key'.split(
      ' ',
    ),
    only_if: 'test -d /var/lib/unbound && ! test -e /var/lib/unbound/root.key',
  });
});

test("Alpine's own file reads no folder", () => {
  const answer = roleItems(role, {}, { system: 'alpine' });
  expect(answer.params('folder for settings')).toEqual({ path: '/etc/unbound/unbound.conf.d', mode: '0755' });
  const { path, line, match } = answer.params('settings are read');
  expect([path, line]).toEqual([
    '/etc/unbound/unbound.conf',
    'include-toplevel: "/etc/unbound/unbound.conf.d/*.conf"',
  ]);
  const pattern = new RegExp(String(match));
  expect(
    [line, 'include: /etc/unbound/unbound.conf.d/*.conf'].map((one) => pattern.test(String(one))),
  ).toEqual([true, true]);
  expect(['# include: x', 'include: "/etc/unbound/other.d/*.conf"'].map((one) => pattern.test(one))).toEqual([
    false,
    false,
  ]);
});

test.each<readonly [string, object, readonly string[], readonly string[]]>([
  [
    'behind dnsmasq',
    { listen: ['127.0.0.1', '::1'], port: 5335 },
    ['interface: 127.0.0.1', 'interface: ::1', 'port: 5335'],
    ['interface: 0.0.0.0', 'ip-freebind: yes'],
  ],
  [
    'at an address of its own, which it may ask itself',
    { listen: ['192.0.2.53', 'fd00::53'], access_control: ['10.0.0.0/8'] },
    ['ip-freebind: yes', 'access-control: 192.0.2.53/32 allow', 'access-control: fd00::53/128 allow'],
    ['interface: 0.0.0.0'],
  ],
  [
    'who may ask',
    {
      access_control: [
        '192.168.1.0/24',
        { network: '192.168.1.128/25', action: 'refuse' },
        { network: 'fd00::/64' },
      ],
    },
    [
      'access-control: 192.168.1.0/24 allow',
      'access-control: 192.168.1.128/25 refuse',
      'access-control: fd00::/64 allow',
    ],
    ['access-control: 10.0.0.0/8 allow'],
  ],
  [
    'others find the names',
    { upstreams: ['192.168.1.1', { address: '127.0.0.1', port: 5053 }] },
    [
      'forward-zone:',
      'name: "."',
      'forward-addr: 192.168.1.1@53',
      'forward-addr: 127.0.0.1@5053',
      'do-not-query-localhost: no',
    ],
    ['forward-tls-upstream: yes'],
  ],
  [
    'by TLS',
    {
      upstreams: [
        { address: '9.9.9.9', name: 'dns.quad9.net' },
        { address: '2620:fe::fe', port: 8853, name: 'dns.quad9.net' },
      ],
      tls: true,
    },
    [
      'tls-cert-bundle: "/etc/pki/tls/certs/ca-bundle.crt"',
      'forward-addr: 9.9.9.9@853#dns.quad9.net',
      'forward-addr: 2620:fe::fe@8853#dns.quad9.net',
      'forward-tls-upstream: yes',
    ],
    ['do-not-query-localhost: no'],
  ],
  [
    'consul here',
    { consul: true },
    [
      'do-not-query-localhost: no',
      'private-domain: "consul"',
      'domain-insecure: "consul"',
      'stub-zone:',
      'name: "consul"',
      'stub-addr: 127.0.0.1@8600',
      'stub-no-cache: yes',
    ],
    [],
  ],
  ['consul elsewhere', { consul: '10.0.0.5' }, ['stub-addr: 10.0.0.5@8600'], ['do-not-query-localhost: no']],
  [
    'zones of the network, and one that is not',
    {
      zones: [
        { zone: 'fritz.box', servers: ['192.168.1.1'] },
        { zone: 'example.org', kind: 'stub', servers: ['192.0.2.1'], is_internal: false },
      ],
      private_domains: ['plex.direct', 'FRITZ.box'],
      insecure_domains: ['home.arpa'],
    },
    [
      'forward-zone:',
      'name: "fritz.box"',
      'forward-addr: 192.168.1.1@53',
      'stub-zone:',
      'name: "example.org"',
      'stub-addr: 192.0.2.1@53',
      'private-domain: "fritz.box"',
      'private-domain: "plex.direct"',
      'domain-insecure: "fritz.box"',
      'domain-insecure: "home.arpa"',
    ],
    ['private-domain: "example.org"', 'domain-insecure: "example.org"', 'stub-no-cache: yes'],
  ],
  [
    'no signatures',
    { dnssec: false, consul: true },
    ['module-config: "iterator"'],
    ['domain-insecure: "consul"'],
  ],
  [
    'private addresses from everywhere',
    { private_addresses: false, consul: true },
    ['domain-insecure: "consul"'],
    [...PRIVATE, 'private-domain: "consul"'],
  ],
  ['nothing old', { serve_expired: false }, [], ['serve-expired: yes', 'serve-expired-ttl: 86400']],
  [
    'lines of its own',
    { extra: ['cache-min-ttl: 60', 'log-queries: yes'] },
    ['cache-min-ttl: 60', 'log-queries: yes'],
    [],
  ],
])('settings: %s', (_name, params, there, notThere) => {
  const found = lines(params, { system: 'fedora' });
  expect(found).toEqual(expect.arrayContaining([...there]));
  expect(found.filter((line) => notThere.includes(line))).toEqual([]);
  const settings = found.filter((line) => !line.endsWith('-zone:'));
  expect(settings).toEqual([...new Set(settings)]);
});

test('TLS needs certificates of authorities', () => {
  const params = { upstreams: [{ address: '9.9.9.9', name: 'dns.quad9.net' }], tls: true };
  expect(roleItems(role, params).params('package')).toEqual({
    names: ['unbound', 'dns-root-data', 'ca-certificates'],
  });
  expect(lines(params)).toContain('tls-cert-bundle: "/etc/ssl/certs/ca-certificates.crt"');
});

describe('records', () => {
  const hosts = [
    someHost({ name: 'gate', address: '192.168.1.2', groups: ['edge'] }),
    someHost({ name: 'nas', address: 'fd00::10', groups: ['servers'] }),
    someHost({ name: 'named', address: 'named.example.org' }),
  ];
  const data = (params: object): string[] =>
    lines(params, { hosts }).filter((line) => line.startsWith('local-') && !line.includes('_homelab'));

  test.each<readonly [string, object, readonly string[]]>([
    ['none by default', {}, []],
    [
      'of the inventory',
      { inventory_records: true },
      [
        'local-zone: "lan." static',
        'local-data: "gate.lan. IN A 192.168.1.2"',
        'local-data: "nas.lan. IN AAAA fd00::10"',
        'local-data-ptr: "192.168.1.2 gate.lan"',
        'local-data-ptr: "fd00::10 nas.lan"',
      ],
    ],
    [
      'of a group, in another domain; an address has one name',
      {
        domain: 'home.arpa',
        inventory_records: { groups: ['edge'] },
        records: { www: '192.168.1.2', 'x.example': ['10.0.0.1', '10.0.0.2'] },
      },
      [
        'local-zone: "home.arpa." static',
        'local-data: "gate.home.arpa. IN A 192.168.1.2"',
        'local-data: "www.home.arpa. IN A 192.168.1.2"',
        'local-data: "x.example. IN A 10.0.0.1"',
        'local-data: "x.example. IN A 10.0.0.2"',
        'local-data-ptr: "192.168.1.2 gate.home.arpa"',
        'local-data-ptr: "10.0.0.1 x.example"',
        'local-data-ptr: "10.0.0.2 x.example"',
      ],
    ],
  ])('%s', (_name, params, expected) => {
    expect(data(params).toSorted()).toEqual(expected.toSorted());
  });
});

test.each<readonly [string, object, readonly string[]]>([
  ['all addresses', {}, [STUB]],
  ['all of IPv6', { listen: ['::'] }, [STUB]],
  ['one address', { listen: ['192.0.2.53'] }, []],
  ['another port', { port: 5335 }, []],
])('port 53 is taken from systemd-resolved where it is needed: %s', (_name, params, expected) => {
  const names = roleItems(role, params).items.map(({ name }) => name);
  expect(names.filter((name) => name === STUB)).toEqual(expected);
});

test.each<readonly [readonly string[], string]>([
  [['0.0.0.0', '::0'], '127.0.0.1'],
  [['::'], '::1'],
  [['192.168.1.2', '127.0.0.2'], '127.0.0.2'],
  [['fd00::2', '192.168.1.2'], 'fd00::2'],
])('listening at %j it is asked at %s', (listen, server) => {
  const { checks, keeps } = roleItems(role, { listen, port: 5335, consul: true }).params('settings');
  expect(checks).toEqual([{ dns: { name: '_homelab.lan', type: 'TXT', server, port: 5335 } }]);
  expect(keeps).toEqual(
    ['example.com', 'consul.service.consul'].map((name) => ({ dns: { name, server, port: 5335 } })),
  );
});

describe('taking up a configuration', () => {
  /** unbound-control and the like, which note how they were called; \`answers\` is shell text by program. */
  function apply(answers: Readonly<Record<string, string>>, system: ExampleSystem = 'debian12') {
    const folder = mkdtempSync(join(tmpdir(), 'unbound-'));
    try {
      for (const program of ['unbound-control', 'unbound-checkconf', 'systemctl', 'rc-service']) {
        const path = join(folder, program);
        writeFileSync(
          path,
          `#!/bin/sh\necho "${program} $*" >>'${folder}/calls'\n${answers[program] ?? ''}\n`,
        );
        chmodSync(path, 0o755);
      }
      const params = roleItems(role, { probe_names: ['a.example', 'b.example'] }, { system }).params(
        'settings',
      );
      const [program = '', ...rest] = params['apply'] as readonly string[];
      const { status } = spawnSync(program, rest, { env: { PATH: `${folder}:/usr/bin:/bin` } });
      const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
      return { status, calls: calls.filter((call) => !/ get_option | -o /.test(call)) };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const RESTART = ['systemctl reset-failed unbound', 'systemctl restart unbound'];
  const KEEPING = [
    'unbound-control reload_keep_cache',
    'unbound-control flush a.example',
    'unbound-control flush b.example',
  ];

  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ['the cache stays, but for the names that are asked then', {}, KEEPING],
    ['it listens elsewhere', { 'unbound-checkconf': '[ "$2" != port ] || echo 5335' }, RESTART],
    ['it does not run', { 'unbound-control': 'exit 1' }, RESTART],
    [
      'it is too old to keep its cache',
      { 'unbound-control': '[ "$1" != reload_keep_cache ]' },
      ['unbound-control reload_keep_cache', ...RESTART],
    ],
    [
      'a name stays in the cache',
      { 'unbound-control': '[ "$2" != a.example ]' },
      [...KEEPING.slice(0, 2), ...RESTART],
    ],
  ])('%s', (_name, answers, calls) => {
    expect(apply(answers)).toEqual({ status: 0, calls });
  });

  test('on OpenRC', () => {
    expect(apply({ 'unbound-control': 'exit 1' }, 'alpine').calls).toEqual(['rc-service unbound restart']);
  });

  test('a restart that fails is told', () => {
    const { status } = apply({ 'unbound-control': 'exit 1', systemctl: '[ "$1" = reset-failed ] || exit 5' });
    expect(status).toBe(5);
  });
});

test.each<readonly [string, object, readonly string[]]>([
  [
    'to those who may ask',
    { access_control: ['10.0.0.0/8', { network: '10.1.0.0/16', action: 'deny' }] },
    ['10.0.0.0/8'],
  ],
  ['who may snoop', { access_control: [{ network: 'fd00::/8', action: 'allow_snoop' }] }, ['fd00::/8']],
])('ports are open %s', (_name, params, from) => {
  const listener = { program: 'unbound', addresses: ['*', '*'] };
  expect(rolePorts(role, params)).toEqual([
    { protocol: 'udp', port: 53, from, what: 'DNS', listener },
    { protocol: 'tcp', port: 53, from, what: 'DNS', listener },
  ]);
});

test('no port is open where it serves the host alone', () => {
  const listener = { program: 'unbound', addresses: ['127.0.0.1', '::1'] };
  expect(rolePorts(role, { listen: ['127.0.0.1', '::1'], port: 5335 })).toEqual(
    ['udp', 'tcp'].map((protocol) => ({ protocol, port: 5335, from: [], what: 'DNS', listener })),
  );
});

test.each<readonly [string, unknown]>([
  ['a network without a mask', { access_control: ['192.168.0.0'] }],
  ['one in long words', { access_control: [{ network: '192.168.0.0' }] }],
  ['bits after the mask', { access_control: ['192.168.1.1/24'] }],
  ['an action that is none', { access_control: [{ network: '10.0.0.0/8', action: 'allow_all' }] }],
  ['TLS without a name', { upstreams: ['9.9.9.9'], tls: true }],
  ['a port in the address', { upstreams: ['9.9.9.9@53'] }],
  ['a name for a server', { upstreams: ['dns.example'] }],
  [
    'a zone twice',
    {
      zones: [
        { zone: 'a.b', servers: ['10.0.0.1'] },
        { zone: 'A.b', servers: ['10.0.0.2'] },
      ],
    },
  ],
  ['a zone without servers', { zones: [{ zone: 'a.b', servers: [] }] }],
  ['the root as a zone', { zones: [{ zone: '.', servers: ['10.0.0.1'] }] }],
  ['no address', { listen: [] }],
  ['an address with a port', { listen: ['10.0.0.1@53'] }],
  ['a clause', { extra: ['forward-zone:'] }],
  ['two lines', { extra: ['verbosity: 1\ninclude: /etc/shadow'] }],
  ['a quote in a name', { private_domains: ['a"b'] }],
])('refuses %s', (_name, params) => {
  expect(role.params.safeParse(params).success).toBe(false);
});

test('a text is refused, or adds no line and no option', () => {
  const texts = fc.string({
    unit: fc.constantFrom(...'ab0.-_+/:;,*%$#"\'\\ \t\n\r\0={}[]()|&`~é\u2028'.split('')),
    maxLength: 12,
  });
  const usual = lines({}).length;
  fc.assert(
    fc.property(texts, (text) => {
      for (const [params, more] of [
        [{ domain: text }, 0],
        [{ records: { [text]: '10.0.0.1' } }, 3],
        [{ zones: [{ zone: text, servers: ['10.0.0.1'], is_internal: false }] }, 3],
        [{ private_domains: [text] }, 1],
        [{ insecure_domains: [text] }, 1],
        [{ extra: [text] }, 1],
      ] as const) {
        if (!role.params.safeParse(params).success) continue;
        const written = lines(params);
        expect(written).toHaveLength(usual + more);
        if ('extra' in params) continue;
        // A value in quotes holds none, and nothing that ends a line or begins a comment.
        for (const line of written) expect(line).toMatch(/^[^"#\\]*(?:"[^"#\\]*"[^"#\\]*)?$/);
      }
    }),
  );
});
