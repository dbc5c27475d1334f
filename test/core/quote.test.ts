import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { toShell } from '../../src/core/command.js';
import { InternalError } from '../../src/core/errors.js';
import { printfWord, quote, quoteAll } from '../../src/core/quote.js';
import { Secret } from '../../src/core/secret.js';

const SHELLS: readonly (readonly [string, ...string[]])[] = [['dash'], ['bash'], ['busybox', 'sh']];

function output([program, ...args]: readonly [string, ...string[]], script: string): Buffer {
  return spawnSync(program, args, { input: script, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } })
    .stdout;
}

test.each([
  ['', "''"],
  ['plain-1.0_x/y:z@h+%,', 'plain-1.0_x/y:z@h+%,'],
  ['a b', "'a b'"],
  ["it's", `'it'\\''s'`],
  ['$(id)', "'$(id)'"],
  ['~x', "'~x'"],
  ['a=b', "'a=b'"],
  ['*', "'*'"],
])('quote(%j) is %s', (argument, word) => {
  expect(quote(argument)).toBe(word);
});

test('a NUL is a bug, not an argument', () => {
  expect(() => quote('a\0b')).toThrow(InternalError);
});

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  test('any words reach a program as they are', () => {
    const word = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', '') || 'x');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const script = `for w in ${quoteAll(words)}; do printf '%s\\0' "$w"; done`;
        expect(output(shell, script).equals(Buffer.from(words.map((each) => `${each}\0`).join('')))).toBe(
          true,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('bytes that look like options reach a program as they are', () => {
    for (const text of ['-', '--', '-n', '-e x', '-\0', '%s', '\\c']) {
      expect(output(shell, `printf ${printfWord(Buffer.from(text))} | cat`).toString()).toBe(text);
    }
  });

  test('any bytes reach a program as they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(output(shell, `printf ${printfWord(bytes)} | cat`).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('toShell', () => {
  test.each([
    [{ argv: ['ls', '-l', 'a b'] }, `ls -l 'a b'`],
    [{ argv: ['make'], cwd: '/src dir', env: { CC: 'gcc -O2' } }, `cd -- '/src dir' && CC='gcc -O2' make`],
    [{ argv: ['chpasswd'], stdin: new Secret('a:b\n') }, `printf 'a:b\n' | chpasswd`],
  ])('%j', (command, script) => {
    expect(toShell(command)).toBe(script);
  });

  test('a variable name that is none is a bug', () => {
    expect(() => toShell({ argv: ['x'], env: { 'a;b': '1' } })).toThrow(InternalError);
  });
});
