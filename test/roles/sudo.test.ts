import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/sudo/role.js';
import type { ExampleSystem } from './fact-presets.js';
import { roleItems } from './role-items.js';

const HEAD = '# Kept by homelab: changes by hand are overwritten.\n';
const FIRST = '/etc/sudoers.d/00-homelab';
const LAST = '/etc/sudoers.d/zz-homelab';

test.each<[ExampleSystem, string]>([
  ['debian12', '%sudo ALL=(ALL:ALL) ALL\n'],
  ['fedora', '%wheel ALL=(ALL:ALL) ALL\n'],
  ['alpine', '%wheel ALL=(ALL:ALL) ALL\n'],
])('settings on %s', (system, rule) => {
  const { file } = roleItems(role, {}, { system });
  expect(file(FIRST)).toBe(
    `${HEAD}Defaults use_pty\nDefaults timestamp_timeout=5\nDefaults passwd_tries=3\nDefaults env_reset\n${rule}`,
  );
  expect(file(LAST)).toBe(`${HEAD}Defaults authenticate\n`);
});

test('grants come last, after what other files say', () => {
  const { file, items } = roleItems(role, {
    passwordless: ['admin', '%ops'],
    timestamp_timeout: 0,
    logfile: '/var/log/sudo.log',
  });
  expect(file(LAST)).toBe(
    `${HEAD}Defaults authenticate\nadmin ALL=(ALL:ALL) NOPASSWD: ALL\n%ops ALL=(ALL:ALL) NOPASSWD: ALL\n`,
  );
  expect(file(FIRST)).toContain('Defaults timestamp_timeout=0\n');
  expect(file(FIRST)).toContain('Defaults logfile="/var/log/sudo.log"\n');
  // What `sudo` would not read: sudoers(5) passes over names with a dot.
  expect([FIRST, LAST].filter((path) => path.slice('/etc/sudoers.d/'.length).includes('.'))).toEqual([]);
  expect([LAST, '/etc/sudoers.d/90-cloud-init-users', FIRST].toSorted()).toEqual([
    FIRST,
    '/etc/sudoers.d/90-cloud-init-users',
    LAST,
  ]);
  expect(items.filter(({ kind }) => kind === 'file').map(({ params }) => params['validate'])).toEqual([
    ['visudo', '-cqf', '{{candidate}}'],
    ['visudo', '-cqf', '{{candidate}}'],
  ]);
});

test('rights', () => {
  const { params } = roleItems(role, {});
  expect(params('rules')).toMatchObject({ paths: ['/etc/sudoers'], at_most: '0440', owner: 'root' });
  expect(params('folder of rules')).toMatchObject({ paths: ['/etc/sudoers.d'], at_most: '0750' });
});

const hasVisudo = (() => {
  try {
    execFileSync('visudo', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

(hasVisudo ? test : test.skip)('visudo takes both files', () => {
  const { file } = roleItems(role, { passwordless: ['admin', '%ops'], logfile: '/var/log/sudo.log' });
  const folder = mkdtempSync(join(tmpdir(), 'sudoers-'));
  try {
    for (const path of [FIRST, LAST]) {
      writeFileSync(join(folder, 'x'), file(path));
      expect(execFileSync('visudo', ['-cf', join(folder, 'x')], { encoding: 'utf8' })).toContain('parsed OK');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(['Admin', '%ALL', 'a-B_2', 'defaults'])('%s may need no password', (who) => {
  expect(roleItems(role, { passwordless: [who] }).file(LAST)).toContain(
    `\n${who} ALL=(ALL:ALL) NOPASSWD: ALL\n`,
  );
});

describe('is refused', () => {
  test.each<[string, object]>([
    ['a rule for a name', { passwordless: ['a ALL=(ALL) ALL'] }],
    ['a line more', { passwordless: ['a\nb'] }],
    ['everybody', { passwordless: ['ALL ALL'] }],
    ['everybody by one word', { passwordless: ['ALL'] }],
    ['an alias', { passwordless: ['OPS_2'] }],
    ['a word of the language', { passwordless: ['Defaults'] }],
    ['the making of an alias', { passwordless: ['User_Alias'] }],
    ['a group of what', { passwordless: ['%'] }],
    ['a log that ends its line', { logfile: '/var/log/a"\nDefaults !authenticate' }],
    ['never asked again', { timestamp_timeout: -1 }],
  ])('%s', (_name, params) => {
    expect(role.params.safeParse(params).success).toBe(false);
  });
});
