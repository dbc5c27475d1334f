import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { dropSysctls, putSysctls, sysctlInFile, sysctlPath } from '../../../src/tasks/shared/sysctl-file.js';

test.each([
  ['net.ipv4.ip_forward', 'net/ipv4/ip_forward'],
  ['net/ipv4/ip_forward', 'net/ipv4/ip_forward'],
  ['net.ipv4.conf.enp3s0/200.forwarding', 'net/ipv4/conf/enp3s0.200/forwarding'],
  ['net/ipv4/conf/enp3s0.200/forwarding', 'net/ipv4/conf/enp3s0.200/forwarding'],
])('%s is the path %s', (key, path) => {
  expect(sysctlPath(key)).toBe(path);
});

describe('sysctlInFile', () => {
  test.each<[string, string, string | null]>([
    ['plain', 'a.b = 1', '1'],
    ['without blanks', 'a.b=1\n', '1'],
    ['slashes', 'a/b=1', '1'],
    ['a failure is no error', '-a.b = 1', '1'],
    ['the last one counts', 'a.b=1\na/b=2\n', '2'],
    ['words', 'a.b =  4096\t8192 \r\n', '4096 8192'],
    ['an equals sign in the value', 'a.b = |/bin/core %p=x', '|/bin/core %p=x'],
    ['a comment', '#a.b = 1\n;a.b=2', null],
    ['another one', 'a.bc = 1', null],
    ['no assignment', 'a.b', null],
  ])('%s', (_name, text, value) => {
    expect(sysctlInFile(text, 'a/b')).toBe(value);
  });
});

describe('putSysctls', () => {
  const put = (text: string, value = '1') =>
    putSysctls(text, new Map([['a/b', value]]), new Map([['a/b', 'a.b']]));

  test.each([
    ['', 'a.b = 1\n'],
    ['x=1', 'x=1\na.b = 1\n'],
    ['a.b=0\nx=1', 'a.b = 1\nx=1'],
    ['a.b=0\na/b=0\n', 'a.b=0\na.b = 1\n'],
    ['a/b=1\n', 'a/b=1\n'],
    ['# a.b=1\n', '# a.b=1\na.b = 1\n'],
  ])('%j becomes %j', (text, result) => {
    expect(put(text)).toBe(result);
  });

  const lines = fc.array(
    fc.constantFrom('a.b=0', 'a/b = 2', '-a.b=1', 'x.y=1', '# a.b', '', '; c', 'broken', 'é=1'),
    { maxLength: 8 },
  );
  test('done twice is done once; other lines stay; taking it out leaves only them', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (written, hasEnd) => {
        const text = written.join('\n') + (hasEnd && written.length > 0 ? '\n' : '');
        const once = put(text);
        expect(put(once)).toBe(once);
        expect(sysctlInFile(once, 'a/b')).toBe('1');
        const others = written.filter((line) => sysctlInFile(line, 'a/b') === null);
        const rest = dropSysctls(once, new Set(['a/b']));
        expect(rest.split('\n').filter(Boolean)).toEqual(others.filter(Boolean));
      }),
    );
  });
});
