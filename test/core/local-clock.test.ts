import { expect, test } from '@jest/globals';
import { localClock, localDay } from '../../src/core/local-clock.js';

test('a time as calendar and clock of this machine show it', () => {
  const time = new Date(2026, 0, 2, 3, 4);
  expect([localDay(time), localClock(time)]).toEqual(['2026-01-02', '03:04']);
});
