import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import auditd from '../../src/roles/auditd/role.js';
import upgrades from '../../src/roles/automatic-upgrades/role.js';
import fail2ban from '../../src/roles/fail2ban/role.js';
import time from '../../src/roles/time/role.js';
import { roleItems } from './role-items.js';

/** Short texts of what means something in a file of settings, and of what does not. */
const texts = fc.string({
  unit: fc.constantFrom(...'ab0.-_+/:;,*%$#"\'\\ \t\n\r\0={}[]()|&`~é\u2028'.split('')),
  maxLength: 12,
});

/** What is written into a file of settings must stay what it is: refused, or one word at its place. */
describe('a value is refused, or is one word of one line', () => {
  test('a time server', () => {
    fc.assert(
      fc.property(texts, (server) => {
        if (!time.params.safeParse({ servers: [server] }).success) return;
        const text = roleItems(time, { servers: [server] }).file('/etc/chrony/conf.d/homelab.conf');
        expect(text.split(/[\s\u2028]/)).toEqual(['server', server, 'iburst', '']);
      }),
    );
  });

  test('a package to leave out: apt', () => {
    fc.assert(
      fc.property(texts, (name) => {
        if (!upgrades.params.safeParse({ exclude: [name] }).success) return;
        const text = roleItems(upgrades, { exclude: [name] }).file('/etc/apt/apt.conf.d/60homelab-upgrades');
        const [, pattern = ''] = /^Unattended-Upgrade::Package-Blacklist:: "([^"]*)";$/m.exec(text) ?? [];
        expect(text.match(/"/g)).toHaveLength(2 * (text.match(/;\n/g)?.length ?? 0) - 2 * 3);
        expect(new RegExp(`^${pattern}`).test(name)).toBe(true);
        expect(new RegExp(`^${pattern}`).test(`${name}x`)).toBe(false);
      }),
    );
  });

  test('a package to leave out: dnf', () => {
    fc.assert(
      fc.property(texts, (name) => {
        if (!upgrades.params.safeParse({ exclude: [name] }).success) return;
        const text = roleItems(upgrades, { exclude: [name] }, { system: 'fedora' }).file(
          '/etc/dnf/automatic.conf',
        );
        expect(text.endsWith(`\n[base]\nexcludepkgs = ${name}\n`)).toBe(true);
        expect(name).not.toMatch(/[\s,]/);
      }),
    );
  });

  test('a path to watch, and its key', () => {
    fc.assert(
      fc.property(texts, texts, (path, key) => {
        const params = { watch: [{ path: `/${path}`, key }] };
        if (!auditd.params.safeParse(params).success) return;
        const text = roleItems(auditd, params).file('/etc/audit/rules.d/50-homelab.rules');
        const line = text
          .split('\n')
          .find((one) => one.endsWith(` -k ${key}`) && one.startsWith(`-w /${path} `));
        expect(line?.split(/[\s\u2028]/)).toEqual(['-w', `/${path}`, '-p', 'wa', '-k', key]);
      }),
    );
  });

  test('durations and networks of a jail', () => {
    fc.assert(
      fc.property(texts, texts, (duration, network) => {
        const params = { ban_time: duration, trusted: [network] };
        if (!fail2ban.params.safeParse(params).success) return;
        const text = roleItems(fail2ban, params).file('/etc/fail2ban/jail.local');
        expect(text.split('\n')).toHaveLength(14);
        expect(text).toContain(`\nbantime = ${duration}\n`);
      }),
    );
  });
});
