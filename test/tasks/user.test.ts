import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { Secret } from '../../src/core/secret.js';
import type { UserEntry } from '../../src/probes/accounts.js';
import user from '../../src/tasks/user.js';
import { ALPINE, fakeHost, userEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const HASH = '$6$salt$abc/DEF.1';
const answers = (found: UserEntry | null, more: { group?: boolean; hash?: string | null } = {}): Answers => ({
  accounts: { alice: { user: found, group: more.group === true ? { gid: 1000 } : null } },
  'password-hashes': {
    alice: more.hash === undefined ? null : { hash: more.hash === null ? null : new Secret(more.hash) },
  },
});

type Row = readonly [string, object, Answers, readonly string[], readonly string[]];

const ROWS: readonly Row[] = [
  [
    'in sync',
    { groups: ['sudo'], shell: '/bin/sh', uid: 1000 },
    answers(userEntry({ groups: ['sudo', 'x'] })),
    [],
    [],
  ],
  ['new', {}, answers(null), ['state: absent -> present'], ['useradd --user-group --create-home -- alice']],
  [
    'out of some groups, the others stay',
    { not_in_groups: ['sudo', 'docker'] },
    answers(userEntry({ groups: ['sudo', 'x'] })),
    ['groups.sudo: present -> null'],
    ['gpasswd --delete alice sudo'],
  ],
  ['none is made', { if_present: true, locked: true, shell: '/usr/sbin/nologin' }, answers(null), [], []],
  [
    'one that is there is kept',
    { if_present: true, shell: '/usr/sbin/nologin' },
    answers(userEntry()),
    ['shell: /bin/sh -> /usr/sbin/nologin'],
    ['usermod --shell /usr/sbin/nologin -- alice'],
  ],
  [
    'new, with everything given',
    { uid: 1001, group: 'staff', groups: ['a', 'b'], shell: '/bin/bash', home: '/srv/alice', system: true },
    answers(null),
    [
      'state: absent -> present',
      'uid: null -> 1001',
      'group: null -> staff',
      'shell: null -> /bin/bash',
      'home: null -> /srv/alice',
      'groups.a: null -> present',
      'groups.b: null -> present',
    ],
    [
      'useradd --system --uid 1001 --gid staff --groups a,b --shell /bin/bash --home-dir /srv/alice --create-home -- alice',
    ],
  ],
  [
    'new, its group is there',
    {},
    answers(null, { group: true }),
    ['state: absent -> present'],
    ['useradd --gid alice --create-home -- alice'],
  ],
  [
    'new, without a home',
    { home: '/nonexistent' },
    answers(null),
    ['state: absent -> present', 'home: null -> /nonexistent'],
    ['useradd --user-group --home-dir /nonexistent --no-create-home -- alice'],
  ],
  [
    'new, with a password',
    { password_hash: HASH },
    answers(null),
    ['state: absent -> present', 'password_hash: null -> ***'],
    ['useradd --user-group --create-home -- alice', `chpasswd -e < alice:${HASH}\n`],
  ],
  [
    'new and locked, as new accounts are',
    { locked: true },
    answers(null),
    ['state: absent -> present', 'locked: null -> true'],
    ['useradd --user-group --create-home -- alice'],
  ],
  [
    'new, with a password that is locked',
    { password_hash: HASH, locked: true },
    answers(null),
    ['state: absent -> present', 'password_hash: null -> ***', 'locked: null -> true'],
    ['useradd --user-group --create-home -- alice', `chpasswd -e < alice:!${HASH}\n`],
  ],
  [
    'changed',
    { uid: 5, group: '7', shell: '/bin/bash', home: '/x' },
    answers(userEntry()),
    ['uid: 1000 -> 5', 'group: 1000 -> 7', 'shell: /bin/sh -> /bin/bash', 'home: /home/alice -> /x'],
    ['usermod --uid 5 --gid 7 --shell /bin/bash --home /x -- alice'],
  ],
  [
    'groups are added',
    { groups: ['a', 'b', 'c'] },
    answers(userEntry({ groups: ['b', 'x'] })),
    ['groups.a: null -> present', 'groups.c: null -> present'],
    ['usermod --append --groups a,c -- alice'],
  ],
  ['the primary group counts', { groups: ['alice'] }, answers(userEntry()), [], []],
  [
    'only these groups',
    { groups: ['a'], groups_exclusive: true },
    answers(userEntry({ groups: ['x', 'y'] })),
    ['groups.a: null -> present', 'groups.x: present -> null', 'groups.y: present -> null'],
    ['usermod --append --groups a -- alice', 'gpasswd --delete alice x', 'gpasswd --delete alice y'],
  ],
  ['the same password', { password_hash: HASH }, answers(userEntry(), { hash: HASH }), [], []],
  [
    'another password',
    { password_hash: HASH },
    answers(userEntry(), { hash: '$6$old$x' }),
    ['password_hash: *** -> ***'],
    [`chpasswd -e < alice:${HASH}\n`],
  ],
  [
    'another password leaves a lock',
    { password_hash: HASH },
    answers(userEntry({ isLocked: true }), { hash: '$6$old$x' }),
    ['password_hash: *** -> ***'],
    [`chpasswd -e < alice:!${HASH}\n`],
  ],
  [
    'the first password opens an account',
    { password_hash: HASH },
    answers(userEntry({ isLocked: true }), { hash: null }),
    ['password_hash: null -> ***'],
    [`chpasswd -e < alice:${HASH}\n`],
  ],
  ['locked', { locked: true }, answers(userEntry()), ['locked: false -> true'], ['passwd -l alice']],
  [
    'unlocked',
    { locked: false },
    answers(userEntry({ isLocked: true })),
    ['locked: true -> false'],
    ['passwd -u alice'],
  ],
  ['absent', { state: 'absent' }, answers(userEntry()), ['state: present -> absent'], ['userdel -- alice']],
  [
    'absent with its home',
    { state: 'absent', remove_home: true },
    answers(userEntry()),
    ['state: present -> absent'],
    ['userdel --remove -- alice'],
  ],
  ['absent and gone', { state: 'absent' }, answers(null), [], []],
];

const BUSYBOX_STEPS: readonly (readonly [string, object, Answers, readonly string[]])[] = [
  [
    'new',
    { groups: ['a', 'b'], shell: '/bin/ash' },
    answers(null),
    ['adduser -D -s /bin/ash alice', 'addgroup alice a', 'addgroup alice b'],
  ],
  ['new system user', { system: true }, answers(null), ['addgroup -S alice', 'adduser -D -S -G alice alice']],
  [
    'new, with everything given',
    { uid: 7, group: 'www', home: '/' },
    answers(null),
    ['adduser -D -u 7 -G www -h / -H alice'],
  ],
  [
    'groups',
    { groups: ['a'], groups_exclusive: true },
    answers(userEntry({ groups: ['x'] })),
    ['addgroup alice a', 'delgroup alice x'],
  ],
  [
    'another shell and home',
    { shell: '/bin/ash', home: '/srv/alice' },
    answers(userEntry()),
    [expect.stringContaining('/etc/passwd /etc/group') as never],
  ],
  ['locked', { locked: true }, answers(userEntry()), ['passwd -l alice']],
  ['absent', { state: 'absent', remove_home: true }, answers(userEntry()), ['deluser --remove-home alice']],
];

describe('user', () => {
  test.each(ROWS)('%s', async (_name, params, host, changes, steps) => {
    const planned = await plan(user, { name: 'alice', ...params }, fakeHost(host));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each(BUSYBOX_STEPS)('with busybox: %s', async (_name, params, host, steps) => {
    expect((await plan(user, { name: 'alice', ...params }, fakeHost(host, { facts: ALPINE }))).steps).toEqual(
      steps,
    );
  });

  test('busybox cannot change a number', async () => {
    const host = fakeHost(answers(userEntry()), { facts: ALPINE });
    await expect(plan(user, { name: 'alice', uid: 7777 }, host)).rejects.toMatchObject({
      code: 'task/cannot-renumber',
    });
  });

  test.each<[string, object, UserEntry]>([
    ['the lock', { locked: true }, userEntry({ isLocked: undefined })],
    ['the hash', { password_hash: HASH }, userEntry()],
  ])('%s may not be readable', async (_name, params, found) => {
    const host = fakeHost(answers(found));
    await expect(plan(user, { name: 'alice', ...params }, host)).rejects.toMatchObject({
      code: 'task/permission-denied',
    });
  });

  test('no hash is asked for where none is managed', async () => {
    const host = fakeHost(answers(userEntry()));
    await plan(user, { name: 'alice' }, host);
    expect(host.asked).toEqual(['accounts alice', 'accounts alice']);
  });

  test('a hash is on standard input alone, and nowhere to be seen', async () => {
    const { rawSteps } = await plan(
      user,
      { name: 'alice', password_hash: HASH },
      fakeHost(answers(userEntry(), { hash: null })),
    );
    expect(rawSteps.flatMap((step) => (step.do === 'run' ? step.command.argv : [])).join(' ')).toBe(
      'chpasswd -e',
    );
    expect(inspect(rawSteps, { depth: 9 }) + JSON.stringify(rawSteps)).not.toContain(HASH);
  });

  test.each<[string, object, string]>([
    ['an option as a name', { name: '-r' }, 'name: must begin with a letter'],
    ['a number as a name', { name: '1000' }, 'name: must begin with a letter'],
    ['a password', { name: 'a', password_hash: 'hunter2' }, 'password_hash: must be a password hash'],
    [
      'a hash with a newline',
      { name: 'a', password_hash: `${HASH}\nroot:x` },
      'password_hash: must be a password hash',
    ],
    ['exclusive without groups', { name: 'a', groups_exclusive: true }, 'groups_exclusive: needs `groups`'],
    ['a home to remove of who stays', { name: 'a', remove_home: true }, 'remove_home: goes with'],
    ['root to go', { name: 'root', state: 'absent' }, 'name: is the account'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(user, params).join('\n')).toContain(problem);
    expect(problems(user, params).join('\n')).not.toContain('hunter2');
  });

  test('touches its accounts and its home', () => {
    const touched = user.touches?.(user.params.parse({ name: 'alice', group: 'staff', groups: ['sudo'] }));
    expect(touched).toEqual(['account:alice', 'path:/home/alice', 'account:staff', 'account:sudo']);
  });
});
