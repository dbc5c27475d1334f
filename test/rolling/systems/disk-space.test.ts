import { describe, expect, test } from '@jest/globals';
import type { RemoteShell } from '../../../src/core/shell.js';
import { spaceObstacles } from '../../../src/rolling/systems/disk-space.js';

const host = (text: string): RemoteShell => ({
  roundTrips: 0,
  read: () => Promise.reject(new Error('nothing is read')),
  run: () =>
    Promise.resolve([{ code: 0, stdout: Buffer.from(text), stderr: Buffer.from(''), truncated: false }]),
  close: () => Promise.resolve(),
});
const GIB = 1024 * 1024;
const line = (path: string, mode: string, freeKib: number, inodes: string, mount: string): string =>
  `${path}\t${mode}\t/dev/sda1 ${8 * GIB} 1 ${freeKib} 10% ${mount}\t/dev/sda1 ${inodes} 10% ${mount}\n`;
const needs = [
  { path: '/usr', bytes: 100 * 1024 * 1024 },
  { path: '/var/cache', bytes: 300 * 1024 * 1024 },
];

describe('room', () => {
  test.each<[string, string, readonly string[]]>([
    ['enough', line('/usr', 'rw', GIB, '9999 1 9998', '/'), []],
    ['no answer', '', []],
    [
      'too little',
      line('/usr', 'rw', 163 * 1024, '9999 1 9998', '/'),
      ['/ has 163 MiB free, and 164 MiB are needed'],
    ],
    [
      'one file system for two, by its largest need',
      line('/usr', 'rw', 200 * 1024, '9999 1 9998', '/') +
        line('/var/cache', 'rw', 200 * 1024, '9999 1 9998', '/'),
      ['/ has 200 MiB free, and 364 MiB are needed'],
    ],
    [
      'two file systems',
      line('/usr', 'rw', 200 * 1024, '9999 1 9998', '/') +
        line('/var/cache', 'rw', 200 * 1024, '9999 1 9998', '/var'),
      ['/var has 200 MiB free, and 364 MiB are needed'],
    ],
    ['read-only', line('/usr', 'ro', GIB, '9999 1 9998', '/'), ['/ cannot be written to']],
    ['few inodes', line('/usr', 'rw', GIB, '9999 9998 1', '/'), ['/ has room for only 1 further files']],
    ['inodes that are not counted', line('/usr', 'rw', GIB, '0 0 0', '/').replace('10% /\n', '- /\n'), []],
    [
      'a mount point with a blank',
      line('/usr', 'rw', 1, '0 0 0', '/a b'),
      ['/a b has 0 MiB free, and 164 MiB are needed'],
    ],
  ])('%s', async (_what, text, expected) => {
    const found = await spaceObstacles(host(text), needs);
    expect(found.map(({ message }) => message)).toEqual(expected);
  });
});
