import { expect, test } from '@jest/globals';
import { PLAIN_PALETTE } from '../../src/report/palette.js';
import { scheduleText, type ScheduleView } from '../../src/report/schedule-view.js';

/** Local times, as a person reads them. */
const iso = (minute: number): string => new Date(2026, 10, 22, 8, minute).toISOString();
const VIEW: ScheduleView = {
  name: 'homelab-drift-house-1a2b3c4d',
  by: 'systemd',
  project: '/srv/house',
  every: 'daily',
  words: ['drift', '--notify', 'web-\u001B[31m*'],
  isActive: true,
  last: null,
  next: iso(30),
  output: 'journalctl -u x',
};
const LAST = { at: iso(20), isRunning: false, exitCode: null, failure: null };
const lineOf = (view: ScheduleView, name: string): string | undefined =>
  scheduleText(view, PLAIN_PALETTE)
    .split('\n')
    .find((line) => line.startsWith(name));

test('a schedule', () => {
  const text = scheduleText(VIEW, PLAIN_PALETTE);
  expect(text).toContain('checks   homelab drift --notify');
  expect(text).toContain('every    daily, by systemd (homelab-drift-house-1a2b3c4d)\n');
  expect(text).toContain('next     2026-11-22 08:30\n');
  expect(text).not.toContain('\u001B');
});

test.each<[string, ScheduleView['last'], string]>([
  ['not yet', null, 'not yet'],
  ['in sync', { ...LAST, exitCode: 0 }, '2026-11-22 08:20, in sync'],
  ['drift', { ...LAST, exitCode: 2 }, '2026-11-22 08:20, drift'],
  ['failed', { ...LAST, exitCode: 1 }, '2026-11-22 08:20, failed'],
  ['killed', { ...LAST, exitCode: 137 }, '2026-11-22 08:20, failed with exit code 137'],
  ['took too long', { ...LAST, failure: 'timeout' }, '2026-11-22 08:20, could not run to its end: timeout'],
  ['before a reboot', LAST, '2026-11-22 08:20, nobody remembers how it went'],
  ['running', { ...LAST, isRunning: true }, 'running since 2026-11-22 08:20'],
])('%s', (_what, last, said) => {
  expect(lineOf({ ...VIEW, last }, 'last')).toBe(`last     ${said}`);
});

test.each<[string, Partial<ScheduleView>, string]>([
  ['a timer that is off', { isActive: false }, 'never: the timer is off'],
  ['while it runs', { next: null, last: { ...LAST, isRunning: true } }, 'known once this one is over'],
  ['nobody knows', { next: null }, 'nobody says'],
])('next, %s', (_what, rest, said) => {
  expect(lineOf({ ...VIEW, ...rest }, 'next')).toBe(`next     ${said}`);
});
