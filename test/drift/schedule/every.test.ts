import { describe, expect, test } from '@jest/globals';
import { parseEvery } from '../../../src/drift/schedule/every.js';

describe('how often, for systemd and for cron', () => {
  test.each<[string, string | undefined, string | undefined]>([
    ['hourly', 'hourly', '0 * * * *'],
    ['Daily', 'daily', '0 0 * * *'],
    ['weekly', 'weekly', '0 0 * * 1'],
    ['monthly', 'monthly', '0 0 1 * *'],
    ['1m', '*:0/1', '*/1 * * * *'],
    ['15m', '*:0/15', '*/15 * * * *'],
    ['30 min', '*:0/30', '*/30 * * * *'],
    ['60m', 'hourly', '0 * * * *'],
    ['120m', '0/2:00', '0 */2 * * *'],
    ['6h', '0/6:00', '0 */6 * * *'],
    ['24h', 'daily', '0 0 * * *'],
    ['1d', 'daily', '0 0 * * *'],
    ['03:30', '*-*-* 03:30:00', '30 3 * * *'],
    ['3:05', '*-*-* 03:05:00', '5 3 * * *'],
    ['daily 23:59', '*-*-* 23:59:00', '59 23 * * *'],
    ['Sun 03:00', 'Sun *-*-* 03:00:00', '0 3 * * 0'],
    ['sunday 03:00', 'Sun *-*-* 03:00:00', '0 3 * * 0'],
    ['Mon..Fri 03:00', 'Mon,Tue,Wed,Thu,Fri *-*-* 03:00:00', '0 3 * * 1,2,3,4,5'],
    ['sat-mon 03:00', 'Sun,Mon,Sat *-*-* 03:00:00', '0 3 * * 0,1,6'],
    ['Sat,Sun 03:00', 'Sun,Sat *-*-* 03:00:00', '0 3 * * 0,6'],
    ['Sun..Sat 03:00', '*-*-* 03:00:00', '0 3 * * *'],
    ['*:*:0/10', '*:*:0/10', undefined],
    ['Mon *-*-01..07 04:00', 'Mon *-*-01..07 04:00', undefined],
    ['25:00', '25:00', undefined],
    ['Foo 03:00', 'Foo 03:00', undefined],
    ['30 3 * * 1-5', undefined, '30 3 * * 1-5'],
    ['*/20 0-6,22 1 jan sun', undefined, '*/20 0-6,22 1 jan sun'],
    ['  daily  ', 'daily', '0 0 * * *'],
  ])('%s', (written, calendar, cron) => {
    expect(parseEvery(written)).toEqual({ written: written.trim(), calendar, cron });
  });
});

test.each([
  ['7m', 'divides neither', 'Write 6m or 10m.'],
  ['0m', 'divides neither', 'Write 1m.'],
  ['45m', 'divides neither', 'Write 30m or 1h.'],
  ['90m', 'divides neither', 'Write 1h or 2h.'],
  ['5h', 'divides neither', 'Write 4h or 6h.'],
  ['36h', 'divides neither', 'Write 24h or weekly.'],
  ['2d', 'divides neither', 'Write 24h or weekly.'],
  ['60 3 * * *', '60 is no minute (0 to 59)', 'Five fields'],
  ['0 24 * * *', '24 is no hour', 'Five fields'],
  ['0 0 0 * *', '0 is no day', 'Five fields'],
  ['0 0 * 13 *', '13 is no month', 'Five fields'],
  ['0 0 * * 8', '8 is no weekday', 'Five fields'],
  ['0 0 * * foo', 'foo is no weekday', 'Five fields'],
  ['5/2 0 * * *', '5/2 is no minute', 'Five fields'],
  ['*/0 0 * * *', '*/0 is no minute', 'Five fields'],
  ['30-10 0 * * *', '30-10 is no minute', 'Five fields'],
  ['1, 0 * * *', '1, is no minute', 'Five fields'],
  ['', 'it is empty', 'Write hourly'],
  ['daily\nExecStart=x', 'not one line', 'Write hourly'],
  ['x'.repeat(201), 'too long', 'Write hourly'],
])('%j is refused', (written, message, hint) => {
  expect(() => parseEvery(written)).toThrow(
    expect.objectContaining({
      code: 'usage/every',
      message: expect.stringContaining(message) as unknown,
      hint: expect.stringContaining(hint) as unknown,
    }),
  );
});
