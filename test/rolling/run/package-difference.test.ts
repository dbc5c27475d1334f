import { expect, test } from '@jest/globals';
import { differenceOf, partOf } from '../../../src/rolling/run/package-difference.js';
import type { PendingUpgrade } from '../../../src/rolling/systems/upgrade-system.js';

const tool = (from: string, to: string, name = 'tool') => ({ name, from, to, isSecurity: false });
const pending = (rest: Partial<PendingUpgrade> = {}): PendingUpgrade => {
  return { packages: [], added: [], removed: [], held: [], needsBytes: 0, bringsKernel: false, ...rest };
};

test.each<[name: string, now: PendingUpgrade, difference: string | undefined]>([
  ['the same', pending({ packages: [tool('1', '2')] }), undefined],
  ['a newer one', pending({ packages: [tool('1', '3')] }), 'tool'],
  [
    'one more, and what comes along',
    pending({ packages: [tool('1', '2'), tool('1', '2', 'also')], added: ['lib'] }),
    'also, lib',
  ],
  ['one that goes', pending({ packages: [tool('1', '2')], removed: ['old'] }), 'old'],
  ['nothing any more', pending(), 'tool'],
  [
    'very many',
    pending({ packages: [tool('1', '2')], added: Array.from({ length: 12 }, (_, at) => `p${at + 10}`) }),
    'p10, p11, p12, p13, p14, p15, p16, p17, p18, p19 and 2 more',
  ],
])('a plan that is followed by %s', (_name, now, difference) => {
  expect(differenceOf(pending({ packages: [tool('1', '2')] }), now)).toBe(difference);
});

test.each<[name: string, left: readonly ReturnType<typeof tool>[], failed: string[], newer: string[]]>([
  ['nothing', [], [], []],
  ['the same as before', [tool('1', '2')], ['tool'], []],
  ['the same as before, with a newer one to come', [tool('1', '3')], ['tool'], []],
  ['what came out meanwhile', [tool('2', '3')], [], ['tool']],
  ['another one that came out meanwhile', [tool('1', '2', 'also')], [], ['also']],
])('after its upgrade is pending: %s', (_name, left, failed, newer) => {
  expect(partOf(left, [tool('1', '2')])).toEqual([failed, newer]);
});
