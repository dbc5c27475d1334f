import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const [play] = parse(readFileSync('playbooks/harden.yml', 'utf8')) as [
  { readonly roles: readonly { readonly role: string }[] },
];
const names = play.roles.map(({ role }) => role);

test.each<[earlier: string, later: string, why: string]>([
  ['firewall', 'ssh-hardening', 'a new port of sshd is let in before the old one is closed'],
  ['os-hardening', 'firewall', 'what it stops does not listen any more'],
  ['time', 'firewall', 'what it brings listens already'],
])('%s comes before %s: %s', (earlier, later) => {
  expect(names).toEqual(expect.arrayContaining([earlier, later]));
  expect(names.indexOf(earlier)).toBeLessThan(names.indexOf(later));
});
