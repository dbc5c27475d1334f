import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { PASSWD_EDIT } from '../../../src/tasks/shared/passwd-edit.js';
import { SHELLS } from '../../transport/local-shell.js';

const OTHERS = ['root:x:0:0:root:/root:/bin/ash', 'alicia:x:7:7::/home/alicia:/bin/sh'];
const ALICE = 'alice:x:1000:1000:Alice, "A\\n":/home/alice:/bin/sh';

const folder = mkdtempSync(join(tmpdir(), 'passwd-'));
const [passwd, group] = [join(folder, 'passwd'), join(folder, 'group')];
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  writeFileSync(passwd, `${[...OTHERS, ALICE].join('\n')}\n`);
  chmodSync(passwd, 0o604);
  writeFileSync(group, 'root:x:0:\nusers:x:100:alice\n');
});

function edit(shell: readonly string[], env: Record<string, string>) {
  const [program = '', ...args] = shell;
  const base = { PATH: process.env['PATH'] ?? '', HOME: folder, NEW_GROUP: '', NEW_SHELL: '', NEW_HOME: '' };
  const argv = [...args, '-c', PASSWD_EDIT, 'sh', passwd, group];
  return spawnSync(program, argv, { env: { ...base, ACCOUNT: 'alice', ...env }, encoding: 'utf8' });
}

describe.each(SHELLS.map((argv) => [argv.join(' '), argv] as const))('%s', (_name, argv) => {
  test.each<readonly [string, Record<string, string>, string]>([
    ['a shell', { NEW_SHELL: '/bin/b\\t&sh' }, 'alice:x:1000:1000:Alice, "A\\n":/home/alice:/bin/b\\t&sh'],
    ['a home', { NEW_HOME: "/srv/it's $(id)" }, `alice:x:1000:1000:Alice, "A\\n":/srv/it's $(id):/bin/sh`],
    ['a group by name', { NEW_GROUP: 'users' }, 'alice:x:1000:100:Alice, "A\\n":/home/alice:/bin/sh'],
    ['a group by number', { NEW_GROUP: '4242' }, 'alice:x:1000:4242:Alice, "A\\n":/home/alice:/bin/sh'],
  ])('%s: nothing else is changed', (_what, env, expected) => {
    expect(edit(argv, env)).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(passwd, 'utf8')).toBe(`${[...OTHERS, expected].join('\n')}\n`);
    expect(statSync(passwd).mode & 0o777).toBe(0o604);
    expect(readdirSync(folder).toSorted()).toEqual(['group', 'passwd']);
  });

  test('a group that is not there changes nothing', () => {
    const before = readFileSync(passwd, 'utf8');
    expect(edit(argv, { NEW_GROUP: 'nobody-has-this' }).status).not.toBe(0);
    expect(readFileSync(passwd, 'utf8')).toBe(before);
    expect(readdirSync(folder).toSorted()).toEqual(['group', 'passwd']);
  });
});
