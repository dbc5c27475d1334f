import { expect, test } from '@jest/globals';
import { checkCalendar } from '../../../src/drift/schedule/check-calendar.js';
import { runProgram } from '../../../src/drift/schedule/run-program.js';

/** Asks the systemd of this machine, which need not have booted it. */
test.each([
  ['*:*:0/10', 10],
  ['*:0/15', 900],
  ['0/6:00', 6 * 3600],
  ['daily', 86_400],
  ['Mon,Tue *-*-* 03:00:00', 86_400],
  ['2090-01-01 UTC', undefined],
  ['*-*-* 03:00:00 Asia/Tokyo', 86_400],
])('%s', async (calendar, seconds) => {
  expect(await checkCalendar(calendar, runProgram)).toBe(seconds);
});

test.each([
  ['foo bar', "Failed to parse calendar specification 'foo bar'"],
  ['25:00', 'systemd does not understand it'],
  ['--version', 'systemd does not understand it'],
  ['2020-01-01', 'that never comes'],
])('%s is refused', async (calendar, message) => {
  await expect(checkCalendar(calendar, runProgram)).rejects.toMatchObject({
    code: 'usage/every',
    message: expect.stringContaining(message) as unknown,
  });
});

test('a machine without systemd-analyze', async () => {
  const run = () => Promise.resolve({ code: 127, stdout: '', stderr: 'spawn systemd-analyze ENOENT' });
  await expect(checkCalendar('daily', run)).rejects.toMatchObject({ code: 'schedule/no-systemd-analyze' });
});
