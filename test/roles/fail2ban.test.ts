import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/fail2ban/role.js';
import type { ExampleSystem } from './fact-presets.js';
import { roleItems, someHost } from './role-items.js';

const JAIL = '/etc/fail2ban/jail.local';

test.each<readonly [string, ExampleSystem, string, unknown, readonly string[]]>([
  ['OpenSSH that makes nobody wait', 'debian12', '9.2', {}, ['fail2ban', 'python3-systemd', 'nftables']],
  ['the last of those', 'debian12', '9.7', {}, ['fail2ban', 'python3-systemd', 'nftables']],
  ['OpenSSH with penalties', 'debian12', '9.8', {}, []],
  ['a newer one', 'debian13', '10.0', {}, []],
  [
    'a newer one, asked for all the same',
    'debian13',
    '10.0',
    { always: true },
    ['fail2ban', 'python3-systemd', 'nftables'],
  ],
  ['no sshd', 'debian12', '', {}, []],
  ['Fedora', 'fedora', '9.6', {}, ['fail2ban-server', 'nftables']],
  ['Alpine, which needs nothing', 'alpine', '9.9', {}, []],
])('%s', (_name, system, openssh_version, params, expected) => {
  const { items } = roleItems(role, params, { system, facts: { openssh_version } });
  expect(items.find(({ kind }) => kind === 'package')?.params['names'] ?? []).toEqual(expected);
  expect(items).toHaveLength(expected.length === 0 ? 0 : 3);
});

test('without systemd it cannot be', () => {
  expect(() => roleItems(role, { always: true }, { system: 'alpine' })).toThrow(
    expect.objectContaining({ code: 'role/no-journal' }),
  );
});

describe('the jail', () => {
  test('with what nobody wrote', () => {
    expect(roleItems(role, {}).file(JAIL)).toBe(`[DEFAULT]
ignoreip = 127.0.0.0/8 ::1 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fe80::/10
banaction = nftables
banaction_allports = nftables[type=allports]
bantime.increment = true

[sshd]
enabled = true
backend = systemd
filter = sshd[mode=%(mode)s, journalmatch="_COMM=sshd + _COMM=sshd-session"]
port = 22
maxretry = 5
findtime = 10m
bantime = 10m
`);
  });

  test('lets the jump hosts in, and watches every port', () => {
    const gate = someHost({ name: 'gate', address: '203.0.113.2' });
    const named = someHost({ name: 'named', address: 'jump.lan' });
    const self = { name: 'inner', via: ['gate', 'named'], ports: [2222, 22] };
    const hosts = [gate, named, someHost({ name: 'other', address: '203.0.113.9' }), someHost(self)];
    const params = { trusted: [], max_retry: 3, ban_time: '1h', find_time: 600 };
    const text = roleItems(role, params, { host: self, hosts }).file(JAIL);
    expect(text).toContain('ignoreip = 127.0.0.0/8 ::1 203.0.113.2\n');
    expect(text).toContain('port = 2222,22\nmaxretry = 3\nfindtime = 600\nbantime = 1h\n');
  });
});

test.each<readonly [string, unknown]>([
  ['a line more', { ban_time: '1h\nenabled = false' }],
  ['for ever', { ban_time: '-1' }],
  ['no network', { trusted: ['home'] }],
])('refuses %s', (_name, params) => {
  expect(role.params.safeParse(params).success).toBe(false);
});
