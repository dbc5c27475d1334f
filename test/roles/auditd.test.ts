import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/auditd/role.js';
import { factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems } from './role-items.js';

const RULES = '/etc/audit/rules.d/50-homelab.rules';

describe('the rules', () => {
  test('watch who changes what matters', () => {
    const watched = [
      ...roleItems(role, {})
        .file(RULES)
        .matchAll(/^-w (\S+) -p wa -k (\S+)$/gm),
    ];
    expect(watched.map(([, path, key]) => `${key} ${path}`)).toEqual([
      'identity /etc/passwd',
      'identity /etc/shadow',
      'identity /etc/group',
      'identity /etc/gshadow',
      'identity /etc/security/opasswd',
      'identity /etc/subuid',
      'identity /etc/subgid',
      'sudoers /etc/sudoers',
      'sudoers /etc/sudoers.d',
      'sshd /etc/ssh/sshd_config',
      'sshd /etc/ssh/sshd_config.d',
      'time /etc/localtime',
      'modules /etc/modprobe.d',
      'modules /etc/modules',
      'modules /etc/modules-load.d',
      'audit /etc/audit',
    ]);
  });

  test.each<readonly [string, readonly string[]]>([
    ['amd64', ['b64', 'b32']],
    ['arm64', ['b64']],
    ['riscv64', ['b64']],
    ['armhf', ['b32']],
  ])('ask for calls by every way into the kernel: %s', (arch, ways) => {
    const text = roleItems(role, {}, { facts: { arch } }).file(RULES);
    expect([...new Set([...text.matchAll(/arch=(\S+)/g)].map(([, way]) => way))]).toEqual(ways);
    expect(text.match(/^-a /gm)).toHaveLength(3 * ways.length);
    expect(text).toContain(
      `-a always,exit -F arch=${ways[0]} -S execve -C uid!=euid -F euid=0 -F auid!=unset -k privileged\n`,
    );
  });

  test('know nothing of an sshd that is not there', () => {
    expect(roleItems(role, {}, { facts: { openssh_version: '' } }).file(RULES)).not.toContain('ssh');
  });

  test('watch what else is wanted', () => {
    const params = { watch: [{ path: '/srv/secrets', key: 'secrets' }] };
    expect(roleItems(role, params).file(RULES)).toContain('-w /srv/secrets -p wa -k secrets\n');
  });

  test.each<readonly [unknown, unknown]>([
    [{}, { path: '/etc/audit/rules.d/99-homelab-end.rules', state: 'absent' }],
    [
      { immutable: true },
      { path: '/etc/audit/rules.d/99-homelab-end.rules', content: '-e 2\n', mode: '0640' },
    ],
  ])('end as wanted: %j', (params, expected) => {
    expect(roleItems(role, params).params('end of the rules')).toEqual(expected);
  });
});

test('settings', () => {
  const answer = roleItems(role, { log_size_mib: 32, logs: 9 });
  expect(
    answer.items
      .filter(({ kind }) => kind === 'setting')
      .map(({ params: one }) => [one['key'], one['value']]),
  ).toEqual([
    ['max_log_file', 32],
    ['num_logs', 9],
    ['max_log_file_action', 'ROTATE'],
  ]);
});

test.each<readonly [ExampleSystem, string]>([
  ['ubuntu2404', 'auditd'],
  ['fedora', 'audit'],
])('the package of %s', (system, name) => {
  expect(roleItems(role, {}, { system }).params('package')).toEqual({ names: [name] });
});

test('a container has no audit of its own', () => {
  expect(roleItems(role, {}, { facts: { container: 'systemd-nspawn' } }).items).toEqual([]);
});

test.each<ExampleSystem>(['alpine', 'nixos'])('not for %s', (system) => {
  expect(role.refuses?.(factsOf(system))).toBeDefined();
});

test.each<readonly [string, unknown]>([
  ['a path with a space', { watch: [{ path: '/a b', key: 'x' }] }],
  ['a rule more', { watch: [{ path: '/a\n-D', key: 'x' }] }],
  ['a directory with a slash', { watch: [{ path: '/a/', key: 'x' }] }],
  ['a key with a space', { watch: [{ path: '/a', key: 'x y' }] }],
])('refuses %s', (_name, params) => {
  expect(role.params.safeParse(params).success).toBe(false);
});
