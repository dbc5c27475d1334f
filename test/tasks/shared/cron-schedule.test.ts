import { expect, test } from '@jest/globals';
import { scheduleSchema } from '../../../src/tasks/shared/cron-schedule.js';

test.each<[string, string]>([
  ['0 3 * * *', '0 3 * * *'],
  [' 0\t3  * * * ', '0 3 * * *'],
  ['*/5 8-18 1,15 jan-mar,12 Mon-fri', '*/5 8-18 1,15 jan-mar,12 Mon-fri'],
  ['0-59/10 0 31 12 7', '0-59/10 0 31 12 7'],
  ['59 23 * * 0', '59 23 * * 0'],
  ['@reboot', '@reboot'],
  ['@daily', '@daily'],
])('%s is a schedule', (text, expected) => {
  expect(scheduleSchema.parse(text)).toBe(expected);
});

test.each<[string, string]>([
  ['', 'must have five fields'],
  ['0 3 * *', 'must have five fields'],
  ['0 3 * * * root', 'must have five fields'],
  ['60 3 * * *', 'minute: 60 is not within 0 to 59'],
  ['0 24 * * *', 'hour: 24 is not within 0 to 23'],
  ['0 0 0 * *', 'day of the month: 0 is not within 1 to 31'],
  ['0 0 * 13 *', 'month: 13 is not within 1 to 12 nor a name'],
  ['0 0 * * 8', 'day of the week: 8 is not within 0 to 7 nor a name'],
  ['0 0 * * jan', 'day of the week: jan is not within'],
  ['-1 0 * * *', 'minute: -1 is not within'],
  ['1-2-3 0 * * *', 'minute: 1-2-3 is not within'],
  ['9-3 0 * * *', 'minute: 9-3 ends before it begins'],
  ['0 0 * * fri-sun', 'day of the week: fri-sun ends before it begins'],
  ['*/0 0 * * *', 'minute: */0 has no step after the slash'],
  ['*/ 0 * * *', 'minute: */ has no step after the slash'],
  ['*/2/3 0 * * *', 'minute: */2/3 has two steps'],
  ['5/10 0 * * *', 'minute: 5/10 needs a range before the slash, e.g. 5-59/10'],
  ['1,,2 0 * * *', 'minute:  is not within'],
  ['a 0 * * *', 'minute: a is not within'],
  ['0 3 * *\n*', 'must have five fields'],
  ['@never', 'must be one of @reboot'],
])('%j is refused', (text, message) => {
  expect(scheduleSchema.safeParse(text).error?.issues[0]?.message).toContain(message);
});
