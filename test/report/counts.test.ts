import { describe, expect, test } from '@jest/globals';
import { HomelabError } from '../../src/core/errors.js';
import type { HostResult } from '../../src/core/result.js';
import { outcomeText, summarize, summaryLine } from '../../src/report/counts.js';
import { host, task } from './fixtures.js';

const error = new HomelabError({ code: 'x/y', message: 'it broke\nmore' });

describe('outcomeText', () => {
  const cases: readonly (readonly [HostResult, string])[] = [
    [host('a', 'ok'), 'in sync'],
    [host('a', 'pending', { tasks: [task('A', { status: 'pending' }), task('B')] }), '1 of 2 to change'],
    [
      host('a', 'pending', { tasks: [task('A', { status: 'pending' }), task('B', { status: 'unknown' })] }),
      '1 of 2 to change, 1 unknown until applied',
    ],
    [host('a', 'pending', { tasks: [task('A', { status: 'unknown' })] }), '1 of 1 unknown until applied'],
    [host('a', 'drifted', { tasks: [task('A', { status: 'pending' })] }), '1 of 1 drifted'],
    [
      host('a', 'drifted', {
        tasks: [task('A', { status: 'pending' }), task('B', { status: 'pending', isFollowing: true })],
      }),
      '1 of 1 drifted',
    ],
    [
      host('a', 'pending', {
        tasks: [task('A', { status: 'pending' }), task('B', { status: 'pending', isFollowing: true })],
      }),
      '2 of 2 to change',
    ],
    [
      host('a', 'changed', { tasks: [task('A', { status: 'changed' }), task('B', { status: 'skipped' })] }),
      '1 of 1 changed',
    ],
    [host('a', 'changed'), 'changed'],
    [host('a', 'skipped'), 'skipped'],
    [host('a', 'failed', { tasks: [task('Motd', { status: 'failed', error })] }), 'failed: Motd: it broke'],
    [host('a', 'rolled-back', { error }), 'rolled back: it broke'],
    [host('a', 'unreachable'), 'unreachable'],
  ];
  test.each(cases)('%j', (result, text) => {
    expect(outcomeText(result)).toBe(text);
  });
});

describe('the summary', () => {
  const hosts = (['ok', 'ok', 'changed', 'drifted', 'rolled-back', 'skipped'] as const).map((status, index) =>
    host(`h${index}`, status),
  );

  test('counts every host once', () => {
    const summary = summarize(hosts);
    expect(summary).toEqual({
      hosts: 6,
      ok: 2,
      changed: 1,
      pending: 1,
      failed: 1,
      unreachable: 0,
      skipped: 1,
    });
  });

  test('tells the worst first', () => {
    expect(summaryLine(hosts)).toBe('6 hosts: 1 rolled back, 1 changed, 1 drifted, 1 skipped, 2 in sync');
  });

  test('knows one and none', () => {
    expect(summaryLine([host('a', 'ok')])).toBe('1 host: 1 in sync');
    expect(summaryLine([])).toBe('0 hosts');
  });
});
