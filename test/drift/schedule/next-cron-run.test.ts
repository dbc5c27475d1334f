import { expect, test } from '@jest/globals';
import { nextCronRun } from '../../../src/drift/schedule/next-cron-run.js';

/** A Sunday; all times are local ones. */
const NOW = new Date(2026, 10, 22, 8, 20, 30);
const at = (month: number, day: number, hour: number, minute: number, year = 2026): Date =>
  new Date(year, month - 1, day, hour, minute);

test.each<[string, Date | undefined]>([
  ['* * * * *', at(11, 22, 8, 21)],
  ['20 8 * * *', at(11, 23, 8, 20)],
  ['*/15 * * * *', at(11, 22, 8, 30)],
  ['0 */6 * * *', at(11, 22, 12, 0)],
  ['30 3 * * *', at(11, 23, 3, 30)],
  ['0 3 * * 0', at(11, 29, 3, 0)],
  ['0 3 * * 7', at(11, 29, 3, 0)],
  ['0 9 * * sun', at(11, 22, 9, 0)],
  ['0 0 1 * *', at(12, 1, 0, 0)],
  ['0 0 1 jan *', at(1, 1, 0, 0, 2027)],
  ['0 0 29 2 *', at(2, 29, 0, 0, 2028)],
  // Both days given: either is enough.
  ['0 4 25 * 1', at(11, 23, 4, 0)],
  ['0 4 */2 * 1', at(11, 23, 4, 0)],
  ['0 4 31 2 *', undefined],
  ['nonsense', undefined],
])('%s', (fields, next) => {
  expect(nextCronRun(fields, NOW)).toEqual(next);
});
