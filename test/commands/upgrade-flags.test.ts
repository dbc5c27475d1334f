import { describe, expect, test } from '@jest/globals';
import { upgradeRequest } from '../../src/commands/shared/upgrade-flags.js';
import type { EarlierUpgrade } from '../../src/rolling/journal/host-memory.js';

describe('what the flags of an upgrade ask for', () => {
  test.each([
    [
      'nothing: one at a time, no failure',
      {},
      { concurrency: 1, maxFailures: 0, reboot: 'needed', only: 'all' },
    ],
    ['packages', { packages: 'openssl,libssl3' }, { packages: ['openssl', 'libssl3'] }],
    ['security alone', { only: 'security' }, { only: 'security' }],
    ['what may go down', { 'accept-outage': ['dns', 'dns', 'nas'] }, { accepted: ['dns', 'nas'] }],
  ])('%s', (_name, flags, expected) => {
    expect(upgradeRequest(flags, ['a'], undefined)).toMatchObject({ hosts: ['a'], ...expected });
  });

  test.each([
    [{ packages: 'openssl,-o=evil' }, 'usage/package-name'],
    [{ window: 'sometimes' }, 'core/time-window'],
  ])('%j is refused', (flags, code) => {
    expect(() => upgradeRequest(flags, ['a'], undefined)).toThrow(expect.objectContaining({ code }));
  });

  test('of a run that is resumed it is what was asked then, but for what is said anew', () => {
    const first = upgradeRequest(
      { packages: 'tool', reboot: 'always', 'accept-outage': ['dns'] },
      ['a', 'b'],
      undefined,
    );
    const earlier: EarlierUpgrade = {
      run: 'r1',
      request: first,
      unfinished: new Map(),
      done: new Set(),
      exitCode: 1,
    };
    const again = upgradeRequest({ reboot: 'never', 'accept-outage': ['nas'] }, [], earlier);
    expect(again).toEqual({ ...first, reboot: 'never', accepted: ['dns', 'nas'] });
  });
});
