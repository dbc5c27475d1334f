import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import role from '../../src/roles/chrony/role.js';
import { ARCHITECTURES, factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, roleServices, someHost, type Asking } from './role-items.js';

const FILE = '/etc/chrony/chrony.conf';
const DEBIAN = `confdir /etc/chrony/conf.d
driftfile /var/lib/chrony/chrony.drift
keyfile /etc/chrony/chrony.keys
ntsdumpdir /var/lib/chrony
maxupdateskew 100.0
makestep 1 3
rtcsync
`;
/** Where time is served to a house. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10'];
const POOL = 'pool 2.debian.pool.ntp.org iburst\n';

const HOSTS = [
  someHost({ name: 't1', address: '10.0.1.1', groups: ['time'] }),
  someHost({ name: 't2', address: 't2.lan', groups: ['time'] }),
  someHost({ name: 'app', address: '10.0.1.5' }),
  someHost({ name: 'far', address: '203.0.113.7' }),
  someHost({ name: 'by-config', address: undefined }),
];
/** Asked about one of them. */
const as = (name: string): Asking => ({ hosts: HOSTS, host: HOSTS.find((host) => host.name === name) ?? {} });

describe('chrony.conf', () => {
  test.each<[string, object, string]>([
    ['what is left out', {}, `${POOL}${DEBIAN}`],
    [
      'servers and pools',
      { servers: ['10.0.0.1', 'fd00::1'], pools: ['p.lan'] },
      `server 10.0.0.1 iburst\nserver fd00::1 iburst\npool p.lan iburst\n${DEBIAN}`,
    ],
    [
      'a server as it is asked for',
      {
        nts: true,
        servers: [
          { name: 'a.lan', prefer: true, min_poll: 4, max_poll: 6 },
          { name: 'b.lan', nts: false },
        ],
      },
      `server a.lan iburst nts prefer minpoll 4 maxpoll 6\nserver b.lan iburst\n${DEBIAN}`,
    ],
    [
      'one that serves',
      {
        allow: ['10.0.0.0/8', 'fd00::/8'],
        local: {},
        nts_server: { certificate: '/etc/a.crt', key: '/etc/a.key' },
        extra: { minsources: '2', hwtimestamp: '*' },
      },
      `${POOL}${DEBIAN}allow 10.0.0.0/8\nallow fd00::/8\nlocal stratum 10 orphan\n` +
        'ntsservercert /etc/a.crt\nntsserverkey /etc/a.key\nminsources 2\nhwtimestamp *\n',
    ],
    [
      'the clock as it is set',
      { makestep: { seconds: 0.5, updates: -1 }, rtcsync: false, local: { stratum: 5, orphan: false } },
      `${POOL}${DEBIAN.replace('makestep 1 3\nrtcsync\n', 'makestep 0.5 -1\n')}local stratum 5\n`,
    ],
  ])('%s', (_name, params, text) => {
    expect(roleItems(role, params).file(FILE)).toBe(text);
  });

  test('is checked, and has to answer', () => {
    expect(roleItems(role, {}).params('settings')).toEqual({
      service: 'chrony',
      files: [
        { path: FILE, content: `${POOL}${DEBIAN}`, mode: '0644', owner: 'root', group: 'root' },
        { path: '/etc/chrony/conf.d/homelab.conf', state: 'absent' },
      ],
      validate: ['chronyd', '-p', '-f', FILE],
      checks: [{ command: ['chronyc', '-n', 'tracking'] }],
    });
  });
});

describe('time servers of the inventory', () => {
  const params = { group: 'time', servers: ['ntp.example'], local: {} };

  test.each<[string, string]>([
    [
      't1',
      `server ntp.example iburst\nserver t2.lan iburst\n${DEBIAN}${PRIVATE.map((one) => `allow ${one}\n`).join('')}allow 203.0.113.7\nlocal stratum 10 orphan\n`,
    ],
    ['app', `server 10.0.1.1 iburst\nserver t2.lan iburst\n${DEBIAN}`],
  ])('%s', (name, text) => {
    expect(roleItems(role, params, as(name)).file(FILE)).toBe(text);
  });

  test('one of them alone asks nobody of the group', () => {
    const { local: _, ...alone } = params;
    expect(roleItems(role, alone, as('t1')).file(FILE)).toMatch(/^server ntp\.example iburst\nconfdir/);
  });

  test('a group without hosts', () => {
    expect(() => roleItems(role, { group: 'none' }, as('app'))).toThrow(
      expect.objectContaining({ code: 'role/empty-group' }),
    );
  });

  test('ports are open to private networks, where jump hosts come from as well, and to the others', () => {
    expect(rolePorts(role, params, as('t1'))).toEqual([
      { protocol: 'udp', port: 123, from: [...PRIVATE, '203.0.113.7'], what: 'NTP' },
    ]);
    expect(rolePorts(role, params, as('app'))).toEqual([]);
  });
});

describe.each(ARCHITECTURES)('on %s', (arch) => {
  test.each<[ExampleSystem, string, string, string, string]>([
    ['debian12', FILE, 'chrony', 'pool 2.debian.pool.ntp.org', '/var/lib/chrony/chrony.drift'],
    ['debian13', FILE, 'chrony', 'pool 2.debian.pool.ntp.org', '/var/lib/chrony/chrony.drift'],
    ['ubuntu2404', FILE, 'chrony', 'pool 2.ubuntu.pool.ntp.org', '/var/lib/chrony/chrony.drift'],
    ['fedora', '/etc/chrony.conf', 'chronyd', 'pool 2.fedora.pool.ntp.org', '/var/lib/chrony/drift'],
    ['alpine', FILE, 'chronyd', 'pool 2.alpine.pool.ntp.org', '/var/lib/chrony/chrony.drift'],
  ])('%s: file, service, pool', (system, path, service, pool, drift) => {
    const asking = { system, facts: { arch } };
    const answer = roleItems(role, {}, asking);
    const text = answer.file(path);
    expect(text).toMatch(new RegExp(`^${pool} iburst\n`));
    expect(text).toContain(`driftfile ${drift}\n`);
    expect(text.includes('keyfile')).toBe(system !== 'alpine');
    expect(answer.params('package')).toEqual({ names: ['chrony'] });
    expect(answer.params('service')).toEqual({ name: service, state: 'running', enabled: true });
    expect(roleServices(role, {}, asking)).toEqual([
      expect.objectContaining({ unit: service, packages: ['chrony'], version: ['chronyd', '--version'] }),
    ]);
  });

  test('nixos: is told elsewhere', () => {
    expect(role.refuses?.(factsOf('nixos', { arch }))).toContain('services.chrony');
  });
});

describe('in a container', () => {
  const facts = { container: 'lxc' };

  test('there is no chronyd, and no port', () => {
    expect(roleItems(role, { allow: ['10.0.0.0/8'] }, { facts }).items).toEqual([]);
    expect(rolePorts(role, { allow: ['10.0.0.0/8'] }, { facts })).toEqual([]);
    expect(roleServices(role, {}, { facts })).toEqual([]);
    expect(() => roleItems(role, { sets_clock: true }, { facts })).toThrow(
      expect.objectContaining({ code: 'role/no-clock' }),
    );
  });

  test('it may serve, and its unit is told before its settings', () => {
    const params = { sets_clock: false, allow: ['10.0.0.0/8'], local: {} };
    const answer = roleItems(role, params, { facts });
    const names = answer.items.map(({ name }) => name);
    expect(names.indexOf('the clock is left alone')).toBeLessThan(names.indexOf('settings'));
    expect(answer.file(FILE)).not.toContain('rtcsync');
    expect(roleServices(role, params, { facts })[0]?.ready).toEqual([
      { kind: 'command', argv: ['chronyc', '-n', 'tracking'] },
    ]);
  });
});

test('a clock that is kept is ready when it is right', () => {
  expect(roleServices(role, {})[0]?.ready).toContainEqual({
    kind: 'command',
    argv: ['chronyc', 'waitsync', '1'],
  });
});

test('ports with authentication', () => {
  const params = { allow: ['10.0.0.0/8'], nts_server: { certificate: '/a', key: '/b' } };
  expect(rolePorts(role, params).map(({ protocol, port }) => [protocol, port])).toEqual([
    ['udp', 123],
    ['tcp', 4460],
  ]);
});

test.each<[string, object, string]>([
  ['a mask that chronyd would take', { allow: ['10.0.0.0/99'] }, 'longer than 32 bits'],
  ['bits after the prefix', { allow: ['10.0.0.1/8'] }, 'bits set after its prefix'],
  ['a line more', { servers: ['a\nallow all'] }, 'must be an address or a name'],
  ['options as a name', { pools: [{ name: 'a key 1' }] }, 'must be an address or a name'],
  ['times the wrong way round', { servers: [{ name: 'a', min_poll: 12 }] }, 'longer than the longest'],
  ['what chronyd would take', { servers: [{ name: 'a', max_poll: 99 }] }, 'Too big'],
  ['a blank in a path', { nts_server: { certificate: '/a b', key: '/c' } }, 'must not hold blanks'],
  ['a directive of its own', { extra: { allow: 'all' } }, 'has a parameter of its own'],
  ['a line in a directive', { extra: { minsources: '2\nallow all' } }, 'must be one line'],
  ['no directive', { extra: { 'allow all': '' } }, 'must be a directive'],
])('refuses %s', (_name, params, problem) => {
  expect(JSON.stringify(role.params.safeParse(params).error?.issues)).toContain(problem);
});

test('whatever is taken is one line of the file', () => {
  const text = fc.string({
    unit: fc.constantFrom(...'ab0.-:/ \t\n\r#!%;*=é\u2028\0'.split('')),
    maxLength: 12,
  });
  fc.assert(
    fc.property(text, text, (name, value) => {
      const params = { servers: [{ name }], extra: { minsources: value } };
      if (!role.params.safeParse(params).success) return;
      const lines = roleItems(role, params)
        .file(FILE)
        .split(/[\n\u2028]/);
      expect(lines[0]).toBe(`server ${name} iburst`);
      expect(lines.slice(-2)).toEqual([`minsources ${value}`, '']);
      expect(lines).toHaveLength(DEBIAN.split('\n').length + 2);
    }),
  );
});

describe('a clock that was left alone is kept again', () => {
  test.each<[ExampleSystem, string, string]>([
    ['debian12', '/etc/default/chrony', 's/^DAEMON_OPTS="-F 1 -x"$/DAEMON_OPTS="-F 1"/'],
    ['fedora', '/etc/sysconfig/chronyd', 's/^OPTIONS="-F 2 -x"$/OPTIONS="-F 2"/'],
    ['alpine', '/etc/conf.d/chronyd', 's/^ARGS="-x"$/ARGS=""/'],
  ])('on %s', (system, path, edit) => {
    const answer = roleItems(role, {}, { system });
    const { shell, only_if: isLeft } = answer.params('the clock is kept again');
    expect(shell).toContain(`sed -i '${edit}' ${path}`);
    expect(isLeft).toContain(path);
    expect(String(shell).includes('homelab.conf')).toBe(system !== 'alpine');
    const names = answer.items.map(({ name }) => name);
    expect(names.indexOf('the clock is kept again')).toBeLessThan(names.indexOf('settings'));
    expect(answer.items.find(({ name }) => name === 'the clock is kept again')?.onChange).toEqual([
      'restart chrony',
    ]);
  });

  test('and not where it is to be left alone', () => {
    const names = roleItems(role, { sets_clock: false }).items.map(({ name }) => name);
    expect(names).not.toContain('the clock is kept again');
  });
});
