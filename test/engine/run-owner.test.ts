import { expect, test } from '@jest/globals';
import type { RunOwner } from '../../src/core/run-owner.js';
import { isOwnerGone, ownerOf } from '../../src/engine/run-owner.js';

const SELF = ownerOf('r1');
/** No process has it: the kernel's limit is 2^22. */
const NOBODY = 1 << 23;

test.each<[string, Partial<RunOwner>, boolean]>([
  ['this process', {}, false],
  ['a process that is over', { pid: NOBODY }, true],
  ['another process that has its number by now', { startTicks: SELF.startTicks + 1 }, true],
  ['a process of an earlier boot', { boot: 'earlier' }, true],
  ['a process of another machine', { machine: 'other', pid: NOBODY }, false],
  ['a process of another container', { namespace: 'pid:[1]', pid: NOBODY }, false],
  ['a process of another container, before this boot', { namespace: 'pid:[1]', boot: 'earlier' }, true],
  ['a process that nobody could tell the start of', { startTicks: 0, pid: NOBODY }, false],
])('whether %s is gone', (_name, rest, isGone) => {
  expect(isOwnerGone({ ...SELF, ...rest }, SELF)).toBe(isGone);
});
