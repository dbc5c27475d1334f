import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { sysctl } from '../../src/probes/sysctl.js';
import { parseText, readHere, SHELLS } from './shells.js';

const now = (path: string): string => readFileSync(`/proc/sys/${path}`, 'utf8').replace(/\n$/, '');

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
    { value: 'Linux' },
    { value: now('net/ipv4/ip_local_port_range') },
    null,
    { value: now('vm/swappiness') },
    null,
    null,
  ]);
});

test.each(SHELLS)('a single setting, by %s', (_name, shell) => {
  expect(readHere(shell, sysctl, ['kernel/ostype'])).toEqual([{ value: 'Linux' }]);
});

describe('parsed', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['words', '/proc/sys/a/b:1\t2\n\x000\n', [{ value: '1\t2' }, null]],
    ['several lines', '/proc/sys/a/b:1\n/proc/sys/a/b:2\n\x000\n', [{ value: '1\n2' }, null]],
    ['an empty value', '/proc/sys/a/b:\n\x000\n', [{ value: '' }, null]],
    ['what may not be read', '\x000\n01\n', [{ value: undefined }, null]],
    [
      'a value that looks like a line of another',
      '/proc/sys/a/b:/proc/sys/c/d:1\n\x000\n1\n',
      [{ value: '/proc/sys/c/d:1' }, { value: undefined }],
    ],
    ['nothing', '', [null, null]],
  ])('%s', (_name, answer, values) => {
    expect(parseText(sysctl, answer, ['a/b', 'c/d'])).toEqual(values);
  });
});
