import { describe, expect, test } from '@jest/globals';
import { NO_ROLLING } from '../../../src/core/rolling-settings.js';
import type { RunResult } from '../../../src/core/result.js';
import { parseTimeWindow } from '../../../src/core/time-window.js';
import { UpgradeHouse } from './upgrade-world.js';

const DRAINED = { rolling: { ...NO_ROLLING, drains: [{ adapter: 'fake', params: {}, source: undefined }] } };

async function planAndApply(house: UpgradeHouse, asked: Parameters<UpgradeHouse['run']>[0] = {}) {
  const { upgrade } = house.run(asked);
  const plan = await upgrade.plan();
  return { plan, result: await upgrade.apply() };
}

const statuses = ({ hosts }: RunResult) => hosts.map(({ host, status }) => `${host} ${status}`);
const errorOf = ({ hosts }: RunResult, name: string) => hosts.find(({ host }) => host === name)?.error?.code;

describe('an upgrade of two that are a pair', () => {
  function pair(): UpgradeHouse {
    const house = new UpgradeHouse();
    house.add('a', DRAINED);
    house.add('b', DRAINED);
    house.group('web', ['a', 'b']);
    return house;
  }

  test('does one after the other, whatever is allowed at the same time', async () => {
    const house = pair();
    const { plan, result } = await planAndApply(house, { concurrency: 9 });
    expect(plan.exitCode).toBe(2);
    expect(plan.upgrade?.plan.waves.map(({ hosts }) => hosts.map(({ host }) => host))).toEqual([
      ['a'],
      ['b'],
    ]);
    expect(house.log).toEqual(['a drain', 'a upgrade', 'a undrain', 'b drain', 'b upgrade', 'b undrain']);
    expect([result.exitCode, statuses(result)]).toEqual([0, ['a changed', 'b changed']]);
    expect((await house.run().upgrade.plan()).exitCode).toBe(0);
  });

  test('stops before the second where the first fails, and goes on from there', async () => {
    const house = pair();
    house.worlds['a']?.jobFates.push(() => ({ is: 'ended', code: 100, output: 'E: no space left\n' }));
    const { result } = await planAndApply(house);
    expect([result.exitCode, statuses(result)]).toEqual([1, ['a failed', 'b skipped']]);
    expect(errorOf(result, 'a')).toBe('rolling/job-failed');
    expect(result.hosts[0]?.error?.message).toContain('no space left');
    expect(house.worlds['a']?.isDrained).toBe(true);
    expect(result.upgrade?.standing).toMatchObject({
      up: ['a/web', 'b/web'],
      drained: ['a (fake)'],
      next: 'homelab upgrade --resume',
    });
    house.log.length = 0;
    const resumed = await planAndApply(house, { isResumed: true });
    // Drained already, and asked for it once more: that does no harm.
    expect(house.log).toEqual(['a drain', 'a upgrade', 'a undrain', 'b drain', 'b upgrade', 'b undrain']);
    expect(resumed.result.exitCode).toBe(0);
    expect(house.worlds['a']?.isDrained).toBe(false);
  });

  test('leaves drained what does not get well; the next run finishes that host first', async () => {
    const house = pair();
    const { b } = house.worlds;
    const { upgrade } = house.run();
    await upgrade.plan();
    house.onPause = undefined;
    // Its web server does not survive the upgrade.
    b?.jobFates.push(() => {
      b.version = '1.1';
      b.isHealthy = false;
      return { is: 'ended', code: 0, output: '' };
    });
    const result = await upgrade.apply();
    expect(statuses(result)).toEqual(['a changed', 'b failed']);
    expect(errorOf(result, 'b')).toBe('rolling/unhealthy');
    expect(b?.isDrained).toBe(true);
    house.log.length = 0;
    if (b !== undefined) b.isHealthy = true;
    const resumed = await planAndApply(house, { isResumed: true });
    expect(house.log).toEqual(['b drain', 'b undrain']);
    expect([resumed.result.exitCode, b?.isDrained]).toEqual([0, false]);
  });

  test('with a failure allowed, the rest of the group still stays as it is', async () => {
    const house = pair();
    house.add('c');
    house.worlds['a']?.jobFates.push(() => ({ is: 'lost' }));
    const { result } = await planAndApply(house, { maxFailures: 1 });
    expect(statuses(result)).toEqual(['a failed', 'b skipped', 'c changed']);
    expect(result.hosts[1]?.notes).toEqual(['not begun: a of the group web failed']);
    expect(result.exitCode).toBe(1);
  });

  test('tells each wave as it begins, and each host once, as soon as it is done', async () => {
    const house = pair();
    house.add('c').obstacles = [{ message: 'no room', hint: 'Make some.' }];
    const { upgrade, events } = house.run({ maxFailures: 1 });
    await upgrade.plan();
    await upgrade.apply();
    const told = events.flatMap((event) => {
      if (event.type === 'wave-started')
        return [`wave ${event.wave} of ${event.count}: ${event.hosts.join(' ')}`];
      return event.type === 'host-finished' ? [`${event.result.host} ${event.result.status}`] : [];
    });
    expect(told).toEqual(['wave 1 of 2: a', 'a changed', 'wave 2 of 2: b', 'b changed', 'c failed']);
    const begun = events.flatMap((event) =>
      event.type === 'task-started' && event.host === 'a' && event.isLong === true ? [event.name] : [],
    );
    expect(begun).toEqual(['Drain fake', 'Upgrade packages', 'Healthy as seen from outside']);
  });

  test('of a host in the middle it is told that; its own job is in nobody’s way', async () => {
    const house = pair();
    house.worlds['a']?.jobFates.push(() => ({ is: 'lost' }));
    await planAndApply(house);
    const a = house.worlds['a'];
    if (a !== undefined) a.obstacles = [{ message: 'apt-get holds the lock', hint: 'Wait.' }];
    const { upgrade } = house.run({ isResumed: true });
    const [planned] = (await upgrade.plan()).hosts;
    expect(planned?.notes).toContain('an earlier run has begun it: it is finished first');
    expect(planned?.tasks.map(({ name }) => name)).not.toContain('Nothing is in the way');
    expect((await upgrade.apply()).exitCode).toBe(0);
  });

  test('the leader comes last', async () => {
    const house = pair();
    const { a, b } = house.worlds;
    if (a !== undefined) a.isLeader = true;
    const { plan } = await planAndApply(house);
    expect(plan.upgrade?.plan.waves[0]?.hosts[0]?.host).toBe('b');
    expect(house.log.filter((line) => line.endsWith('upgrade'))).toEqual(['b upgrade', 'a upgrade']);
    expect(b?.version).toBe('1.1');
  });

  test('a leader that is elected meanwhile comes last; without one the order is what was shown', async () => {
    const house = pair();
    const { a, b } = house.worlds;
    house.add('c', DRAINED);
    house.group('more', ['a', 'b', 'c']);
    if (a !== undefined) a.onUpgrade = () => b !== undefined && (b.isLeader = true);
    const { plan } = await planAndApply(house);
    const shown = plan.upgrade?.plan.waves.flatMap(({ hosts }) => hosts.map(({ host }) => host));
    expect(shown).toEqual(['a', 'b', 'c']);
    expect(house.log.filter((line) => line.endsWith('upgrade'))).toEqual([
      'a upgrade',
      'c upgrade',
      'b upgrade',
    ]);
  });

  test('a host that must not go is not touched', async () => {
    const house = pair();
    if (house.worlds['a'] !== undefined) house.worlds['a'].refusal = 'a voter is missing';
    const { result } = await planAndApply(house);
    expect([errorOf(result, 'a'), statuses(result)]).toEqual([
      'rolling/must-stay',
      ['a failed', 'b skipped'],
    ]);
    expect(house.log).toEqual([]);
  });

  test('nothing is touched while something is away, unless that is accepted', async () => {
    const house = pair();
    const down = house.add('other');
    down.version = '1.1';
    down.isHealthy = false;
    const refused = await planAndApply(house);
    expect([errorOf(refused.result, 'a'), house.log]).toEqual(['rolling/not-well', []]);
    const accepted = await planAndApply(house, { accepted: ['other/web'] });
    expect(accepted.result.exitCode).toBe(0);
  });
});

describe('one host', () => {
  function alone(rest: Parameters<UpgradeHouse['add']>[1] = {}) {
    const house = new UpgradeHouse();
    return { house, world: house.add('a', rest) };
  }

  test('of packages that were named and have nothing pending it is told', async () => {
    const { house } = alone();
    const { plan } = await planAndApply(house, { packages: ['tool', 'tol'] });
    expect(plan.hosts[0]?.notes).toEqual(['not to be upgraded here, or not installed: tol']);
  });

  test('is booted only where it is needed', async () => {
    const { house, world } = alone();
    world.needsReboot = 'a new kernel';
    const { plan, result } = await planAndApply(house);
    expect(plan.hosts[0]?.tasks.map(({ kind }) => kind)).toEqual(['packages', 'reboot']);
    expect(house.log).toEqual(['a upgrade', 'a reboot']);
    expect(result.exitCode).toBe(0);
    expect((await planAndApply(house)).plan.upgrade?.plan.waves).toEqual([]);
  });

  test('is not booted where that is forbidden, and says that it should be', async () => {
    const { house, world } = alone();
    world.needsReboot = 'a new kernel';
    const { result } = await planAndApply(house, { reboot: 'never' });
    expect([house.log, result.hosts[0]?.notes]).toEqual([
      ['a upgrade'],
      ['has to be rebooted: a new kernel'],
    ]);
  });

  test('is booted once where that is asked for, also when the controller is killed meanwhile', async () => {
    const { house, world } = alone();
    const { upgrade } = house.run({ reboot: 'always' });
    await upgrade.plan();
    // Killed while it waits for the host: the journal ends there.
    world.onReboot = () => (world.failures = ['web.service']);
    await upgrade.apply();
    world.failures = [];
    expect(world.reboots).toBe(1);
    const resumed = await planAndApply(house, { reboot: 'always', isResumed: true });
    expect([resumed.result.exitCode, world.reboots]).toEqual([0, 1]);
  });

  test('what came up with a reboot is not drained once more when the run is resumed', async () => {
    const { house, world } = alone(DRAINED);
    world.onReboot = () => (world.failures = ['web.service']);
    await planAndApply(house, { reboot: 'always' });
    world.failures = [];
    house.log.length = 0;
    await planAndApply(house, { reboot: 'always', isResumed: true });
    expect(house.log).toEqual(['a undrain']);
  });

  test('services that run old code are restarted instead', async () => {
    const { house, world } = alone();
    world.stale = ['cron', 'ssh'];
    const { result } = await planAndApply(house);
    expect(house.log).toEqual(['a upgrade', 'a restart cron ssh']);
    expect(result.hosts[0]?.tasks.find(({ kind }) => kind === 'restart')?.changes).toHaveLength(2);
  });

  test('what fails now and failed before is no reason to stop', async () => {
    const { house, world } = alone();
    world.failures = ['old.service'];
    expect((await planAndApply(house)).result.exitCode).toBe(0);
  });

  test('what is in the way is told before anything is begun', async () => {
    const { house, world } = alone();
    world.obstacles = [{ message: 'there is too little space on /var', hint: 'Make room.' }];
    const { plan, result } = await planAndApply(house);
    expect([plan.exitCode, errorOf(plan, 'a')]).toEqual([1, 'rolling/preflight']);
    expect([house.log, result.exitCode]).toEqual([[], 1]);
  });

  test('a run that is interrupted leaves the job to the host; the next one finds it done', async () => {
    const { house, world } = alone(DRAINED);
    world.jobFates.push(() => ({ is: 'running' }));
    house.onPause = () => house.interrupt.abort();
    const { result } = await planAndApply(house);
    expect([result.exitCode, statuses(result)]).toEqual([130, ['a changed']]);
    expect(world.isDrained).toBe(true);
    // Meanwhile the host goes on by itself.
    world.version = '1.1';
    world.jobs.set('run1', { is: 'ended', code: 0, output: '' });
    house.log.length = 0;
    const again = Object.assign(house, { interrupt: new AbortController(), onPause: undefined });
    const resumed = await planAndApply(again, { isResumed: true });
    expect(house.log).toEqual(['a drain', 'a undrain']);
    expect([resumed.result.exitCode, world.isDrained]).toEqual([0, false]);
  });

  test('a job that was cut off is begun anew', async () => {
    const { house, world } = alone();
    world.jobFates.push(() => ({ is: 'lost' }));
    expect(errorOf((await planAndApply(house)).result, 'a')).toBe('rolling/job-lost');
    expect((await planAndApply(house, { isResumed: true })).result.exitCode).toBe(0);
    expect(house.log).toEqual(['a upgrade', 'a upgrade']);
  });

  test('goes back where it fails and that was asked for', async () => {
    const { house, world } = alone(DRAINED);
    world.failures = [];
    world.jobFates.push(() => {
      world.version = '1.1';
      world.isHealthy = false;
      return { is: 'ended', code: 0, output: '' };
    });
    world.jobFates.push(() => {
      world.version = '1.0';
      world.isHealthy = true;
      return { is: 'ended', code: 0, output: '' };
    });
    const { result } = await planAndApply(house, { isRollback: true });
    expect([result.exitCode, statuses(result), world.version]).toEqual([1, ['a rolled-back'], '1.0']);
    expect(house.log).toEqual(['a drain', 'a upgrade', 'a back', 'a undrain']);
  });

  test('a snapshot is taken where its owner says', async () => {
    const snapshot = { take: ['zfs', 'snapshot'], restore: undefined, on: 'pve1' };
    const { house } = alone({ rolling: { ...NO_ROLLING, snapshot } });
    await planAndApply(house);
    expect(house.log).toEqual(['pve1: zfs snapshot', 'a upgrade']);
  });

  test.each([
    ['Sun 03:00-05:00', 0, ['a upgrade']],
    ['Mon 03:00-05:00', 2, []],
  ])('in the window %s it is Sunday, four in the morning', async (window, exitCode, log) => {
    const { house } = alone({ rolling: { ...NO_ROLLING, window: parseTimeWindow(window) } });
    const { result } = await planAndApply(house);
    expect([result.exitCode, house.log]).toEqual([exitCode, log]);
  });

  test.each([
    [true, 0, 'ok'],
    [false, 1, 'unreachable'],
  ])('that is off, and optional: %s', async (optional, exitCode, status) => {
    const { house } = alone({ optional });
    house.add('b').version = '1.1';
    house.off.add('a');
    const { plan } = await planAndApply(house);
    expect([plan.exitCode, plan.hosts[0]?.status]).toEqual([exitCode, status]);
  });

  test('one that cannot be reached stops the others before they are begun', async () => {
    const { house } = alone();
    house.add('b');
    house.off.add('a');
    const { result } = await planAndApply(house);
    expect([result.exitCode, house.log]).toEqual([1, []]);
    const allowed = await planAndApply(house, { maxFailures: 1 });
    expect([allowed.result.exitCode, house.log]).toEqual([1, ['b upgrade']]);
  });
});

describe('what a plan shows', () => {
  test('a boot that may come is there as unknown, and told at the end', async () => {
    const house = new UpgradeHouse();
    house.add('a');
    const { plan, result } = await planAndApply(house);
    const shown = ({ hosts }: RunResult) => hosts[0]?.tasks.map(({ kind, status }) => `${kind} ${status}`);
    expect(shown(plan)).toEqual(['packages pending', 'restart unknown', 'reboot unknown']);
    expect(plan.hosts[0]?.tasks[2]?.reason).toBe('known once the packages are upgraded');
    expect(shown(result)?.slice(0, 3)).toEqual(['packages changed', 'restart skipped', 'reboot skipped']);
    expect(result.hosts[0]?.tasks[2]?.reason).toBe('not needed');
  });

  test('what came out since is told beside what was done', async () => {
    const house = new UpgradeHouse();
    const world = house.add('a');
    const { upgrade } = house.run();
    await upgrade.plan();
    world.newest = '1.2';
    const { hosts } = await upgrade.apply();
    const packages = hosts[0]?.tasks.find(({ kind }) => kind === 'packages');
    expect([packages?.changes, packages?.differsFromPlan]).toEqual([
      [{ field: 'tool', before: '1.0', after: '1.2' }],
      'tool',
    ]);
  });

  test('a host that is not well already is not touched', async () => {
    const house = new UpgradeHouse();
    house.add('a').isHealthy = false;
    const { result } = await planAndApply(house);
    expect([errorOf(result, 'a'), house.log]).toEqual(['rolling/not-well', []]);
  });

  test('a check that is away for a moment stops nobody', async () => {
    const house = new UpgradeHouse();
    const world = house.add('a');
    world.isHealthy = false;
    let looks = 0;
    house.onPause = () => {
      looks += 1;
      if (looks === 3) world.isHealthy = true;
    };
    expect((await planAndApply(house)).result.exitCode).toBe(0);
  });
});
