import { describe, expect, test } from '@jest/globals';
import { accessSync, constants, readFileSync } from 'node:fs';
import { sysctl } from '../../src/probes/sysctl.js';
import { parseText, readHere, SHELLS } from './shells.js';

const now = (path: string): string => readFileSync(`/proc/sys/${path}`, 'utf8').replace(/\n$/, '');

const isWritable = (path: string): boolean => {
  try {
    accessSync(`/proc/sys/${path}`, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

test.each(SHELLS)('this computer, by %s', (_name, shell) => {
  const keys = [
    'kernel/ostype',
    'net/ipv4/ip_local_port_range',
    'kernel/none_such',
    'vm/swappiness',
    'net/ipv4',
    '-e/*',
  ];
  expect(readHere(shell, sysctl, keys)).toEqual([
    { value: 'Linux', isWritable: false },
    { value: now('net/ipv4/ip_local_port_range'), isWritable: isWritable('net/ipv4/ip_local_port_range') },
    null,
    { value: now('vm/swappiness'), isWritable: isWritable('vm/swappiness') },
    null,
    null,
  ]);
});

test.each(SHELLS)('a single setting, by %s', (_name, shell) => {
  expect(readHere(shell, sysctl, ['kernel/ostype'])).toEqual([{ value: 'Linux', isWritable: false }]);
});

describe('parsed', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['words', '/proc/sys/a/b:1\t2\n\x000w\n', [{ value: '1\t2', isWritable: true }, null]],
    [
      'several lines',
      '/proc/sys/a/b:1\n/proc/sys/a/b:2\n\x000\n',
      [{ value: '1\n2', isWritable: false }, null],
    ],
    ['an empty value', '/proc/sys/a/b:\n\x000\n', [{ value: '', isWritable: false }, null]],
    ['what may not be read', '\x000\n01\n', [{ value: undefined, isWritable: false }, null]],
    [
      'a value that looks like a line of another',
      '/proc/sys/a/b:/proc/sys/c/d:1\n\x000\n1w\n',
      [
        { value: '/proc/sys/c/d:1', isWritable: false },
        { value: undefined, isWritable: true },
      ],
    ],
    ['nothing', '', [null, null]],
  ])('%s', (_name, answer, values) => {
    expect(parseText(sysctl, answer, ['a/b', 'c/d'])).toEqual(values);
  });
});
