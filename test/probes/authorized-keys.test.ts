import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { authorizedKeys } from '../../src/probes/authorized-keys.js';
import { CONTENT_LIMIT_BYTES } from '../../src/probes/file-contents.js';
import { parseText, runScript, SHELLS } from './shells.js';

const BYTES = Buffer.from([...Buffer.from('a key\n\n'), 0xff, 0, 0x0a]);
const own = String(userInfo().uid);
const USERS = [
  'plain',
  'home-less',
  'key-less',
  'linked-file',
  'linked-folder',
  'fifo',
  'large',
  'stranger',
  "odd ' *",
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'authorized-keys-'));
  const homeOf = (user: string): string => join(folder, user);
  for (const user of USERS.filter((name) => name !== 'home-less')) mkdirSync(homeOf(user));
  const fill = (user: string, bytes: Uint8Array): void => {
    mkdirSync(join(homeOf(user), '.ssh'), { mode: 0o700 });
    writeFileSync(join(homeOf(user), '.ssh/authorized_keys'), bytes, { mode: 0o640 });
    chmodSync(join(homeOf(user), '.ssh/authorized_keys'), 0o640);
  };
  for (const user of ['plain', 'stranger', "odd ' *"]) fill(user, BYTES);
  fill('large', Buffer.alloc(CONTENT_LIMIT_BYTES + 5, 'x'));
  for (const user of ['linked-file', 'fifo']) mkdirSync(join(homeOf(user), '.ssh'));
  symlinkSync(
    join(homeOf('plain'), '.ssh/authorized_keys'),
    join(homeOf('linked-file'), '.ssh/authorized_keys'),
  );
  symlinkSync(join(homeOf('plain'), '.ssh'), join(homeOf('linked-folder'), '.ssh'));
  spawnSync('mkfifo', [join(homeOf('fifo'), '.ssh/authorized_keys')]);
  const uidOf = (user: string): string => (user === 'stranger' ? String(Number(own) + 1) : own);
  const lines = USERS.map((user) => `${user}:x:${uidOf(user)}:0:a:${homeOf(user)}:/bin/sh`);
  writeFileSync(join(folder, 'passwd'), ['root', ...lines, 'plain:x:7:7::/nowhere:', ''].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(SHELLS)('authorized keys by %s', (_name, shell) => {
  const read = (keys: readonly string[]) => {
    const script = authorizedKeys.script(keys).replaceAll('/etc/passwd', join(folder, 'passwd'));
    return authorizedKeys.parse(runScript(shell, script), keys);
  };

  test('of users of every sort', () => {
    const found = new Map(
      read([...USERS, 'nobody', 'root']).map((one, index) => [USERS[index] ?? 'nobody', one]),
    );
    const directory = { type: 'directory', mode: expect.any(String), uid: own };
    const plain = {
      home: join(folder, 'plain'),
      uid: own,
      entries: {
        home: directory,
        folder: { type: 'directory', mode: '0700', uid: own },
        file: { type: 'file', mode: '0640', uid: own },
      },
      bytes: BYTES,
      isComplete: true,
    };
    expect(found.get('plain')).toEqual(plain);
    expect(found.get("odd ' *")).toEqual({ ...plain, home: join(folder, "odd ' *") });
    expect(found.get('nobody')).toBeNull();
    expect(found.get('home-less')).toMatchObject({
      entries: { home: null, folder: null, file: null },
      bytes: null,
    });
    expect(found.get('key-less')).toMatchObject({
      entries: { home: directory, folder: null, file: null },
      bytes: null,
    });
    expect(found.get('large')).toMatchObject({
      isComplete: false,
      bytes: Buffer.alloc(CONTENT_LIMIT_BYTES, 'x'),
    });
  });

  test('nothing is read through a link, from a pipe, or of somebody else', () => {
    const found = read(['linked-file', 'linked-folder', 'fifo', 'stranger']);
    expect(found.map((one) => one?.bytes)).toEqual([null, null, null, null]);
    expect(found.map((one) => [one?.entries.folder?.type, one?.entries.file?.type])).toEqual([
      ['directory', 'link'],
      ['link', 'file'],
      ['directory', 'other'],
      ['directory', 'file'],
    ]);
    expect(found[3]).toMatchObject({ uid: String(Number(own) + 1), entries: { file: { uid: own } } });
  });
});

test('an empty answer is no user', () => {
  expect(parseText(authorizedKeys, '', ['a'])).toEqual([null]);
});
