import { describe, expect, test } from '@jest/globals';
import type { RunResult } from '../../../src/core/result.js';
import { NO_ROLLING } from '../../../src/core/rolling-settings.js';
import { drainsInForce } from '../../../src/rolling/journal/drains-in-force.js';
import { earlierUpgrade } from '../../../src/rolling/journal/host-memory.js';
import { readNewestJournal } from '../../../src/rolling/journal/upgrade-journal.js';
import { forgetTheEnd, UpgradeHouse } from './upgrade-world.js';

const drained = (...adapters: readonly string[]) => ({
  rolling: { ...NO_ROLLING, drains: adapters.map((adapter) => ({ adapter, params: {}, source: undefined })) },
});

async function planAndApply(house: UpgradeHouse, asked: Parameters<UpgradeHouse['run']>[0] = {}) {
  const { upgrade } = house.run(asked);
  const plan = await upgrade.plan();
  return { plan, result: await upgrade.apply() };
}

const hostOf = ({ hosts }: RunResult, name: string) => hosts.find(({ host }) => host === name);
const stagesOf = (result: RunResult, name: string) =>
  hostOf(result, name)?.tasks.map((task) => `${task.name}: ${task.status}`);
const inForce = (house: UpgradeHouse) => drainsInForce(earlierUpgrade(readNewestJournal(house.folder) ?? []));

/** A machine that has to boot, and one that runs on it with nothing to do itself. */
function hypervisor() {
  const house = new UpgradeHouse();
  const pve = house.add('pve');
  pve.needsReboot = 'a new kernel';
  const guest = house.add('guest', { ...drained('fake', 'stop'), runsOn: 'pve' });
  guest.version = '1.1';
  return { house, pve, guest };
}

const ALL = ['pve upgrade', 'guest drain', 'guest stop', 'pve reboot', 'guest start', 'guest undrain'];

describe('what runs on a machine is drained just before that boots, and comes back after it', () => {
  test('as stages of the machine, which its plan shows', async () => {
    const { house, pve, guest } = hypervisor();
    const { plan, result } = await planAndApply(house);
    expect([result.exitCode, house.log]).toEqual([0, ALL]);
    expect(stagesOf(plan, 'pve')).toEqual([
      'Upgrade packages: pending',
      'Drain fake on guest: pending',
      'Drain stop on guest: pending',
      'Reboot: pending',
    ]);
    expect(stagesOf(result, 'pve')).toEqual([
      'Upgrade packages: changed',
      'Drain fake on guest: changed',
      'Drain stop on guest: changed',
      'Reboot: changed',
      'Nothing is in the way: ok',
      'Settled as before: ok',
      'Its services answer: ok',
      'Undrain stop on guest: changed',
      'What runs on it serves as before: ok',
      'Healthy as seen from outside: ok',
      'Undrain fake on guest: changed',
      'fake on guest serves as before: ok',
      'Stays so for a while: skipped',
    ]);
    expect(hostOf(plan, 'pve')?.tasks[1]?.changes).toEqual([
      { field: 'drain', before: null, after: 'its work is moved' },
    ]);
    expect([pve.isLocked, guest.isLocked, inForce(house)]).toEqual([false, false, []]);
  });

  test('guests of guests first, and what depends on another guest before that', async () => {
    const house = new UpgradeHouse();
    house.add('pve').needsReboot = 'a new kernel';
    house.add('db', { ...drained('fake'), runsOn: 'pve' });
    house.add('vm', { ...drained('fake'), runsOn: 'pve' });
    house.add('ct', { ...drained('fake'), runsOn: 'vm', dependsOn: ['db'] });
    for (const name of ['db', 'vm', 'ct']) Object.assign(house.worlds[name] ?? {}, { version: '1.1' });
    await planAndApply(house);
    expect(house.log).toEqual([
      'pve upgrade',
      'ct drain',
      'db drain',
      'vm drain',
      'pve reboot',
      'vm undrain',
      'db undrain',
      'ct undrain',
    ]);
  });

  test('the drains of the machine itself are around those of its guests', async () => {
    const { house, pve } = hypervisor();
    Object.assign(house.hosts[0] ?? {}, drained('fake', 'stop'));
    await planAndApply(house);
    expect(house.log).toEqual([
      'pve drain',
      'pve stop',
      'pve upgrade',
      'guest drain',
      'guest stop',
      'pve reboot',
      'pve start',
      'guest start',
      'guest undrain',
      'pve undrain',
    ]);
    expect(pve.isDrained).toBe(false);
  });

  test.each([
    ['in maintenance', { isDrained: true }, { isDrained: true, isStopped: false }],
    ['with nothing to be moved', { isGate: true }, { isDrained: false, isStopped: false }],
  ])('one that was %s before stays so', async (_name, before, after) => {
    const { house, guest } = hypervisor();
    Object.assign(guest, before);
    expect((await planAndApply(house)).result.exitCode).toBe(0);
    expect(guest).toMatchObject(after);
  });

  test('what is not to be moved is waited for as it was found', async () => {
    const { house, guest } = hypervisor();
    Object.assign(guest, { isGate: true, pending: ['it has no vote'] });
    const { result } = await planAndApply(house);
    expect(house.log).toEqual(['pve upgrade', 'guest stop', 'pve reboot', 'guest start']);
    expect(hostOf(result, 'pve')?.error?.message).toBe(
      'fake on guest does not serve as before: it has no vote',
    );
  });

  test('adapters are told that the guest goes down, though nothing is to be done there', async () => {
    const { house } = hypervisor();
    const { upgrade } = house.run();
    await upgrade.plan();
    expect(house.forecasts).toEqual({ guest: 'yes' });
    delete house.forecasts['guest'];
    await upgrade.apply();
    expect(house.forecasts).toEqual({ guest: 'yes' });
  });

  test('what changed on a guest since the plan counts', async () => {
    const { house, guest } = hypervisor();
    const { upgrade } = house.run();
    await upgrade.plan();
    guest.isDrained = true;
    await upgrade.apply();
    expect([house.log, guest.isDrained]).toEqual([ALL, true]);
  });
});

describe('guests are not touched', () => {
  test('where the machine is not to boot', async () => {
    const { house } = hypervisor();
    const { plan } = await planAndApply(house, { reboot: 'never' });
    expect([stagesOf(plan, 'pve'), house.log]).toEqual([
      ['Upgrade packages: pending', 'Restart what runs old code: unknown'],
      ['pve upgrade'],
    ]);
  });

  test('where it turns out that it need not: the plan said that nobody knew', async () => {
    const { house, pve } = hypervisor();
    pve.needsReboot = undefined;
    const { plan, result } = await planAndApply(house);
    const [, , shown] = hostOf(plan, 'pve')?.tasks ?? [];
    expect([shown?.name, shown?.status, shown?.reason]).toEqual([
      'Drain fake on guest',
      'unknown',
      'only if this machine boots: known once the packages are upgraded',
    ]);
    const [, , done] = hostOf(result, 'pve')?.tasks ?? [];
    expect([done?.name, done?.status, done?.reason]).toEqual([
      'Drain fake on guest',
      'skipped',
      'it does not boot',
    ]);
    expect([result.exitCode, house.log]).toEqual([0, ['pve upgrade']]);
  });

  test('but where its packages bring the need, they are', async () => {
    const { house, pve } = hypervisor();
    pve.needsReboot = undefined;
    pve.onUpgrade = () => (pve.needsReboot = 'a new kernel');
    expect((await planAndApply(house)).result.exitCode).toBe(0);
    expect(house.log).toEqual(ALL);
  });

  test.each<[name: string, asked: object, off: boolean, why: string]>([
    ['it was not chosen', { hosts: ['pve'] }, false, 'was not chosen'],
    ['it was not chosen, and is off', { hosts: ['pve'] }, true, 'is not reached'],
    ['it is optional, and off', {}, true, 'is not reached'],
  ])('where %s, and the plan says so', async (_name, asked, off, why) => {
    const { house, guest } = hypervisor();
    Object.assign(house.hosts[1] ?? {}, { optional: true });
    if (off) house.off.add('guest');
    const { plan, result } = await planAndApply(house, asked);
    const note = `guest runs on it and goes down with a reboot as it is, not drained: it ${why}`;
    expect([hostOf(plan, 'pve')?.notes, hostOf(result, 'pve')?.notes]).toEqual([[note], [note]]);
    expect([result.exitCode, house.log, guest.isDrained]).toEqual([0, ['pve upgrade', 'pve reboot'], false]);
  });

  test('where its own upgrade has failed: it is in the middle of that', async () => {
    const { house, guest } = hypervisor();
    guest.version = '1.0';
    guest.jobFates.push(() => ({ is: 'ended', code: 100, output: '' }));
    const { result } = await planAndApply(house, { maxFailures: 1 });
    expect(house.log.slice(0, 3)).toEqual(['guest drain', 'guest stop', 'guest upgrade']);
    expect(house.log.slice(3)).toEqual(['pve upgrade', 'pve reboot']);
    expect(hostOf(result, 'pve')?.notes).toEqual([
      'guest runs on it and goes down with a reboot as it is, not drained: it failed',
    ]);
    expect(result.upgrade?.standing?.drained).toEqual(['guest (fake, stop)']);
  });
});

describe('the run stops before the machine boots', () => {
  test('where a guest cannot be drained; what is drained stays so, and is named', async () => {
    const { house, pve, guest } = hypervisor();
    const other = house.add('other', { ...drained('fake'), runsOn: 'pve' });
    Object.assign(other, { version: '1.1', drainFailure: 'its jobs do not go' });
    const { result } = await planAndApply(house);
    expect([result.exitCode, pve.reboots, guest.isDrained, guest.isStopped]).toEqual([1, 0, true, true]);
    expect(hostOf(result, 'pve')?.error).toMatchObject({
      code: 'drain/failed',
      message: 'its jobs do not go',
    });
    expect(result.upgrade?.standing?.drained).toEqual(['guest (fake, stop)', 'other (fake)']);
    expect([guest.isLocked, other.isLocked]).toEqual([false, false]);
    other.drainFailure = undefined;
    house.log.length = 0;
    expect((await planAndApply(house, { isResumed: true })).result.exitCode).toBe(0);
    expect(house.log).toEqual([
      'guest drain',
      'guest stop',
      'other drain',
      'pve reboot',
      'guest start',
      'other undrain',
      'guest undrain',
    ]);
  });

  test('where a guest cannot be asked any more, and nothing of any is touched', async () => {
    const { house, pve, guest } = hypervisor();
    pve.onUpgrade = () => (guest.isDead = true);
    const { result } = await planAndApply(house);
    expect([house.log, hostOf(result, 'pve')?.error?.message]).toEqual([
      ['pve upgrade'],
      'pve is not booted: guest, which runs on it, cannot be drained before: no answer',
    ]);
  });
});

describe('homelab is killed', () => {
  test.each<[after: string, log: readonly string[]]>([
    ['pve upgrade', ALL.slice(1)],
    ['guest drain', ALL.slice(1)],
    ['guest stop', ALL.slice(1)],
    ['pve reboot', ALL.slice(4)],
    ['guest start', ALL.slice(4)],
    ['guest undrain', ALL.slice(5)],
  ])('after `%s`: the next run does the rest, as it was found by the first', async (after, log) => {
    for (const isDrained of [false, true]) {
      const { house, pve, guest } = hypervisor();
      guest.isDrained = isDrained;
      if (after === 'pve upgrade') pve.onUpgrade = () => Promise.reject(new Error('killed'));
      else house.killAt = after;
      await planAndApply(house);
      forgetTheEnd(house);
      pve.onUpgrade = undefined;
      house.log.length = 0;
      const { result } = await planAndApply(house, { isResumed: true });
      const done = after === 'pve upgrade' ? ALL : log;
      expect([result.exitCode, house.log, pve.reboots]).toEqual([0, done, 1]);
      expect([guest.isStopped, guest.isDrained, inForce(house)]).toEqual([false, isDrained, []]);
    }
  });

  test('and the run after that one, too', async () => {
    const { house, guest } = hypervisor();
    for (const after of ['guest stop', 'pve reboot']) {
      house.killAt = after;
      await planAndApply(house, { isResumed: after !== 'guest stop' });
      forgetTheEnd(house);
      expect(inForce(house)).toEqual(['guest (fake, stop)']);
    }
    expect((await planAndApply(house, { isResumed: true })).result.exitCode).toBe(0);
    expect(guest).toMatchObject({ isDrained: false, isStopped: false });
  });

  test('what is drained comes back where the next run is not to boot anything', async () => {
    const { house, pve, guest } = hypervisor();
    house.killAt = 'guest stop';
    await planAndApply(house);
    house.log.length = 0;
    await planAndApply(house, { isResumed: true, reboot: 'never' });
    expect([house.log, pve.reboots]).toEqual([['guest start', 'guest undrain'], 0]);
    expect(guest.isDrained).toBe(false);
  });

  test('the health of what was drained is waited for by the next run as well', async () => {
    const { house, guest } = hypervisor();
    house.killAt = 'pve reboot';
    await planAndApply(house);
    house.onUntilUp = () => (guest.isHealthy = false);
    const { result } = await planAndApply(house, { isResumed: true });
    expect([hostOf(result, 'pve')?.error?.code, inForce(house)]).toEqual([
      'rolling/unhealthy',
      ['guest (fake)'],
    ]);
  });

  test('a guest that is off by then is not forgotten', async () => {
    const { house, guest } = hypervisor();
    Object.assign(house.hosts[1] ?? {}, { optional: true });
    house.killAt = 'pve reboot';
    await planAndApply(house);
    house.off.add('guest');
    const { result } = await planAndApply(house, { isResumed: true });
    expect(hostOf(result, 'pve')?.error).toMatchObject({
      code: 'rolling/guests',
      message: 'fake on guest was drained for a reboot of pve, and cannot be brought back: it is not reached',
    });
    expect(result.upgrade?.standing?.drained).toEqual(['guest (fake, stop)']);
    house.off.delete('guest');
    expect((await planAndApply(house, { isResumed: true })).result.exitCode).toBe(0);
    expect(guest).toMatchObject({ isDrained: false, isStopped: false });
  });

  test('a guest whose drain the inventory no longer has is told, and not forgotten', async () => {
    const { house } = hypervisor();
    house.killAt = 'pve reboot';
    await planAndApply(house);
    Object.assign(house.hosts[1] ?? {}, drained('stop'));
    const { result } = await planAndApply(house, { isResumed: true });
    expect(hostOf(result, 'pve')?.error?.message).toContain('it has no drain fake any more');
    expect(inForce(house)).toEqual(['guest (fake, stop)']);
  });

  test('what stays drained counts as away, and is named, though its machine is not reached', async () => {
    const { house } = hypervisor();
    house.add('twin').version = '1.0';
    house.group('web', ['guest', 'twin']);
    house.killAt = 'pve reboot';
    await planAndApply(house, { hosts: ['pve', 'guest'] });
    house.off.add('pve');
    const { result } = await planAndApply(house, { isResumed: true, maxFailures: 1 });
    expect(result.upgrade?.standing?.drained).toEqual(['guest (fake, stop)']);
    expect(hostOf(result, 'twin')?.notes).toEqual([
      'not begun: guest of the group web is drained for a reboot of pve',
    ]);
  });
});
