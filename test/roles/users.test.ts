import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.js';
import role from '../../src/roles/users/role.js';
import { keyBlob, keyOf } from '../tasks/public-keys.js';
import type { ExampleSystem } from './fact-presets.js';
import { roleItems } from './role-items.js';

const A = keyOf(1, 'a');
const rsa = (bits: number) =>
  `ssh-rsa ${keyBlob('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 0xff)]))}`;
const ECDSA = `ecdsa-sha2-nistp256 ${keyBlob('ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(65, 4))}`;

/** The items as `kind params`. */
const asked = (people: readonly object[], more: object = {}, system: ExampleSystem = 'debian12') =>
  roleItems(role, { people, ...more }, { system }).items.map(({ kind, params }) => [kind, params]);

const LOCKED = {
  name: 'bob',
  if_present: true,
  locked: true,
  shell: '/usr/sbin/nologin',
  groups: [],
  groups_exclusive: true,
};

describe('people', () => {
  test.each<[string, object, object, readonly unknown[]]>([
    ['a name alone', { name: 'alice' }, {}, [['user', { name: 'alice' }]]],
    [
      'who may become root',
      { name: 'alice', sudo: true, groups: ['adm'], shell: '/bin/bash', keys: A },
      {},
      [
        ['user', { name: 'alice', groups: ['adm', 'sudo'], shell: '/bin/bash' }],
        ['authorized_keys', { user: 'alice', keys: [A], exclusive: false }],
      ],
    ],
    [
      'who may not',
      { name: 'alice', sudo: false },
      {},
      [['user', { name: 'alice', not_in_groups: ['sudo'] }]],
    ],
    [
      'no other keys, as the role says',
      { name: 'alice', keys: [`# mine\n${A}\n`, `from="10.0.0.0/8, fd00::/8" ${keyOf(2)}`] },
      { exclusive_keys: true, home_mode: '0750' },
      [
        ['user', { name: 'alice' }],
        [
          'authorized_keys',
          { user: 'alice', keys: [A, `from="10.0.0.0/8, fd00::/8" ${keyOf(2)}`], exclusive: true },
        ],
        ['permissions', { paths: ['/home/alice'], at_most: '0750' }],
      ],
    ],
    [
      'but for one',
      { name: 'alice', keys: [A], exclusive_keys: false },
      { exclusive_keys: true },
      [
        ['user', { name: 'alice' }],
        ['authorized_keys', { user: 'alice', keys: [A], exclusive: false }],
      ],
    ],
    [
      'a leaver whose files stay',
      { name: 'bob', state: 'locked' },
      { home_mode: '0750' },
      [
        ['user', LOCKED],
        ['authorized_keys', { user: 'bob', state: 'none' }],
      ],
    ],
    [
      'a leaver who is gone with all files',
      { name: 'bob', state: 'absent', remove_home: true },
      {},
      [
        ['user', LOCKED],
        ['authorized_keys', { user: 'bob', state: 'none' }],
        ['user', { name: 'bob', state: 'absent', remove_home: true }],
      ],
    ],
    [
      'a leaver who is gone',
      { name: 'bob', state: 'absent' },
      {},
      [
        ['user', LOCKED],
        ['authorized_keys', { user: 'bob', state: 'none' }],
        ['user', { name: 'bob', state: 'absent', remove_home: false }],
      ],
    ],
  ])('%s', (_name, person, more, items) => {
    expect(asked([person], more)).toEqual(items);
  });

  test.each<[ExampleSystem, string, string]>([
    ['debian12', 'sudo', '/usr/sbin/nologin'],
    ['ubuntu2404', 'sudo', '/usr/sbin/nologin'],
    ['fedora', 'wheel', '/sbin/nologin'],
    ['alpine', 'wheel', '/sbin/nologin'],
  ])('on %s', (system, group, shell) => {
    const items = asked(
      [
        { name: 'a', sudo: true },
        { name: 'b', state: 'locked' },
      ],
      {},
      system,
    );
    expect(items).toEqual([
      ['user', { name: 'a', groups: [group] }],
      ['user', expect.objectContaining({ shell })],
      ['authorized_keys', expect.anything()],
    ]);
  });

  test('the hash of a password stays a secret', () => {
    const hash = new Secret('$6$salt$abc/DEF.1');
    expect(asked([{ name: 'alice', password_hash: hash }])).toEqual([
      ['user', { name: 'alice', password_hash: hash }],
    ]);
  });
});

describe('what is refused offline', () => {
  test.each<[string, object, string]>([
    ['absent', { state: 'absent' }, 'is to be absent'],
    ['locked', { state: 'locked' }, 'is to be locked'],
    ['without a shell', { shell: '/usr/sbin/nologin' }, 'is to have no shell (/usr/sbin/nologin)'],
    ['without root', { sudo: false }, 'is to become root no more'],
  ])('the account that homelab logs in with, %s', (_name, person, why) => {
    const people = [{ name: 'admin', ...person }];
    expect(() => roleItems(role, { people })).toThrow(
      expect.objectContaining({
        code: 'role/would-lock-out',
        message: `admin is the account that homelab logs in to host with, and ${why}`,
      }),
    );
    expect(() => roleItems(role, { people }, { host: { user: 'other' } })).not.toThrow();
  });

  test.each<[string, object, string]>([
    ['root, gone', { name: 'root', state: 'absent' }, 'would take the last way into the host'],
    ['root, locked', { name: 'root', state: 'locked' }, 'would take the last way into the host'],
    ['root, without a shell', { name: 'root', shell: '/sbin/nologin' }, 'root keeps a shell'],
    ['root, without root', { name: 'root', sudo: false }, 'cannot be taken from root'],
    ['a short RSA key', { name: 'a', keys: [rsa(2048)] }, 'is an RSA key of 2048 bits'],
    ['an ECDSA key', { name: 'a', keys: [`no-pty ${ECDSA}`] }, 'is an ECDSA key'],
    ['no key', { name: 'a', keys: ['ssh-ed25519 AAAA'] }, 'is no public key'],
    ['a private key', { name: 'a', keys: '-----BEGIN OPENSSH PRIVATE KEY-----' }, 'is no public key'],
    ['no name', { name: 'a b' }, 'must begin with a letter'],
    ['its home alone', { name: 'a', remove_home: true }, 'goes with `state: absent`'],
    ['nobody left to log in', { name: 'a', exclusive_keys: true }, 'would leave no key'],
  ])('%s', (_name, person, problem) => {
    const result = role.params.safeParse({ people: [person] });
    expect(result.error?.issues.map(({ message }) => message).join('\n')).toContain(problem);
  });

  test('a long RSA key is none of it', () => {
    expect(role.params.safeParse({ people: [{ name: 'a', keys: [rsa(3072)] }] }).success).toBe(true);
  });

  test('somebody twice', () => {
    const result = role.params.safeParse({ people: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] });
    expect(result.error?.issues).toMatchObject([
      { path: ['people', 2, 'name'], message: 'a is there twice' },
    ]);
  });
});

test('NixOS is told elsewhere', () => {
  expect(() => roleItems(role, { people: [{ name: 'a' }] }, { system: 'nixos' })).not.toThrow();
  expect(role.refuses?.({ os: { family: 'nixos' } } as never)).toContain('users.users');
});
