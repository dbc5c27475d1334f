import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { rebooting } from '../../src/lab/background-process.js';
import { withLock } from '../../src/lab/exclusive-lock.js';
import { lastLines, mustRun, runProgram } from '../../src/lab/run-program.js';

const folder = mkdtempSync(join(tmpdir(), 'lab-unit-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('runProgram', () => {
  test.each([
    [
      'output and code',
      ['sh', '-c', 'cat; echo err >&2; exit 3'],
      { code: 3, stdout: 'in', stderr: 'err\n' },
    ],
    ['a signal as shells tell it', ['sh', '-c', 'kill -TERM $$'], { code: 143, stdout: '', stderr: '' }],
    ['input that is not read', ['true'], { code: 0, stdout: '', stderr: '' }],
  ])('%s', async (_what, argv, expected) => {
    expect(await runProgram(argv, { stdin: 'in' })).toEqual(expected);
  });

  test('kills what takes too long', async () => {
    expect((await runProgram(['sleep', '60'], { timeoutMs: 50 })).code).toBe(137);
  });

  test.each([
    ['a program that is not there', ['homelab-no-such-program']],
    ['a code that is not 0', ['sh', '-c', 'echo reason >&2; exit 1']],
  ])('mustRun rejects on %s', async (_what, argv) => {
    await expect(mustRun(argv)).rejects.toMatchObject({ code: 'lab/command-failed' });
  });

  test('lastLines keeps the end', () => {
    expect(lastLines('a\nb\nc\n', 2)).toBe('\nb\nc');
    expect(lastLines('  \n')).toBe('');
  });
});

describe('withLock', () => {
  test('one at a time, also after a failure', async () => {
    const file = join(folder, 'lock');
    let inside = 0;
    const seen: number[] = [];
    const work = async () => {
      seen.push(++inside);
      await mustRun(['sleep', '0.05']);
      inside--;
    };
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await Promise.all([1, 2, 3].map(() => withLock(file, work)));
    expect(seen).toEqual([1, 1, 1]);
  });
});

describe('rebooting', () => {
  test.each([
    ['133 starts it again', 'echo x >>"$0"; [ $(wc -l <"$0") -ge 3 ] || exit 133', 3],
    ['0 ends it', 'echo x >>"$0"', 1],
    ['another code ends it', 'echo x >>"$0"; exit 137', 1],
  ])('%s', async (what, script, times) => {
    const file = join(folder, what);
    await runProgram(rebooting(['sh', '-c', script, file]));
    expect((await mustRun(['cat', file])).split('\n')).toHaveLength(times + 1);
  });
});
