import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { listenForInterrupt } from '../../../src/commands/shared/interrupt.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('Ctrl-C', () => {
  test('the first one asks, the second one tells what is left behind and leaves', () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    const written: string[] = [];
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const asked: string[] = [];
    const { signal, dispose } = listenForInterrupt(
      () => asked.push('first'),
      () => ['pi: undoes it\u001b[2J', 'nas: undoes it'],
    );
    process.emit('SIGINT');
    expect({ asked, written, isAborted: signal.aborted }).toEqual({
      asked: ['first'],
      written: [],
      isAborted: true,
    });
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGTERM');
    expect(written.join('')).toContain('\nnas: undoes it\n');
    expect(written.join('')).not.toContain('\u001b');
    expect(exit).toHaveBeenCalledWith(130);
    dispose();
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});
