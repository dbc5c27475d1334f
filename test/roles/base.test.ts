import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/base/role.js';
import { ARCHITECTURES, factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, someHost, type Asking } from './role-items.js';

const HOSTS = [
  someHost({ name: 'dns1', address: '10.0.1.11', groups: ['dns', 'inner'] }),
  someHost({ name: 'nas', address: 'nas.lan', groups: ['inner'] }),
  someHost({ name: 'six', address: 'fd00::6', groups: ['dns'] }),
  someHost({ name: 'app_1', address: '10.0.1.13' }),
  someHost({ name: 'host' }),
  someHost({ name: 'by-config', address: undefined, groups: ['dns'] }),
];

const asked = (params: object, asking: Asking = {}) =>
  roleItems(role, params, asking).items.map(({ kind, params }) => [kind, params]);
const NAMELESS = { hostname: false, hosts_file: false };

describe('what it keeps', () => {
  test('the name of the inventory, and that it resolves', () => {
    expect(asked({}, { host: { name: 'dns1', address: '192.0.2.10' } })).toEqual([
      ['hosts_entry', { address: '192.0.2.10', names: ['dns1'], first: true }],
      ['hostname', { name: 'dns1' }],
      ['block', { path: '/etc/hosts', id: 'hosts', state: 'absent' }],
    ]);
  });

  test.each<[string, object, Asking, object]>([
    ['its own address', {}, {}, { address: '192.0.2.10', names: ['host'] }],
    [
      'an address that it does not have, e.g. the one of its router',
      {},
      { host: { address: '203.0.113.5' } },
      { address: '127.0.1.1', names: ['host'] },
    ],
    [
      'a name instead of an address',
      { domain: 'lan' },
      { host: { address: 'host.lan' } },
      { address: '127.0.1.1', names: ['host.lan', 'host'] },
    ],
    ['a whole name', { hostname: 'a.home.arpa' }, {}, { address: '192.0.2.10', names: ['a.home.arpa', 'a'] }],
  ])('its own line: %s', (_name, params, asking, expected) => {
    expect(roleItems(role, params, asking).params('its own name resolves')).toEqual({
      ...expected,
      first: true,
    });
  });

  test.each<[string, object, string]>([
    ['every other host that has an address', {}, '10.0.1.11 dns1\nfd00::6 six\n'],
    [
      'with their domain',
      { domain: 'home.arpa' },
      '10.0.1.11 dns1.home.arpa dns1\nfd00::6 six.home.arpa six\n',
    ],
    [
      'of some groups, and what is no host',
      { hosts_file: { groups: ['inner'], aliases: { '10.0.0.1': ['router.lan', 'router'] } } },
      '10.0.1.11 dns1\n10.0.0.1 router.lan router\n',
    ],
  ])('the names of the others: %s', (_name, params, expected) => {
    const answer = roleItems(role, params, { hosts: HOSTS });
    expect(answer.params('names of the other hosts')).toEqual({
      path: '/etc/hosts',
      id: 'hosts',
      content: expected,
      create: true,
    });
  });

  test('packages, and people as the role users has them', () => {
    const params = {
      ...NAMELESS,
      packages: ['htop', 'vim=2:9.0'],
      unwanted_packages: ['telnet'],
      people: [{ name: 'alice', sudo: true }],
    };
    expect(asked(params)).toEqual([
      ['package', { names: ['telnet'], state: 'absent' }],
      ['package', { names: ['htop', 'vim=2:9.0'] }],
      ['user', { name: 'alice', groups: ['sudo'] }],
    ]);
    expect(asked(params, { system: 'fedora' }).at(-1)).toEqual([
      'user',
      { name: 'alice', groups: ['wheel'] },
    ]);
  });

  test('nothing where nothing is asked for', () => {
    expect(asked(NAMELESS)).toEqual([]);
  });
});

const LOCALE = ['locale', { name: 'de_DE.UTF-8', default: true }];
const ZONE = [
  ['package', { names: ['tzdata'] }],
  ['timezone', { name: 'Europe/Berlin' }],
];

describe.each(ARCHITECTURES)('on %s', (arch) => {
  test.each<[ExampleSystem, string]>([
    ['debian12', 'locales'],
    ['debian13', 'locales'],
    ['ubuntu2404', 'locales'],
    ['fedora', 'glibc-langpack-de'],
  ])('%s: time zone and language', (system, source) => {
    const params = { ...NAMELESS, timezone: 'Europe/Berlin', locale: 'de_DE.UTF-8' };
    expect(asked(params, { system, facts: { arch } })).toEqual([
      ...ZONE,
      ['package', { names: [source] }],
      LOCALE,
    ]);
  });

  test('alpine: a time zone, and no locales', () => {
    const asking = { system: 'alpine', facts: { arch } } as const;
    expect(asked({ ...NAMELESS, timezone: 'Europe/Berlin' }, asking)).toEqual(ZONE);
    expect(() => asked({ locale: 'de_DE.UTF-8' }, asking)).toThrow(
      expect.objectContaining({ code: 'role/no-locale' }),
    );
  });

  test('nixos: is told elsewhere', () => {
    expect(role.refuses?.(factsOf('nixos', { arch }))).toContain('environment.systemPackages');
  });
});

test('what the C library has built in needs no package', () => {
  expect(asked({ ...NAMELESS, locale: 'C.UTF-8' })).toEqual([['locale', { name: 'C.UTF-8', default: true }]]);
});

test('the account that homelab logs in with stays', () => {
  expect(() => asked({ people: [{ name: 'admin', state: 'absent' }] })).toThrow(
    expect.objectContaining({ code: 'role/would-lock-out' }),
  );
});

test('a group of the hosts file that no host is in', () => {
  const hosts = [someHost({ groups: ['dns'] })];
  expect(() => asked({ hosts_file: { groups: ['dsn'] } }, { hosts })).toThrow(
    expect.objectContaining({ code: 'role/empty-group', hint: 'Did you mean dns?' }),
  );
});

test('a name that no machine can have', () => {
  expect(() => asked({}, { host: { name: 'app_1' } })).toThrow(
    expect.objectContaining({ code: 'role/no-hostname' }),
  );
  expect(asked({ hostname: 'app1' }, { host: { name: 'app_1' } })).toContainEqual([
    'hostname',
    { name: 'app1' },
  ]);
});

test.each<[string, unknown, string]>([
  ['somebody twice', { people: [{ name: 'a' }, { name: 'a' }] }, 'a is there twice'],
  ['a package both ways', { packages: ['a=1'], unwanted_packages: ['a'] }, 'a is wanted as well'],
  ['an option of apt', { packages: ['-o'] }, 'must be the name of a package'],
  ['a line more', { hosts_file: { aliases: { '10.0.0.1': ['a\n10.0.0.2 b'] } } }, 'must be a domain'],
  ['a name for an address', { hosts_file: { aliases: { router: ['a'] } } }, 'must be an address'],
  ['a blank in a name', { hostname: 'a b' }, 'must be labels'],
  ['an address as a name', { hostname: '10.0.0.1' }, 'must be labels'],
  ['a domain with a line end', { domain: 'lan\n' }, 'must be a domain'],
  ['a zone outside of its folder', { timezone: '../etc/passwd' }, 'must be the name of a zone'],
])('refuses %s', (_name, params, problem) => {
  const { error } = role.params.safeParse(params);
  const messages = JSON.stringify(error?.issues);
  expect(messages).toContain(problem);
});
