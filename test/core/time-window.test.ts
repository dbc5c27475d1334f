import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOf, isInWindow, nextOpening, parseTimeWindow } from '../../src/core/time-window.js';

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

describe('a window is read', () => {
  test.each<readonly [string, readonly number[], number, number]>([
    ['Sun 02:00-05:00', [0], 120, 300],
    ['sunday 2:00 - 5:00', [0], 120, 300],
    ['  MON-FRI 22:00-02:00 ', [1, 2, 3, 4, 5], 1320, 120],
    ['Fri-Mon 00:00-24:00', [0, 1, 5, 6], 0, 1440],
    ['Mon-Wed,Sat,Thursday 1:30-1:45', [1, 2, 3, 4, 6], 90, 105],
    ['Tue-Tue 01:00-02:00', [2], 60, 120],
    ['daily 03:00-04:30', EVERY_DAY, 180, 270],
    ['03:00-04:30', EVERY_DAY, 180, 270],
    ['03:00-03:00', EVERY_DAY, 180, 180],
  ])('%j', (text, days, from, to) => {
    expect(parseTimeWindow(text)).toEqual({ text: text.trim(), days, from, to });
  });

  test.each([
    '',
    'Sun',
    '02:00',
    'Sun 02:00',
    'Sun 24:00-25:00',
    'Sun 02:60-03:00',
    'Sun 02:00-24:01',
    'Sun 02:00-05:00 UTC',
    'Sunflower 02:00-05:00',
    'S 02:00-05:00',
    'Su 02:00-05:00',
    'Mon- 02:00-05:00',
    '-Mon 02:00-05:00',
    'Mon-Tue-Wed 02:00-05:00',
    'Mon,,Tue 02:00-05:00',
    'Mon, Tue 02:00-05:00',
    'daily,Mon 02:00-05:00',
    'Sun -2:00-05:00',
    'Sun 02:00:00-05:00',
    `Sun ${'9'.repeat(500)}`,
  ])('%j is refused', (text) => {
    expect(() => parseTimeWindow(text)).toThrow(
      expect.objectContaining({ code: 'core/time-window', hint: expect.stringContaining('Sun 02:00-05:00') }),
    );
  });
});

/** A time of a week in November 2026, in which no clock is set: the 15th is a Sunday. */
const at = (day: number, time: string): Date => new Date(`2026-11-${14 + day}T${time}`);

describe('open or not', () => {
  test.each([
    ['Sun 02:00-05:00', at(1, '01:59:59'), false],
    ['Sun 02:00-05:00', at(1, '02:00:00'), true],
    ['Sun 02:00-05:00', at(1, '04:59:59'), true],
    ['Sun 02:00-05:00', at(1, '05:00:00'), false],
    ['Sun 02:00-05:00', at(2, '03:00:00'), false],
    ['Sat 22:00-02:00', at(7, '23:00:00'), true],
    ['Sat 22:00-02:00', at(8, '01:59:00'), true],
    ['Sat 22:00-02:00', at(7, '01:00:00'), false],
    ['Sat 22:00-02:00', at(8, '22:30:00'), false],
    ['Fri-Mon 00:00-24:00', at(3, '23:59:00'), false],
    ['Fri-Mon 00:00-24:00', at(2, '23:59:00'), true],
    ['Sun 22:00-00:00', at(1, '23:59:00'), true],
    ['Sun 22:00-00:00', at(2, '00:00:00'), false],
    ['Sun 03:00-03:00', at(2, '02:59:00'), true],
    ['Sun 03:00-03:00', at(2, '03:00:00'), false],
  ])('%s at %s: %s', (text, when, isOpen) => {
    expect(isInWindow(parseTimeWindow(text), when)).toBe(isOpen);
  });
});

describe('when it opens, and closes', () => {
  test.each<readonly [string, Date, Date, Date | undefined]>([
    ['Sun 02:00-05:00', at(1, '00:10:20'), at(1, '02:00'), at(1, '05:00')],
    ['Sun 02:00-05:00', at(1, '03:10:20'), at(1, '03:10:20'), at(1, '05:00')],
    ['Sun 02:00-05:00', at(1, '05:00:00'), at(8, '02:00'), at(8, '05:00')],
    ['Sat 22:00-02:00', at(2, '12:00'), at(7, '22:00'), at(8, '02:00')],
    ['Mon-Fri 22:00-02:00', at(7, '03:00'), at(9, '22:00'), at(10, '02:00')],
    ['Mon,Tue 12:00-12:00', at(1, '12:00'), at(2, '12:00'), at(4, '12:00')],
    ['daily 00:00-24:00', at(3, '12:34:56'), at(3, '12:34:56'), undefined],
  ])('%s from %s', (text, from, opens, closes) => {
    const window = parseTimeWindow(text);
    expect(nextOpening(window, from)).toEqual(opens);
    expect(endOf(window, opens)).toEqual(closes);
  });

  test('one that is not open closes at once', () => {
    expect(endOf(parseTimeWindow('Sun 02:00-05:00'), at(2, '12:00'))).toEqual(at(2, '12:00'));
  });
});

/** Node takes its zone from its start: another process lives where clocks are set. */
describe('where clocks are set', () => {
  const folder = mkdtempSync(join(tmpdir(), 'time-window-'));
  const built = join(folder, 'time-window.mjs');
  beforeAll(() => {
    const made = spawnSync('node_modules/.bin/esbuild', [
      'src/core/time-window.ts',
      '--bundle',
      '--format=esm',
      '--platform=node',
      `--outfile=${built}`,
    ]);
    expect(made.status).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function inBerlin(text: string, from: string): string[] {
    const program = `import { parseTimeWindow, nextOpening, endOf } from ${JSON.stringify(built)};
const window = parseTimeWindow(${JSON.stringify(text)});
const opens = nextOpening(window, new Date(${JSON.stringify(from)}));
console.log(JSON.stringify([opens, endOf(window, opens)]));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { TZ: 'Europe/Berlin' },
    });
    expect(stderr.toString()).toBe('');
    return JSON.parse(stdout.toString()) as string[];
  }

  // In 2026 the hour after 02:00 is missing on 29 March, and there twice on 25 October.
  test.each([
    ['a day that is short', 'Sun 01:00-05:00', '2026-03-28T12:00Z', '2026-03-29T00:00', '2026-03-29T03:00'],
    [
      'it begins in the missing hour',
      'Sun 02:30-05:00',
      '2026-03-28T12:00Z',
      '2026-03-29T01:00',
      '2026-03-29T03:00',
    ],
    [
      'it is the missing hour',
      'Sun 02:00-03:00',
      '2026-03-28T12:00Z',
      '2026-04-05T00:00',
      '2026-04-05T01:00',
    ],
    ['a day that is long', 'Sun 01:00-05:00', '2026-10-24T12:00Z', '2026-10-24T23:00', '2026-10-25T04:00'],
    [
      'in the hour that is there twice',
      'Sun 02:15-02:30',
      '2026-10-24T12:00Z',
      '2026-10-25T00:15',
      '2026-10-25T00:30',
    ],
    ['the second time', 'Sun 02:15-02:30', '2026-10-25T00:30Z', '2026-10-25T01:15', '2026-10-25T01:30'],
  ])('%s', (_name, text, from, opens, closes) => {
    expect(inBerlin(text, from)).toEqual([`${opens}:00.000Z`, `${closes}:00.000Z`]);
  });
});
