import { afterAll, expect, test } from '@jest/globals';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { requireWritable } from '../../src/core/require-writable.js';
import { writeWholeFile } from '../../src/core/write-whole-file.js';

const folder = mkdtempSync(join(tmpdir(), 'whole-file-'));
mkdirSync(join(folder, 'a-folder'));
writeWholeFile(join(folder, 'there'), 'old');
afterAll(() => rmSync(folder, { recursive: true }));

test('the mode is what was asked for, whatever the umask is', () => {
  const umask = process.umask(0o077);
  try {
    writeWholeFile(join(folder, 'public'), 'text\n', 0o644);
    writeWholeFile(join(folder, 'usual'), 'text\n');
  } finally {
    process.umask(umask);
  }
  expect(statSync(join(folder, 'public')).mode & 0o777).toBe(0o644);
  expect(statSync(join(folder, 'usual')).mode & 0o777).toBe(0o600);
});

test('a file is replaced, and nothing is left beside it', () => {
  const beside = join(folder, 'replaced');
  mkdirSync(beside);
  const path = join(beside, 'file');
  writeWholeFile(path, 'old', 0o600);
  chmodSync(path, 0o400);
  writeWholeFile(path, 'new', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(beside)).toEqual(['file']);
});

test('what cannot be written leaves nothing behind', () => {
  expect(() => writeWholeFile(join(folder, 'a-folder'), 'text')).toThrow('EISDIR');
  expect(readdirSync(folder).filter((name) => name.startsWith('a-folder'))).toEqual(['a-folder']);
});

test('nothing but a file is replaced, not even by root', () => {
  const device = join(folder, 'device');
  symlinkSync('/dev/null', device);
  expect(() => writeWholeFile(device, 'text')).toThrow('EINVAL');
  expect(readlinkSync(device)).toBe('/dev/null');
});

test.each([
  ['a new file', 'new', undefined],
  ['one that is there', 'there', undefined],
  ['a folder that is not there', 'no/such/file', 'ENOENT'],
  ['below a file', 'there/file', 'ENOTDIR'],
  ['a folder', 'a-folder', 'EISDIR'],
  ['a device', '/dev/null', 'EINVAL'],
])('whether %s can be written', (_name, path, reason) => {
  const check = (): void => requireWritable(resolve(folder, path));
  if (reason === undefined) expect(check).not.toThrow();
  else
    expect(check).toThrow(
      expect.objectContaining({
        code: 'file/unwritable',
        message: `cannot write ${resolve(folder, path)} (${reason})`,
      }),
    );
});
