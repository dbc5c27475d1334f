import { writeFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RunResult } from '../../../src/core/result.js';
import { NO_ROLLING } from '../../../src/core/rolling-settings.js';
import { earlierUpgrade } from '../../../src/rolling/journal/host-memory.js';
import type { UpgradeEntry } from '../../../src/rolling/journal/upgrade-entry.js';
import { readNewestJournal } from '../../../src/rolling/journal/upgrade-journal.js';
import { UpgradeHouse, type UpgradeWorld } from './upgrade-world.js';

const DRAINED = { rolling: { ...NO_ROLLING, drains: [{ adapter: 'fake', params: {}, source: undefined }] } };

async function planAndApply(house: UpgradeHouse, asked: Parameters<UpgradeHouse['run']>[0] = {}) {
  const { upgrade } = house.run(asked);
  const plan = await upgrade.plan();
  return { plan, result: await upgrade.apply() };
}

const errorOf = ({ hosts }: RunResult, name: string) => hosts.find(({ host }) => host === name)?.error?.code;
const memoryOf = (house: UpgradeHouse) => earlierUpgrade(readNewestJournal(house.folder) ?? []);

function alone() {
  const house = new UpgradeHouse();
  return { house, world: house.add('a', DRAINED) };
}

/** The newest journal, as a controller leaves it that is killed before it writes `is`. */
function cutBefore(house: UpgradeHouse, is: UpgradeEntry['is']): void {
  const path = join(house.folder, readdirSync(house.folder).toSorted().at(-1) ?? '');
  const lines = readFileSync(path, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(`"is":"${is}"`));
  writeFileSync(path, `${lines.slice(0, at).join('\n')}\n`);
}

describe('a controller that is killed before it writes', () => {
  const kernel = (world: UpgradeWorld): unknown => (world.needsReboot = 'a new kernel');

  test.each<[is: UpgradeEntry['is'], log: readonly string[], reboots: number]>([
    // Nothing was done by then as far as the next run knows: whatever was, is found done.
    ['begun', [], 1],
    ['draining', ['a drain', 'a undrain'], 1],
    ['job', ['a drain', 'a undrain'], 1],
    ['upgraded', ['a drain', 'a undrain'], 1],
    ['rebooting', ['a drain', 'a undrain'], 1],
    // It was down in between: what came up with it is not stopped once more.
    ['undrained', ['a undrain'], 1],
    ['done', [], 1],
  ])('%s leaves a host that is finished with nothing done twice', async (is, log, reboots) => {
    const { house, world } = alone();
    kernel(world);
    await planAndApply(house);
    expect(house.log).toEqual(['a drain', 'a upgrade', 'a reboot', 'a undrain']);
    cutBefore(house, is);
    if (is === 'undrained') world.isDrained = true;
    if (is === 'upgraded') world.jobs.set('run1', { is: 'ended', code: 0, output: '' });
    house.log.length = 0;
    const { result } = await planAndApply(house, { isResumed: true });
    expect([result.exitCode, house.log, world.reboots, world.isDrained]).toEqual([0, log, reboots, false]);
    expect([memoryOf(house)?.unfinished.size, [...world.jobs]]).toEqual([0, []]);
  });
});

test('a host in the middle that is not reached is still known to be there by the run after the next', async () => {
  const { house, world } = alone();
  world.jobFates.push(() => ({ is: 'ended', code: 100, output: '' }));
  await planAndApply(house);
  house.off.add('a');
  expect(errorOf((await planAndApply(house, { isResumed: true })).result, 'a')).toBe(
    'transport/connection-refused',
  );
  expect([...(memoryOf(house)?.unfinished.get('a')?.drained ?? [])]).toEqual(['fake']);
  house.off.delete('a');
  const { result } = await planAndApply(house, { isResumed: true });
  expect([result.exitCode, world.isDrained]).toEqual([0, false]);
});

test('what was begun and not touched is asked once more whether it may go', async () => {
  const { house, world } = alone();
  await planAndApply(house);
  cutBefore(house, 'draining');
  Object.assign(world, { version: '1.0', refusal: 'a voter is missing' });
  house.log.length = 0;
  const { result } = await planAndApply(house, { isResumed: true });
  expect([errorOf(result, 'a'), house.log]).toEqual(['rolling/must-stay', []]);
});

test('what is drained and not yet upgraded stays where its quorum needs it', async () => {
  const { house, world } = alone();
  world.votes = true;
  await planAndApply(house);
  cutBefore(house, 'job');
  Object.assign(world, { version: '1.0', refusal: 'a voter is missing' });
  house.log.length = 0;
  expect(errorOf((await planAndApply(house, { isResumed: true })).result, 'a')).toBe('rolling/must-stay');
  expect(house.log).toEqual([]);
});

test('every host is booted once, whatever came between', async () => {
  const { house } = alone();
  house.add('b').jobFates.push(() => ({ is: 'lost' }));
  await planAndApply(house, { reboot: 'always' });
  await planAndApply(house, { reboot: 'always', isResumed: true });
  expect(Object.values(house.worlds).map(({ reboots }) => reboots)).toEqual([1, 1]);
});

test('an interruption while it is waited for health takes nothing back', async () => {
  const { house, world } = alone();
  house.onUntilUp = () => house.interrupt.abort();
  const { result } = await planAndApply(house, { isRollback: true });
  expect([result.exitCode, house.log, world.version]).toEqual([130, ['a drain', 'a upgrade'], '1.1']);
  expect(memoryOf(house)?.exitCode).toBeUndefined();
});

test('what takes an upgrade back ends before it is begun anew', async () => {
  const { house, world } = alone();
  world.failures = [];
  world.onUpgrade = () => (world.isHealthy = false);
  world.jobFates.push(
    () => ({ is: 'ended', code: 0, output: '' }),
    () => ({ is: 'running' }),
  );
  house.onPause = () => house.interrupt.abort();
  await planAndApply(house, { isRollback: true });
  world.jobs.set('run1.back', { is: 'running' });
  const again = Object.assign(house, {
    interrupt: new AbortController(),
    onPause: () => {
      house.log.push('waits');
      world.jobs.set('run1.back', { is: 'ended', code: 0, output: '' });
    },
  });
  world.isHealthy = true;
  world.onUpgrade = undefined;
  house.log.length = 0;
  const { result } = await planAndApply(again, { isResumed: true });
  expect([result.exitCode, house.log]).toEqual([0, ['waits', 'a drain', 'a upgrade', 'a undrain']]);
});

test('a plan that another upgrade has overtaken is not carried out', async () => {
  const { house } = alone();
  const { upgrade } = house.run();
  await upgrade.plan();
  await planAndApply(house);
  await expect(upgrade.apply()).rejects.toMatchObject({ code: 'rolling/overtaken' });
  expect(house.log).toEqual(['a drain', 'a upgrade', 'a undrain']);
});

test('the lock of a host is let go of when it fails, and the watch ends', async () => {
  const { house, world } = alone();
  world.jobFates.push(() => ({ is: 'ended', code: 100, output: '' }));
  await planAndApply(house);
  expect([world.isLocked, house.watches]).toEqual([false, 0]);
});

test('of two in the middle the first is finished though the second is still away', async () => {
  const house = new UpgradeHouse();
  for (const name of ['a', 'b']) {
    const world = house.add(name, DRAINED);
    world.onUpgrade = () => (world.isHealthy = false);
  }
  await planAndApply(house, { concurrency: 2, maxFailures: 1 });
  for (const world of Object.values(house.worlds)) world.onUpgrade = undefined;
  const [a, b] = Object.values(house.worlds);
  house.onUntilUp = () => {
    if (house.log.at(-1) === 'b drain' && b !== undefined) b.isHealthy = true;
  };
  if (a !== undefined) a.isHealthy = true;
  house.log.length = 0;
  const { result } = await planAndApply(house, { isResumed: true, soakSeconds: 1 });
  expect([result.exitCode, house.log]).toEqual([0, ['a drain', 'a undrain', 'b drain', 'b undrain']]);
});
