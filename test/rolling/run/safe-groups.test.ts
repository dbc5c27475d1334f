import { describe, expect, test } from '@jest/globals';
import type { RunResult } from '../../../src/core/result.js';
import { NO_ROLLING } from '../../../src/core/rolling-settings.js';
import { UpgradeHouse } from './upgrade-world.js';

const DRAINED = { rolling: { ...NO_ROLLING, drains: [{ adapter: 'fake', params: {}, source: undefined }] } };

async function planAndApply(house: UpgradeHouse, asked: Parameters<UpgradeHouse['run']>[0] = {}) {
  const { upgrade } = house.run(asked);
  const plan = await upgrade.plan();
  return { plan, result: await upgrade.apply() };
}

const noteOf = ({ hosts }: RunResult, name: string) => hosts.find(({ host }) => host === name)?.notes;
const waves = ({ upgrade }: RunResult) =>
  upgrade?.plan.waves.map(({ hosts }) => hosts.map(({ host }) => host)) ?? [];

/** Two of a group without any check of health. */
function pair(rest: Parameters<UpgradeHouse['add']>[1] = {}): UpgradeHouse {
  const house = new UpgradeHouse();
  house.add('a', rest);
  house.add('b');
  house.group('web', ['a', 'b']);
  return house;
}

describe('one of a pair is not touched while the other', () => {
  test.each<[name: string, rest: object, asked: Parameters<UpgradeHouse['run']>[0]]>([
    ['is off, and was not chosen', {}, { hosts: ['b'] }],
    ['is off, and optional', { optional: true }, {}],
    ['is off, and may fail', {}, { maxFailures: 1 }],
  ])('%s', async (_name, rest, asked) => {
    const house = pair(rest);
    house.off.add('a');
    const { plan, result } = await planAndApply(house, asked);
    expect([waves(plan), house.log]).toEqual([[], []]);
    expect(noteOf(result, 'b')).toEqual(['not begun: a of the group web is not reached']);
    expect(result.exitCode).not.toBe(0);
    const accepted = await planAndApply(house, { ...asked, accepted: ['web'] });
    expect([waves(accepted.plan), house.log]).toEqual([[['b']], ['b upgrade']]);
  });

  test('runs on a machine that is off', async () => {
    const house = pair({ runsOn: 'pve' });
    house.add('pve', { optional: true });
    house.off.add('pve').add('a');
    const { plan } = await planAndApply(house, { hosts: ['b', 'pve'] });
    expect([waves(plan), house.log]).toEqual([[], []]);
  });

  test('was left in the middle by a run that is forgotten', async () => {
    const house = pair();
    const { plan } = await planAndApply(house, { hosts: ['b'], abandoned: ['a'] });
    expect(noteOf(plan, 'b')).toEqual(['not begun: a of the group web was left in the middle of an upgrade']);
    expect(house.log).toEqual([]);
  });

  test('failed, also where it would only go down with the machine it runs on', async () => {
    const house = new UpgradeHouse();
    house.add('a').jobFates.push(() => ({ is: 'ended', code: 100, output: '' }));
    const b = house.add('b', { runsOn: 'pve' });
    b.version = '1.1';
    house.add('pve');
    house.group('web', ['a', 'b']);
    const { result } = await planAndApply(house, { maxFailures: 1 });
    expect(noteOf(result, 'pve')).toEqual(['not begun: a of the group web failed']);
    expect(house.log).toEqual(['a upgrade']);
  });

  test('was carried by a machine that failed', async () => {
    const house = new UpgradeHouse();
    house.add('pve1').jobFates.push(() => ({ is: 'ended', code: 100, output: '' }));
    for (const [name, runsOn] of [
      ['a', 'pve1'],
      ['b', 'pve2'],
    ] as const)
      house.add(name, { runsOn }).version = '1.1';
    house.add('pve2');
    house.group('web', ['a', 'b']);
    const { result } = await planAndApply(house, { maxFailures: 1 });
    expect(noteOf(result, 'pve2')).toEqual(['not begun: a of the group web failed']);
    expect(house.log).toEqual(['pve1 upgrade']);
  });
});

test('of a group of which two may be away and one is, one goes at a time', async () => {
  const house = new UpgradeHouse();
  for (const name of ['a', 'b', 'c', 'd']) house.add(name);
  house.group('web', ['a', 'b', 'c', 'd'], { maxUnavailable: 2 });
  house.off.add('a');
  let [now, most] = [0, 0];
  for (const name of ['b', 'c', 'd']) {
    const world = house.worlds[name];
    if (world === undefined) continue;
    world.onUpgrade = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    };
  }
  const { plan } = await planAndApply(house, { maxFailures: 1, concurrency: 4 });
  expect(waves(plan)).toEqual([['b', 'c'], ['d']]);
  expect([house.log.length, most]).toEqual([3, 1]);
});

test('hosts that vote go one at a time, whether or not a group says so', async () => {
  const house = new UpgradeHouse();
  for (const name of ['a', 'b']) house.add(name, DRAINED).votes = true;
  await planAndApply(house, { concurrency: 2 });
  expect(house.log).toEqual(['a drain', 'a upgrade', 'a undrain', 'b drain', 'b upgrade', 'b undrain']);
});

describe('a machine and what runs on it', () => {
  function hypervisor() {
    const house = new UpgradeHouse();
    const pve = house.add('pve');
    const guest = house.add('guest', { ...DRAINED, runsOn: 'pve' });
    guest.version = '1.1';
    guest.votes = true;
    return { house, pve, guest };
  }

  test('it stays up while a quorum needs its guest', async () => {
    const { house, guest } = hypervisor();
    guest.refusal = 'a voter is missing';
    const { result } = await planAndApply(house);
    const error = result.hosts[0]?.error;
    expect([error?.code, house.log]).toEqual(['rolling/must-stay', []]);
    expect(error?.message).toBe('pve must not go away now (fake on guest): a voter is missing');
  });

  test('the next one waits until its guest serves as before', async () => {
    const { house, pve, guest } = hypervisor();
    pve.needsReboot = 'a new kernel';
    guest.pending = ['has no vote yet'];
    const { result } = await planAndApply(house);
    expect([result.exitCode, guest.pending]).toEqual([1, []]);
    expect(result.hosts[0]?.error?.message).toContain(
      'fake on guest does not serve as before: has no vote yet',
    );
  });

  test('a guest that does not come back is told', async () => {
    const { house, pve, guest } = hypervisor();
    pve.needsReboot = 'a new kernel';
    pve.onReboot = () => (guest.isDead = true);
    const { result } = await planAndApply(house);
    expect(result.hosts[0]?.error?.code).toBe('rolling/guests');
  });
});
