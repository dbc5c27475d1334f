import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/time/role.js';
import type { ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts } from './role-items.js';

describe('chrony', () => {
  test.each<readonly [ExampleSystem, string, string, string]>([
    ['debian12', '/etc/chrony/conf.d/homelab.conf', 'pool 2.debian.pool.ntp.org iburst\n', 'chrony'],
    ['ubuntu2404', '/etc/chrony/conf.d/homelab.conf', 'pool 2.ubuntu.pool.ntp.org iburst\n', 'chrony'],
    ['fedora', '/etc/chrony.d/homelab.conf', 'pool 2.fedora.pool.ntp.org iburst\n', 'chronyd'],
    ['alpine', '/etc/chrony/conf.d/homelab.conf', 'pool 2.alpine.pool.ntp.org iburst\n', 'chronyd'],
  ])('on %s', (system, path, content, service) => {
    const answer = roleItems(role, {}, { system });
    expect(answer.file(path)).toBe(content);
    expect(answer.params('service')).toEqual({ name: service, state: 'running', enabled: true });
    expect(answer.actions['restart chrony']?.params).toEqual({ name: service, restart: true });
  });
});

test.each<readonly [string, unknown, string]>([
  [
    'servers alone',
    { servers: ['10.0.0.1', 'time.lan'] },
    'server 10.0.0.1 iburst\nserver time.lan iburst\n',
  ],
  ['both', { servers: ['fd00::1'], pools: ['p.lan'] }, 'server fd00::1 iburst\npool p.lan iburst\n'],
  ['with authentication', { servers: ['a.lan'], nts: true }, 'server a.lan iburst nts\n'],
  [
    'a server of its own',
    { allow: ['10.0.0.0/8', 'fd00::/8'], local_stratum: 10 },
    'pool 2.debian.pool.ntp.org iburst\nallow 10.0.0.0/8\nallow fd00::/8\nlocal stratum 10\n',
  ],
])('settings: %s', (_name, params, expected) => {
  expect(roleItems(role, params).file('/etc/chrony/conf.d/homelab.conf')).toBe(expected);
});

test('where the role chrony keeps the clock, it is left to it', () => {
  expect(roleItems(role, {}, { roles: ['chrony', 'base'] }).items).toEqual([]);
  expect(roleItems(role, {}, { roles: ['base'] }).items).not.toEqual([]);
});

describe('in a container', () => {
  const facts = { container: 'lxc' };

  test('there is no chronyd, and no port', () => {
    expect(roleItems(role, { allow: ['10.0.0.0/8'] }, { facts }).items).toEqual([]);
    expect(rolePorts(role, { allow: ['10.0.0.0/8'] }, { facts })).toEqual([]);
  });

  test.each<readonly [ExampleSystem, Readonly<Record<string, unknown>>]>([
    ['debian12', { path: '/etc/default/chrony', key: 'DAEMON_OPTS', value: '"-F 1 -x"' }],
    ['fedora', { path: '/etc/sysconfig/chronyd', key: 'OPTIONS', value: '"-F 2 -x"' }],
    ['alpine', { path: '/etc/conf.d/chronyd', key: 'ARGS', value: '"-x"' }],
  ])('it may serve the time and leave the clock alone: %s', (system, expected) => {
    const answer = roleItems(role, { sets_clock: false, allow: ['10.0.0.0/8'] }, { system, facts });
    expect(answer.params('the clock is left alone')).toMatchObject(expected);
    const unit = answer.items.find(({ name }) => name.startsWith('unit starts'));
    expect(unit?.params['content']).toBe(system === 'alpine' ? undefined : '[Unit]\nConditionCapability=\n');
  });

  test('the clock cannot be set', () => {
    expect(() => roleItems(role, { sets_clock: true }, { facts })).toThrow(
      expect.objectContaining({ code: 'role/no-clock' }),
    );
  });
});

test.each<readonly [ExampleSystem, readonly string[]]>([
  ['debian12', ['no other time service']],
  ['fedora', ['no other time service', 'systemd-timesyncd is off']],
  ['alpine', ['no other time service', 'ntpd is off']],
])('nothing else keeps the time on %s', (system, expected) => {
  const names = roleItems(role, {}, { system }).items.map(({ name }) => name);
  expect(names.slice(0, names.indexOf('package'))).toEqual(expected);
});

test('ports are open only to those that may ask', () => {
  expect(rolePorts(role, {})).toEqual([]);
  expect(rolePorts(role, { allow: ['10.0.0.0/8'] })).toEqual([
    { protocol: 'udp', port: 123, from: ['10.0.0.0/8'], what: 'NTP' },
  ]);
});

test.each<readonly [string, unknown]>([
  ['a line more', { servers: ['a\nallow all'] }],
  ['options', { servers: ['a.lan key 1'] }],
  ['an option as a name', { pools: ['-x'] }],
  ['no network', { allow: ['10.0.0.1/8'] }],
  ['an empty list', { servers: [] }],
])('refuses %s', (_name, params) => {
  expect(role.params.safeParse(params).success).toBe(false);
});
