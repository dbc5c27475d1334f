import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { toShell, type Command } from '../../src/core/command.js';
import { Secret } from '../../src/core/secret.js';
import { conditionKey, conditions } from '../../src/probes/conditions.js';
import { HOSTILE_WORDS } from '../hostile-words.js';

const run = (script: string) => spawnSync('sh', { input: script, encoding: 'utf8' });

describe('a secret of a command', () => {
  const word = fc.oneof(
    fc.constantFrom(...HOSTILE_WORDS),
    fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0')),
  );

  test('arrives as a variable and on standard input, whatever is in it', () => {
    fc.assert(
      fc.property(word, (value) => {
        const command: Command = {
          argv: ['sh', '-c', 'printf %s "$A"; printf "|"; cat'],
          env: { A: new Secret(value), B: 'plain' },
          stdin: new Secret(value),
        };
        expect(run(toShell(command)).stdout).toBe(`${value}|${value}`);
      }),
      { numRuns: 25 },
    );
  });

  test('is in no argument list', () => {
    const argv = [
      'sh',
      '-c',
      `tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$PPID/cmdline; printf %s "$A" | wc -c`,
    ];
    const { stdout } = run(
      toShell({ argv, env: { A: new Secret('canary-42') }, stdin: new Secret('canary-42') }),
    );
    expect(stdout).not.toContain('canary');
    expect(stdout.trimEnd().endsWith('9')).toBe(true);
  });
});

describe('a secret of a condition', () => {
  const keyOf = (value: string) =>
    conditionKey({ shell: 'test "$A" = "it\'s"', env: { A: new Secret(value) } });

  test('is not in its key', () => {
    expect(keyOf('canary-42')).not.toContain('canary');
    expect(keyOf('canary-42')).toBe(keyOf('canary-42'));
    expect(keyOf('canary-42')).not.toBe(keyOf('canary-43'));
  });

  test.each([
    ["it's", '0:0\n'],
    ['its', '0:1\n'],
  ])('is asked with its value: %s', (value, expected) => {
    expect(run(conditions.script([keyOf(value)])).stdout).toBe(expected);
  });
});
