import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { askSecret, confirm, type Input } from '../../src/report/prompt.js';
import { capture } from './fixtures.js';

function terminal() {
  const modes: boolean[] = [];
  const stream = new PassThrough();
  const stdin: Input = Object.assign(stream, {
    isTTY: true,
    setRawMode: (isRaw: boolean) => void modes.push(isRaw),
  });
  return { stream, stdin, modes, stderr: capture() };
}

describe('confirm', () => {
  test.each([
    ['y\r', true],
    ['yes\r', true],
    ['Y\r', true],
    ['n\r', false],
    ['\r', false],
    ['yesterday\r', false],
    ['\x04', false],
  ])('%j is %j', async (keys, answer) => {
    const { stream, stdin, stderr } = terminal();
    const answered = confirm('Apply?', { stdin, stderr: stderr.output });
    stream.write(keys);
    expect(await answered).toBe(answer);
    expect(stderr.text()).toContain('Apply? [y/N] ');
  });

  test('Ctrl-C interrupts', async () => {
    const { stream, stdin, stderr } = terminal();
    const answered = confirm('Apply?', { stdin, stderr: stderr.output });
    stream.write('\x03');
    await expect(answered).rejects.toMatchObject({ code: 'run/interrupted' });
  });

  test('without a terminal nobody is asked', async () => {
    const stderr = capture();
    expect(await confirm('Apply?', { stdin: new PassThrough(), stderr: stderr.output })).toBeUndefined();
    expect(stderr.text()).toBe('');
  });
});

describe('askSecret', () => {
  test.each([
    ['hunter2\r', 'hunter2'],
    ['hunter3\x7f2\n', 'hunter2'],
    ['wrong\x15right\r', 'right'],
    ['pass\x1b[D\x1b[3~\x1bOAword\r', 'password'],
    ['a\x1bb\r', 'ab'],
    ['größe👍x\x7f\r', 'größe👍'],
    ['\r', ''],
    ['abc\x04', 'abc'],
  ])('%j types %j, and none of it is shown', async (keys, typed) => {
    const { stream, stdin, stderr, modes } = terminal();
    const asked = askSecret('Password:', { stdin, stderr: stderr.output });
    // A byte at a time: a character may come in pieces.
    for (const byte of Buffer.from(keys, 'utf8')) stream.write(Buffer.of(byte));
    expect((await asked)?.reveal()).toBe(typed);
    expect(stderr.text()).toBe('Password: \n');
    expect(modes).toEqual([true, false]);
  });

  test('Ctrl-D alone is no answer', async () => {
    const { stream, stdin, stderr } = terminal();
    const asked = askSecret('Password:', { stdin, stderr: stderr.output });
    stream.write('\x04');
    expect(await asked).toBeUndefined();
  });

  test('Ctrl-C interrupts and gives the terminal back', async () => {
    const { stream, stdin, stderr, modes } = terminal();
    const asked = askSecret('Password:', { stdin, stderr: stderr.output });
    stream.write('abc\x03');
    await expect(asked).rejects.toMatchObject({ code: 'run/interrupted' });
    expect(modes).toEqual([true, false]);
  });

  test('without a terminal nobody is asked', async () => {
    expect(
      await askSecret('Password:', { stdin: new PassThrough(), stderr: capture().output }),
    ).toBeUndefined();
  });
});
