import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import role from '../../src/roles/dnsmasq/role.js';
import { ARCHITECTURES, factsOf, SYSTEMS, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, roleServices, someHost, type Asking } from './role-items.js';

const PATH = '/etc/dnsmasq.d/homelab.conf';

/** What the file says, without comments and empty lines. */
function lines(params: unknown, asking: Asking = {}): string[] {
  return roleItems(role, params, asking)
    .file(PATH)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const HOSTS = [
  someHost({ name: 'gate', address: '192.168.1.2', groups: ['edge'] }),
  someHost({ name: 'nas', address: '192.168.1.10', groups: ['servers'] }),
  someHost({ name: 'six', address: 'fd00::6', groups: ['servers'] }),
  someHost({ name: 'vault.lan', address: '10.0.0.3' }),
  someHost({ name: 'far.example.org', address: '10.0.0.4' }),
  someHost({ name: 'named', address: 'named.example.org' }),
  someHost({ name: 'unknown', address: undefined }),
  someHost({ name: 'me', address: '127.0.0.1' }),
  someHost({ name: 'odd..name', address: '10.0.0.5' }),
  someHost({ name: '10.0.0.6', address: '10.0.0.6' }),
];

const DEFAULTS = [
  'port=53',
  'bind-dynamic',
  'domain-needed',
  'bogus-priv',
  'no-hosts',
  'resolv-file=/etc/resolv.conf',
  'stop-dns-rebind',
  'cache-size=1000',
  'domain=lan',
  'expand-hosts',
  'local=/lan/',
  'txt-record=_homelab.lan,answers',
  'host-record=host.lan,host,192.0.2.10',
];

const DEBIAN_CHECK =
  'dnsmasq --test --conf-dir=/etc/dnsmasq.d,.dpkg-dist,.dpkg-old,.dpkg-new && /usr/share/dnsmasq/systemd-helper checkconfig';

describe.each(ARCHITECTURES)('on %s', (arch) => {
  const facts = { arch };

  test.each<readonly [ExampleSystem, readonly string[], string, readonly string[], readonly string[]]>([
    ['debian12', [], DEBIAN_CHECK, ['package', 'settings', 'service'], ['dnsmasq', 'dnsmasq-base']],
    ['debian13', [], DEBIAN_CHECK, ['package', 'settings', 'service'], ['dnsmasq', 'dnsmasq-base']],
    ['ubuntu2404', [], DEBIAN_CHECK, ['package', 'settings', 'service'], ['dnsmasq', 'dnsmasq-base']],
    [
      'fedora',
      ['local-service'],
      'dnsmasq --test',
      ['package', 'nothing contradicts the settings', 'settings', 'service'],
      ['dnsmasq'],
    ],
    ['alpine', [], 'dnsmasq --test', ['package', 'settings', 'service'], ['dnsmasq']],
  ])('%s', (system, more, check, names, packages) => {
    const answer = roleItems(role, {}, { system, facts });
    expect(lines({}, { system, facts }).toSorted()).toEqual([...DEFAULTS, ...more].toSorted());
    expect(answer.items.map(({ name }) => name)).toEqual(names);
    expect(answer.params('package')).toEqual({ names: ['dnsmasq'] });
    expect(answer.params('service')).toEqual({ name: 'dnsmasq', state: 'running', enabled: true });
    const [program, flag, script, ...rest] = answer.params('settings')['validate'] as readonly string[];
    expect([program, flag, ...rest]).toEqual(['sh', '-c', 'sh']);
    expect(script?.split('\n').at(-1)).toBe(check);
    expect(roleServices(role, {}, { system, facts })).toEqual([
      {
        name: 'dnsmasq',
        unit: 'dnsmasq',
        packages,
        version: ['dnsmasq', '--version'],
        ready: [{ kind: 'dns', name: '_homelab.lan', type: 'TXT', server: '127.0.0.1', port: 53 }],
        drain: { adapter: 'none' },
      },
    ]);
  });

  test.each(SYSTEMS)('is for: %s', (system) => {
    expect(role.refuses?.(factsOf(system, facts))).toBeUndefined();
  });
});

test("Fedora's own settings let it serve the host alone", () => {
  const { items, actions } = roleItems(role, {}, { system: 'fedora' });
  expect(items[1]).toMatchObject({
    kind: 'line',
    params: { path: '/etc/dnsmasq.conf', state: 'absent' },
    onChange: ['restart dnsmasq'],
  });
  const pattern = new RegExp(String(items[1]?.params['match']));
  const isRemoved = (line: string): boolean => pattern.test(line);
  expect(['interface=lo', 'bind-interfaces', 'local-service=host'].map(isRemoved)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['interface=lo0', '#bind-interfaces', 'conf-dir=/etc/dnsmasq.d'].map(isRemoved)).toEqual([
    false,
    false,
    false,
  ]);
  expect(actions['restart dnsmasq']?.params).toEqual({ name: 'dnsmasq', restart: true });
});

test.each<readonly [string, unknown, readonly string[], readonly string[]]>([
  [
    'interfaces',
    { interfaces: ['eth0', 'br-lan'] },
    ['interface=eth0', 'interface=br-lan'],
    ['local-service'],
  ],
  [
    'addresses',
    { listen: ['192.168.1.2', 'fd00::2'] },
    ['listen-address=192.168.1.2', 'listen-address=fd00::2'],
    [],
  ],
  [
    'upstreams',
    { upstreams: ['9.9.9.9', '2620:fe::fe'] },
    ['no-resolv', 'server=9.9.9.9', 'server=2620:fe::fe'],
    ['resolv-file=/etc/resolv.conf'],
  ],
  [
    'another port',
    { upstreams: [{ address: '127.0.0.1', port: 5335 }] },
    ['no-resolv', 'server=127.0.0.1#5335'],
    [],
  ],
  [
    'a zone has its own server: all else is asked as before',
    { upstreams: [{ address: '192.168.1.1', zones: ['fritz.box', '168.192.in-addr.arpa'] }] },
    [
      'server=/fritz.box/168.192.in-addr.arpa/192.168.1.1',
      'rebind-domain-ok=/fritz.box/',
      'rebind-domain-ok=/168.192.in-addr.arpa/',
    ],
    ['no-resolv'],
  ],
  ['consul here', { consul: true }, ['server=/consul/127.0.0.1#8600', 'rebind-domain-ok=/consul/'], []],
  ['consul elsewhere', { consul: '10.0.0.5' }, ['server=/consul/10.0.0.5#8600'], []],
  ['consul on another port', { consul: { port: 53 } }, ['server=/consul/127.0.0.1'], []],
  ['no consul', { consul: false }, [], ['server=/consul/127.0.0.1#8600', 'rebind-domain-ok=/consul/']],
  [
    'rebinding is let be',
    { stop_dns_rebind: false, consul: true },
    ['server=/consul/127.0.0.1#8600'],
    ['stop-dns-rebind', 'rebind-domain-ok=/consul/'],
  ],
  ['zones that may', { rebind_ok: ['plex.direct'] }, ['rebind-domain-ok=/plex.direct/'], []],
  [
    'zones',
    { domain: 'home.arpa', local_zones: ['test'] },
    ['domain=home.arpa', 'local=/home.arpa/', 'local=/test/', 'txt-record=_homelab.home.arpa,answers'],
    ['local=/lan/'],
  ],
  ['a hosts file', { hosts_file: true }, [], ['no-hosts']],
  [
    'records',
    {
      records: {
        Printer: '192.168.1.30',
        'nas.lan': ['192.168.1.10', 'fd00::10'],
        'x.example': '10.0.0.1',
        // dnsmasq would take a number alone for the time to live.
        '9': '10.0.0.9',
      },
    },
    [
      'host-record=printer.lan,printer,192.168.1.30',
      'host-record=nas.lan,nas,192.168.1.10',
      'host-record=nas.lan,nas,fd00::10',
      'host-record=x.example,10.0.0.1',
      'host-record=9.lan,10.0.0.9',
    ],
    [],
  ],
  [
    'other names',
    { cnames: { files: 'nas', 'a.example': 'b.example' } },
    ['cname=files.lan,nas.lan', 'cname=a.example,b.example'],
    [],
  ],
  [
    'whole domains',
    { addresses: { 'apps.lan': '192.168.1.80' }, blocked: ['ads.example'] },
    ['address=/apps.lan/192.168.1.80', 'address=/ads.example/'],
    [],
  ],
  [
    'lines of its own',
    { extra: ['log-queries', 'mx-host=lan,mail.lan,10'] },
    ['log-queries', 'mx-host=lan,mail.lan,10'],
    [],
  ],
])('settings: %s', (_name, params, there, notThere) => {
  const found = lines(params, { system: 'fedora' });
  expect(found).toEqual(expect.arrayContaining([...there]));
  expect(found.filter((line) => notThere.includes(line))).toEqual([]);
});

const FOUR = { from: '192.168.1.100', to: '192.168.1.199' };
const SIX = { from: 'fd00::100', to: 'fd00::1ff' };

test.each<readonly [string, object, readonly string[]]>([
  [
    'addresses for an hour',
    { ranges: [{ ...FOUR, netmask: '255.255.255.0', lease: '1h' }], router: '192.168.1.1' },
    [
      'dhcp-range=192.168.1.100,192.168.1.199,255.255.255.0,1h',
      'dhcp-option=option:router,192.168.1.1',
      'dhcp-authoritative',
    ],
  ],
  [
    'no router is named: none is told',
    { ranges: [FOUR], authoritative: false },
    ['dhcp-range=192.168.1.100,192.168.1.199,12h', 'dhcp-option=option:router'],
  ],
  [
    'machines',
    {
      ranges: [FOUR],
      hosts: [
        { mac: 'AA:bb:cc:dd:ee:ff', name: 'pi0', address: '192.168.1.5' },
        { mac: '00:11:22:33:44:55', address: 'fd00::5' },
        { mac: '00:11:22:33:44:66', name: 'tv' },
      ],
      lease_file: '/var/lib/misc/home.leases',
    },
    [
      'dhcp-range=192.168.1.100,192.168.1.199,12h',
      'dhcp-host=aa:bb:cc:dd:ee:ff,pi0,192.168.1.5',
      'dhcp-host=00:11:22:33:44:55,[fd00::5]',
      'dhcp-host=00:11:22:33:44:66,tv',
      'dhcp-option=option:router',
      'dhcp-authoritative',
      'dhcp-leasefile=/var/lib/misc/home.leases',
    ],
  ],
  [
    'servers of both sorts',
    { ranges: [FOUR, SIX], dns: ['192.168.1.2', 'fd00::2', '192.168.1.3'], ntp: ['192.168.1.2'] },
    [
      'dhcp-range=192.168.1.100,192.168.1.199,12h',
      'dhcp-range=fd00::100,fd00::1ff,12h',
      'dhcp-option=option:router',
      'dhcp-option=option:dns-server,192.168.1.2,192.168.1.3',
      'dhcp-option=option6:dns-server,[fd00::2]',
      'dhcp-option=option:ntp-server,192.168.1.2',
      'dhcp-authoritative',
    ],
  ],
  [
    'IPv6 alone',
    { ranges: [SIX], dns: ['192.168.1.2'] },
    ['dhcp-range=fd00::100,fd00::1ff,12h', 'dhcp-authoritative'],
  ],
])('DHCP: %s', (_name, dhcp, expected) => {
  expect(lines({ dhcp }).filter((line) => line.startsWith('dhcp-'))).toEqual(expected);
});

describe('the inventory', () => {
  const records = (params: object): string[] =>
    lines(params, { hosts: HOSTS })
      .filter((line) => line.startsWith('host-record='))
      .map((line) => line.slice('host-record='.length));

  test('hosts with an address that others can use', () => {
    expect(records({})).toEqual([
      'gate.lan,gate,192.168.1.2',
      'nas.lan,nas,192.168.1.10',
      'six.lan,six,fd00::6',
      'vault.lan,vault,10.0.0.3',
      'far.example.org,10.0.0.4',
    ]);
  });

  test('none, or some groups', () => {
    expect(records({ inventory_records: false })).toEqual([]);
    expect(records({ inventory_records: { groups: ['servers'] } })).toEqual([
      'nas.lan,nas,192.168.1.10',
      'six.lan,six,fd00::6',
    ]);
  });

  test('a group that no host is in is a mistake', () => {
    expect(() => records({ inventory_records: { groups: ['edge', 'server'] } })).toThrow(
      expect.objectContaining({ code: 'role/empty-group', hint: 'Did you mean servers?' }),
    );
  });

  test('what is written counts', () => {
    const params = {
      inventory_records: { groups: ['servers'] },
      records: { nas: '10.9.9.9' },
      cnames: { six: 'nas' },
    };
    expect(records(params)).toEqual(['nas.lan,nas,10.9.9.9']);
  });
});

test('it is checked, tried and asked', () => {
  const params = {
    interfaces: ['eth0', 'wg0'],
    port: 5353,
    consul: true,
    probe_names: ['example.org', 'nas.example'],
  };
  const { validate, checks, keeps } = roleItems(role, params).params('settings');
  expect((validate as readonly string[]).slice(3)).toEqual(['sh', 'eth0', 'wg0']);
  const asked = { server: '127.0.0.1', port: 5353 };
  expect(checks).toEqual([{ dns: { name: '_homelab.lan', type: 'TXT', ...asked } }]);
  expect(keeps).toEqual(
    ['example.org', 'nas.example', 'consul.service.consul'].map((name) => ({ dns: { name, ...asked } })),
  );
});

test.each<readonly [readonly string[], string]>([
  [['192.168.1.2', 'fd00::2'], '192.168.1.2'],
  [['192.168.1.2', '127.0.0.1'], '127.0.0.1'],
  [['fd00::2', '::1'], '::1'],
])('listening at %j it is asked at %s', (listen, server) => {
  const { checks } = roleItems(role, { listen }).params('settings');
  expect(checks).toEqual([{ dns: { name: '_homelab.lan', type: 'TXT', server, port: 53 } }]);
});

test.each<readonly [string, object, readonly string[]]>([
  ['by default', {}, ['udp 53', 'tcp 53']],
  ['another port', { port: 5335, interfaces: ['lo', 'eth0'] }, ['udp 5335', 'tcp 5335']],
  ['for the host alone', { interfaces: ['lo'], listen: ['127.0.0.2', '::1'] }, []],
  ['at an address', { listen: ['10.0.0.1'] }, ['udp 53', 'tcp 53']],
  ['DHCP', { interfaces: ['lo'], dhcp: { ranges: [FOUR] } }, ['udp 67']],
  ['DHCP of both sorts', { interfaces: ['lo'], dhcp: { ranges: [FOUR, SIX] } }, ['udp 67', 'udp 547']],
])('ports: %s', (_name, params, expected) => {
  const open = rolePorts(role, params).filter(({ from }) => from?.length !== 0);
  expect(open.map(({ protocol, port }) => `${protocol} ${port}`)).toEqual(expected);
});

test.each<readonly [string, unknown]>([
  ['a line more', { domain: 'lan\nport=54' }],
  ['a domain with a dot at its end', { domain: 'lan.' }],
  ['another option', { upstreams: ['9.9.9.9#54'] }],
  ['a name as a server', { upstreams: ['dns.example'] }],
  ['a zone with a slash', { upstreams: [{ address: '9.9.9.9', zones: ['a/b'] }] }],
  ['a scope', { listen: ['fe80::1%eth0'] }],
  ['every address', { listen: ['0.0.0.0'] }],
  ['every address of IPv6', { listen: ['::'] }],
  ['an interface that is a path', { interfaces: ['../eth0'] }],
  ['an interface too long', { interfaces: ['a'.repeat(16)] }],
  ['no interface', { interfaces: [] }],
  ['a record without address', { records: { nas: [] } }],
  ['a record of a name', { records: { nas: 'other' } }],
  ['a record with a comma', { records: { 'nas,evil': '10.0.0.1' } }],
  ['two lines', { extra: ['log-queries\naddress=/x/1.2.3.4'] }],
  ['a line that is no option', { extra: ['# nothing'] }],
  ['no range', { dhcp: { ranges: [] } }],
  ['a range that ends before it begins', { dhcp: { ranges: [{ from: '10.0.0.9', to: '10.0.0.1' }] } }],
  ['a range of two sorts', { dhcp: { ranges: [{ from: '10.0.0.9', to: 'fd00::9' }] } }],
  ['a netmask of IPv6', { dhcp: { ranges: [{ ...SIX, netmask: '255.255.255.0' }] } }],
  ['a lease of no time', { dhcp: { ranges: [{ ...FOUR, lease: '0h' }] } }],
  ['half a MAC', { dhcp: { ranges: [FOUR], hosts: [{ mac: 'aa:bb:cc', name: 'x' }] } }],
  ['a machine that gets nothing', { dhcp: { ranges: [FOUR], hosts: [{ mac: 'aa:bb:cc:dd:ee:ff' }] } }],
  ['a lease file with a blank', { dhcp: { ranges: [FOUR], lease_file: '/var/a b' } }],
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
        [{ local_zones: [text] }, 1],
        [{ records: { [text]: '10.0.0.1' } }, 1],
        [{ cnames: { [text]: 'x' } }, 1],
        [{ cnames: { x: text } }, 1],
        [{ blocked: [text] }, 1],
        [{ rebind_ok: [text] }, 1],
        [{ interfaces: [text] }, 1],
        [{ extra: [text] }, 1],
      ] as const) {
        if (!role.params.safeParse(params).success) continue;
        const written = lines(params);
        expect(written).toHaveLength(usual + more);
        if (!('extra' in params)) expect(written.join('')).not.toMatch(/[\s"'#*\\]/);
      }
    }),
  );
});
