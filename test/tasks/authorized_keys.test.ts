import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { toShell } from '../../src/core/command.js';
import type { AuthorizedKeysFile, OwnedEntry } from '../../src/probes/authorized-keys.js';
import authorizedKeys from '../../src/tasks/authorized_keys.js';
import { parseKey } from '../../src/tasks/shared/public-key.js';
import { writeAuthorizedKeys } from '../../src/tasks/shared/write-as-user.js';
import { runScript, SHELLS } from '../probes/shells.js';
import { fakeHost, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';
import { keyOf } from './public-keys.js';

const user = 'bob';
const home = '/home/bob';
const A = keyOf(1, 'a');
const B = keyOf(2, 'b');
const fingerprint = (line: string): string => {
  const key = parseKey(line);
  return typeof key === 'string' ? key : key.fingerprint;
};

const entry = (type: OwnedEntry['type'], mode: string, uid = '1000'): OwnedEntry => ({ type, mode, uid });
const answer = (
  text: string | Uint8Array | null,
  entries: Partial<AuthorizedKeysFile['entries']> = {},
  rest: Partial<AuthorizedKeysFile> = {},
): Answers => ({
  'authorized-keys': {
    [user]: {
      home,
      uid: '1000',
      entries: {
        home: entry('directory', '0755'),
        folder: entry('directory', '0700'),
        file: text === null ? null : entry('file', '0600'),
        ...entries,
      },
      bytes: text === null ? null : Buffer.from(text),
      isComplete: true,
      ...rest,
    },
  },
});
const nobody: Answers = { 'authorized-keys': { [user]: null } };

describe('authorized_keys', () => {
  test.each<[string, object, Answers, readonly string[], string | undefined]>([
    ['in sync', { keys: [A] }, answer(`${B}\n${A}\n`), [], undefined],
    [
      'added',
      { keys: [A] },
      answer(`${B}\n`),
      [`keys.${fingerprint(A)}: null -> ssh-ed25519 a`],
      `${B}\n${A}\n`,
    ],
    [
      'the first one',
      { keys: A, options: 'no-pty' },
      answer(null, { folder: null }),
      [
        `keys.${fingerprint(A)}: null -> no-pty ssh-ed25519 a`,
        'mode: null -> 0600',
        'directory_mode: null -> 0700',
      ],
      `no-pty ${A}\n`,
    ],
    [
      'exclusive',
      { keys: [A], exclusive: true },
      answer(`${B}\nrubbish\n${A}\n`),
      [`keys.${fingerprint(B)}: ssh-ed25519 b -> null`, 'keys.line 2: unreadable -> null'],
      `${A}\n`,
    ],
    ['options of its own', { keys: [`no-pty ${A}`] }, answer(`no-pty ${A}\n`), [], undefined],
    [
      'modes',
      { keys: [A] },
      answer(`${A}\n`, { folder: entry('directory', '0755'), file: entry('file', '0666') }),
      ['mode: 0666 -> 0600', 'directory_mode: 0755 -> 0700'],
      `${A}\n`,
    ],
    [
      'removed',
      { keys: [A], state: 'absent' },
      answer(`${B}\n${A}\n`),
      [`keys.${fingerprint(A)}: ssh-ed25519 a -> null`],
      `${B}\n`,
    ],
    ['gone', { keys: [A], state: 'absent' }, answer(`${B}\n`), [], undefined],
    ['gone with the file', { keys: [A], state: 'absent' }, answer(null, { folder: null }), [], undefined],
    [
      'gone with the home',
      { keys: [A], state: 'absent' },
      answer(null, { home: null, folder: null }),
      [],
      undefined,
    ],
    [
      'none at all',
      { state: 'none' },
      answer(`# of bob\n${B}\nrubbish\n`, { file: entry('file', '0644') }),
      [`keys.${fingerprint(B)}: ssh-ed25519 b -> null`, 'keys.line 3: unreadable -> null'],
      '# of bob\n',
    ],
    ['none, and no file', { state: 'none' }, answer(null, { folder: null }), [], undefined],
    ['none, and no user', { state: 'none' }, nobody, [], undefined],
    ['gone with the user', { keys: [A], state: 'absent' }, nobody, [], undefined],
  ])('%s', async (_name, params, host, changes, text) => {
    const planned = await plan(authorizedKeys, { user, ...params }, fakeHost(host));
    expect(planned.changes).toEqual(changes);
    expect(planned.rawSteps).toEqual(text === undefined ? [] : [writeAuthorizedKeys(user, home, text)]);
  });

  test.each<[string, Answers, string]>([
    ['the user', nobody, 'user bob does not exist'],
    ['its home', answer(null, { home: null }), 'the home of bob, /home/bob, does not exist'],
  ])('%s may still come', async (_name, host, reason) => {
    expect((await plan(authorizedKeys, { user, keys: A }, fakeHost(host))).unknown).toBe(reason);
  });

  test.each<[string, Answers, string]>([
    ['a linked folder', answer(`${A}\n`, { folder: entry('link', '0777') }), 'task/wrong-type'],
    ['a linked file', answer(null, { file: entry('link', '0777') }), 'task/wrong-type'],
    ['a directory for a file', answer(null, { file: entry('directory', '0700') }), 'task/wrong-type'],
    ['a folder of root', answer(`${A}\n`, { folder: entry('directory', '0700', '0') }), 'task/wrong-owner'],
    ['a file of somebody else', answer(null, { file: entry('file', '0600', '33') }), 'task/wrong-owner'],
    ['not readable', answer(null, { file: entry('file', '0600') }), 'task/permission-denied'],
    ['binary', answer(new Uint8Array([0xff])), 'task/not-text'],
    ['too large', answer(`${A}\n`, {}, { isComplete: false }), 'task/not-text'],
  ])('%s is refused', async (_name, host, code) => {
    await expect(plan(authorizedKeys, { user, keys: A }, fakeHost(host))).rejects.toMatchObject({ code });
  });

  test('in sync costs one read', async () => {
    const host = fakeHost(answer(`${A}\n`));
    await plan(authorizedKeys, { user, keys: A }, host);
    expect(host.asked).toEqual([`authorized-keys ${user}`]);
  });

  test.each<[string, object, string]>([
    ['no keys', { user }, 'keys: are missing'],
    ['none, and some', { user, keys: [A], state: 'none' }, 'keys: are none'],
    ['none, exclusively', { user, exclusive: true, state: 'none' }, 'exclusive: makes no sense'],
    ['no key', { user, keys: [], exclusive: true }, 'keys: names no key'],
    ['a wrong key', { user, keys: ['x'] }, 'keys: `x` is no public key'],
    [
      'options twice',
      { user, keys: [`no-pty ${A}`], options: 'restrict' },
      'options: are given here and with a key',
    ],
    ['options with a space', { user, keys: [A], options: 'a b' }, 'options: must be like'],
    [
      'exclusive and absent',
      { user, keys: [A], exclusive: true, state: 'absent' },
      'exclusive: makes no sense',
    ],
    ['options and absent', { user, keys: [A], options: 'no-pty', state: 'absent' }, 'options: make no sense'],
    ['a user that is an option', { user: '-x', keys: [A] }, 'user: must begin with a letter'],
  ])('%s is refused offline', (_name, params, problem) => {
    expect(problems(authorizedKeys, params).join('\n')).toContain(problem);
  });

  test.each([
    ['bob', '/home/bob'],
    ['root', '/root'],
  ])('touches the account %s and its file', (name, folder) => {
    const params = authorizedKeys.params.parse({ user: name, keys: [A] });
    expect(authorizedKeys.touches?.(params)).toEqual([
      `account:${name}`,
      `path:${folder}/.ssh/authorized_keys`,
    ]);
  });
});

describe.each(SHELLS.slice(0, 3))('the step by %s', (_name, shell) => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "authorized 'keys'-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (at: string, text: string) => {
    const { command } = writeAuthorizedKeys(userInfo().username, at, text);
    return runScript(shell, toShell(command));
  };

  test('makes the folder, writes, and leaves nothing else', () => {
    expect(write(folder, `${A}\n`)).toMatchObject({ code: 0, stderr: '' });
    expect(write(folder, `${B} "$(id)" 'x'\n`)).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, '.ssh'))).toEqual(['authorized_keys']);
    expect(readFileSync(join(folder, '.ssh/authorized_keys'), 'utf8')).toBe(`${B} "$(id)" 'x'\n`);
    expect(lstatSync(join(folder, '.ssh/authorized_keys')).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(folder, '.ssh')).mode & 0o777).toBe(0o700);
  });

  test('does not enter a link, nor write through one', () => {
    const other = join(folder, 'other');
    mkdirSync(join(other, 'target'), { recursive: true });
    symlinkSync('target', join(other, '.ssh'));
    expect(write(other, A)).toMatchObject({ code: 44 });
    expect(readdirSync(join(other, 'target'))).toEqual([]);
    rmSync(join(other, '.ssh'));
    mkdirSync(join(other, '.ssh'));
    writeFileSync(join(other, 'victim'), 'old');
    symlinkSync('../victim', join(other, '.ssh/authorized_keys'));
    expect(write(other, A)).toMatchObject({ code: 0 });
    expect(readFileSync(join(other, 'victim'), 'utf8')).toBe('old');
  });

  test('keeps the old file where the new one does not arrive whole', () => {
    const short = join(folder, 'short');
    mkdirSync(short);
    write(short, 'old');
    const { command } = writeAuthorizedKeys(userInfo().username, short, 'new keys');
    expect(runScript(shell, toShell({ ...command, stdin: 'new' }))).toMatchObject({ code: 1 });
    expect(readFileSync(join(short, '.ssh/authorized_keys'), 'utf8')).toBe('old');
    expect(readdirSync(join(short, '.ssh'))).toEqual(['authorized_keys']);
  });
});

test('somebody else is become, where there is a `runuser` and where there is none', () => {
  const { command } = writeAuthorizedKeys('bob', '/home/bob', '');
  const script = command.argv[2] ?? '';
  const echo = '#!/bin/sh\nprintf "%s " "${0##*/}" "$@"\n';
  const folder = mkdtempSync(join(tmpdir(), 'become-'));
  const run = (): string =>
    spawnSync('/bin/sh', ['-c', script, 'sh', 'bob', 'words $1'], {
      env: { PATH: folder },
    }).stdout.toString();
  writeFileSync(join(folder, 'id'), '#!/bin/sh\necho root\n', { mode: 0o755 });
  writeFileSync(join(folder, 'su'), echo, { mode: 0o755 });
  expect(run()).toBe('su -s /bin/sh -c words $1 bob ');
  writeFileSync(join(folder, 'runuser'), echo, { mode: 0o755 });
  expect(run()).toBe('runuser -s /bin/sh -c words $1 bob ');
  rmSync(folder, { recursive: true });
});
