import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { processLockHolder, takeProcessLock } from '../../src/engine/process-lock.js';
import { ownerOf } from '../../src/engine/run-owner.js';

const folder = mkdtempSync(join(tmpdir(), 'homelab-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'below', 'lock');
const [first, second] = [ownerOf('r1'), ownerOf('r2')];

test('one at a time has it; it is let go once', () => {
  const lock = takeProcessLock(path, first);
  expect(lock.isTaken).toBe(true);
  expect(takeProcessLock(path, second)).toEqual({ isTaken: false, holder: first });
  expect(processLockHolder(path, second)).toEqual(first);
  if (lock.isTaken) lock.release();
  expect(processLockHolder(path, second)).toBeUndefined();
  expect(readdirSync(join(folder, 'below'))).toEqual([]);
});

test.each<[string, string]>([
  ['a process that is over', JSON.stringify({ ...first, startTicks: 1 })],
  ['a boot that is over', JSON.stringify({ ...first, boot: 'another', startTicks: 1 })],
  ['nobody that can be read', '{'],
])('a lock of %s counts for nothing', (_name, text) => {
  writeFileSync(path, text);
  const lock = takeProcessLock(path, second);
  expect(lock.isTaken).toBe(true);
  expect(processLockHolder(path, first)).toEqual(second);
  expect(readdirSync(join(folder, 'below'))).toEqual(['lock']);
  if (lock.isTaken) lock.release();
});

test("one that is made and not written yet is somebody's; one that stays so is of a process that was killed", () => {
  writeFileSync(path, '');
  expect(takeProcessLock(path, second)).toEqual({ isTaken: false, holder: undefined });
  utimesSync(path, 1, 1);
  const lock = takeProcessLock(path, second);
  expect(lock.isTaken).toBe(true);
  if (lock.isTaken) lock.release();
});

test('of another machine nothing is known: it is kept', () => {
  writeFileSync(path, JSON.stringify({ ...first, machine: 'another', startTicks: 1 }));
  expect(takeProcessLock(path, second)).toMatchObject({ isTaken: false });
});
