import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accounts } from '../../src/probes/accounts.js';
import { passwordHashes } from '../../src/probes/password-hashes.js';
import { parseText, readHere, runScript, SHELLS } from './shells.js';

const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  'alice:$6$old$passwdhash:1000:1000:Alice, Room 1:/home/alice:/bin/bash',
  'bob:x:1001:50:::',
  'lost:x:1002:9999::/home/lost:/bin/sh',
  '+::::::',
  'broken:x:1',
];
const GROUP = ['root:x:0:', 'staff:x:50:alice', 'alice:x:1000:', 'sudo:x:27:bob,alice', 'video:*:44:alice2'];
const SHADOW = [
  'root:*:19000:0:99999:7:::',
  'alice:!$y$j9T$shadowhash:19000:0:99999:7:::',
  'bob:$y$j9T$shadowhash:19000:0:99999:7:::',
  'lost:!!:19000::::::',
];

/** The reader's script on databases of our own. */
function scriptOn(script: string, folder: string): string {
  return script.replaceAll('/etc/', `${folder}/`);
}

/** A folder with databases of our own. */
function databases(): string {
  const folder = mkdtempSync(join(tmpdir(), 'accounts-'));
  for (const [name, lines] of Object.entries({ passwd: PASSWD, group: GROUP, shadow: SHADOW }))
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  return folder;
}

describe.each(SHELLS)('accounts by %s', (_name, shell) => {
  const read = (folder: string) => runScript(shell, scriptOn(accounts.script([]), folder));

  test('users and groups', () => {
    const folder = databases();
    const names = ['root', 'alice', 'bob', 'lost', 'nobody', 'sudo'];
    const found = accounts.parse(read(folder), names);
    expect(found.map((account) => account.user)).toEqual([
      { uid: 0, gid: 0, group: 'root', groups: [], home: '/root', shell: '/bin/bash', isLocked: false },
      {
        uid: 1000,
        gid: 1000,
        group: 'alice',
        groups: ['staff', 'sudo'],
        home: '/home/alice',
        shell: '/bin/bash',
        isLocked: true,
      },
      { uid: 1001, gid: 50, group: 'staff', groups: ['sudo'], home: '', shell: '', isLocked: false },
      {
        uid: 1002,
        gid: 9999,
        group: '9999',
        groups: [],
        home: '/home/lost',
        shell: '/bin/sh',
        isLocked: true,
      },
      null,
      null,
    ]);
    expect(found.map((account) => account.group?.gid)).toEqual([
      0,
      1000,
      undefined,
      undefined,
      undefined,
      27,
    ]);
    rmSync(folder, { recursive: true });
  });

  test('no hash leaves the host, and a missing shadow leaves the lock unknown', () => {
    const folder = databases();
    expect(read(folder).stdout).not.toContain('hash');
    rmSync(join(folder, 'shadow'));
    expect(accounts.parse(read(folder), ['alice'])[0]?.user?.isLocked).toBeUndefined();
    rmSync(folder, { recursive: true });
  });

  test('hashes, where they are asked for, are secrets without the lock', () => {
    const folder = databases();
    const keys = ['alice', 'bob', 'root', 'lost', 'nobody', '*'];
    const output = runScript(shell, scriptOn(passwordHashes.script(keys), folder));
    const found = passwordHashes.parse(output, keys);
    expect(found.map((one) => one?.hash?.reveal() ?? one)).toEqual([
      '$y$j9T$shadowhash',
      '$y$j9T$shadowhash',
      { hash: null },
      { hash: null },
      null,
      null,
    ]);
    expect(JSON.stringify(found)).not.toContain('shadowhash');
    rmSync(join(folder, 'shadow'));
    expect(runScript(shell, scriptOn(passwordHashes.script(keys), folder)).stdout).toBe('');
    rmSync(folder, { recursive: true });
  });

  test('this computer', () => {
    expect(readHere(shell, accounts, ['root'])[0]).toMatchObject({
      user: { uid: 0, group: 'root' },
      group: { gid: 0 },
    });
  });
});

test('an empty answer is not an empty computer', () => {
  expect(() => parseText(accounts, '', ['root'])).toThrow(
    expect.objectContaining({ code: 'probes/no-answer' }),
  );
});
