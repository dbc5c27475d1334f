import { describe, expect, test } from '@jest/globals';
import type { Item, Play } from '../../src/core/item.js';
import type { HostResult, RunResult } from '../../src/core/result.js';
import { Run } from '../../src/engine/run.js';
import { BARRIER, FakeWorld, host, item, play, recorder, SET, transportTo } from './fake-world.js';

function start(
  worlds: Record<string, FakeWorld>,
  plays: readonly Play[],
  hosts: readonly string[] = Object.keys(worlds),
) {
  const { events, sink } = recorder();
  const controller = new AbortController();
  const run = new Run({
    command: 'provision',
    run: 'r1',
    hosts: hosts.map(host),
    plays,
    transport: transportTo(worlds),
    concurrency: 4,
    sink,
    signal: controller.signal,
  });
  return { run, events, controller };
}

async function provision(world: FakeWorld, plays: readonly Play[], isStale = false): Promise<HostResult> {
  const { run } = start({ a: world }, plays);
  await run.plan();
  const { hosts } = await run.apply({ isStale });
  return hosts[0] as HostResult;
}

const statuses = (result: HostResult | undefined): string[] =>
  (result?.tasks ?? []).map((task) => `${task.name} ${task.status}`);
const one = (result: RunResult): HostResult => result.hosts[0] as HostResult;
const scripts = (world: FakeWorld): string[] => world.requests.map((sections) => sections.join('; '));

describe('what could shut somebody out where no timer can be set', () => {
  test.each<[string, readonly Item[], readonly string[]]>([
    ['nothing of it', [item(SET, 'etc/motd')], []],
    ['it is said to be meant', [item(SET, 'etc/ssh/x', { guarded: false })], []],
    ['it is so already', [item(SET, 'etc/ssh/y', { value: '1' })], []],
    [
      'a file of sshd and one of sudo',
      [item(SET, 'etc/motd'), item(SET, 'etc/ssh/x'), item(SET, 'etc/sudoers')],
      [
        '"etc/ssh/x", "etc/sudoers" could shut somebody out and have no guard here: homelab runs on this machine',
      ],
    ],
  ])('%s', async (_name, items, notes) => {
    const { run } = start({ a: new FakeWorld({ 'etc/ssh/y': '1' }) }, [play(items)]);
    expect(one(await run.plan()).notes).toEqual(notes);
  });
});

describe('hosts that another run applies on', () => {
  const plays = [play([item(SET, 'x')])];
  const LOCK = '5\n{"run":"r0","by":"bob@desk","machine":"other","boot":"b","pid":1,"startTicks":1}';

  test.each<[string, (world: FakeWorld) => void, (world: FakeWorld) => void, readonly string[]]>([
    ['none', () => {}, () => {}, []],
    ['one when it was read', (world) => void (world.lockSeen = LOCK), () => {}, ['a']],
    ['one since', () => {}, (world) => void (world.lockSeen = LOCK), ['a']],
    ['one that came and went since', () => {}, (world) => void (world.journal = 'something else'), ['a']],
  ])('%s', async (_name, before, between, busy) => {
    const world = new FakeWorld({ x: '1' });
    before(world);
    const { run } = start({ a: world }, plays);
    await run.plan();
    between(world);
    const left = await run.leaveBusy();
    expect([...left.busy]).toEqual(busy);
    expect(one(left.plan).status).toBe(busy.length === 0 ? 'pending' : 'skipped');
    expect(one(left.plan).notes).toHaveLength(busy.length);
  });
});

test('a check leaves out what nothing shows, also where it applies', async () => {
  const { events, sink } = recorder();
  const world = new FakeWorld({ x: '1' });
  const always = { ...SET, isVerifiable: () => false };
  const run = new Run({
    command: 'drift',
    run: 'r1',
    isCheck: true,
    concurrency: 1,
    sink,
    hosts: [host('a')],
    plays: [play([item(always, 'y'), item(SET, 'x')])],
    transport: transportTo({ a: world }),
    signal: new AbortController().signal,
  });
  const planned = one(await run.plan());
  expect(planned.status).toBe('drifted');
  expect(statuses(planned)).toEqual(['y skipped', 'x pending']);
  expect(statuses(one(await run.apply({ isStale: true })))).toEqual(['y skipped', 'x changed']);
  expect(Object.fromEntries(world.values)).toEqual({ x: 'new' });
  expect(events.length).toBeGreaterThan(0);
});

describe('plan', () => {
  test('looks at everything in one round trip and changes nothing', async () => {
    const world = new FakeWorld({ one: 'new', two: 'old' });
    const { run } = start({ a: world }, [play([item(SET, 'one'), item(SET, 'two'), item(BARRIER, 'three')])]);
    const result = await run.plan();
    expect(statuses(one(result))).toEqual(['one ok', 'two pending', 'three pending']);
    expect(scripts(world)).toEqual(['read one two three']);
    expect(result.exitCode).toBe(2);
  });

  test('what depends on an earlier item is unknown until then', async () => {
    const items = [item(BARRIER, 'package'), item(SET, 'unit', { needs: 'daemon' })];
    const result = one(await start({ a: new FakeWorld() }, [play(items)]).run.plan());
    expect(result.tasks[1]).toMatchObject({
      status: 'unknown',
      reason: 'unknown until "package": daemon does not exist',
    });
    expect(result.status).toBe('pending');
  });

  test('what nothing earlier can bring is a failure', async () => {
    const result = one(
      await start({ a: new FakeWorld() }, [play([item(SET, 'unit', { needs: 'daemon' })])]).run.plan(),
    );
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'engine/nothing-to-manage', host: 'a', task: 'unit' },
    });
  });

  test.each<[string, readonly Item[], readonly (readonly [string, string | undefined])[]]>([
    [
      'what lies in something that an earlier item makes waits for that',
      [item(SET, 'dir'), item(SET, 'dir/file'), item(SET, 'other')],
      [
        ['pending', undefined],
        ['pending', 'will be created after "dir"'],
        ['pending', undefined],
      ],
    ],
    [
      'what exists waits for nothing',
      [item(SET, 'there'), item(SET, 'there/file')],
      [
        ['pending', undefined],
        ['pending', undefined],
      ],
    ],
    [
      'what cannot be looked at yet is unknown, if an earlier item may change that',
      [item(BARRIER, 'package'), item(SET, 'file', { refusesWithout: 'dir' })],
      [
        ['pending', undefined],
        ['unknown', 'unknown until "package": no dir'],
      ],
    ],
    [
      'and a failure, if none may',
      [item(SET, 'elsewhere'), item(SET, 'file', { refusesWithout: 'dir', onFailure: 'continue' })],
      [
        ['pending', undefined],
        ['failed', undefined],
      ],
    ],
    [
      'what the machine can never be is a failure whatever comes before',
      [item(BARRIER, 'package'), item(SET, 'file', { isImpossible: true })],
      [
        ['pending', undefined],
        ['failed', undefined],
      ],
    ],
  ])('%s', async (_name, items, expected) => {
    const world = new FakeWorld({ there: 'old' });
    const result = one(await start({ a: world }, [play(items)]).run.plan());
    expect(result.tasks.map((task) => [task.status, task.reason])).toEqual(expected);
  });

  test('shows the actions that would run, once', async () => {
    const items = [item(SET, 'one', { onChange: ['restart'] }), item(SET, 'two', { onChange: ['restart'] })];
    const plays = [play(items, { actions: [item(BARRIER, 'restart'), item(BARRIER, 'idle')] })];
    const result = one(await start({ a: new FakeWorld() }, plays).run.plan());
    expect(statuses(result)).toEqual(['one pending', 'two pending', 'restart pending']);
    expect(result.tasks.map(({ isFollowing }) => isFollowing)).toEqual([undefined, undefined, true]);
  });
});

describe('apply', () => {
  test.each<[string, readonly Item[], readonly string[]]>([
    [
      'items that share nothing go out together',
      [item(SET, 'one'), item(SET, 'two')],
      ['read one two', 'set one new; set two new', 'read one two'],
    ],
    [
      'what an item may have altered is looked at again',
      [item(BARRIER, 'one'), item(SET, 'two'), item(SET, 'three')],
      [
        'read one two three',
        'set one new',
        'read two three',
        'set two new; set three new',
        'read one two three',
      ],
    ],
    [
      'a path inside a touched path waits',
      [item(SET, 'dir'), item(SET, 'dir/file'), item(SET, 'other')],
      [
        'read dir dir/file other',
        'set dir new',
        'read dir/file',
        'set dir/file new; set other new',
        'read dir dir/file other',
      ],
    ],
  ])('%s', async (_name, items, expected) => {
    const world = new FakeWorld();
    const result = await provision(world, [play(items)]);
    expect(result.status).toBe('changed');
    expect(scripts(world)).toEqual(expected);
  });

  test('a host in sync is read once and left alone', async () => {
    const world = new FakeWorld({ one: 'new', two: 'new' });
    const result = await provision(world, [play([item(SET, 'one'), item(BARRIER, 'two')])]);
    expect(result.status).toBe('ok');
    expect(scripts(world)).toEqual(['read one two']);
  });

  test('what an earlier item already brought is skipped', async () => {
    const world = new FakeWorld();
    world.brings.set('package', ['config', 'new']);
    const result = await provision(world, [play([item(BARRIER, 'package'), item(SET, 'config')])]);
    expect(statuses(result)).toEqual(['package changed', 'config ok']);
    expect(result.tasks.map((task) => task.differsFromPlan)).toEqual([undefined, 'state, value']);
  });

  test('a preview that came out different is reported', async () => {
    const world = new FakeWorld();
    world.brings.set('package', ['config', 'old']);
    const result = await provision(world, [play([item(BARRIER, 'package'), item(SET, 'config')])]);
    expect(result.tasks[1]).toMatchObject({
      status: 'changed',
      differsFromPlan: 'state',
    });
  });

  test('the first failure stops the host, and the rest is skipped', async () => {
    const world = new FakeWorld();
    world.broken.add('two');
    const result = await provision(world, [play([item(SET, 'one'), item(SET, 'two'), item(SET, 'three')])]);
    expect(statuses(result)).toEqual(['one changed', 'two failed', 'three skipped']);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'engine/step-failed', task: 'two' } });
    expect(result.error?.message).toContain('set two new: exit code 1\nno such thing');
    expect(world.values.has('three')).toBe(false);
  });

  test('on_failure continue goes on; the host has failed all the same', async () => {
    const world = new FakeWorld();
    world.broken.add('two');
    const items = [item(SET, 'one'), item(SET, 'two', { onFailure: 'continue' }), item(SET, 'three')];
    const result = await provision(world, [play(items)]);
    expect(statuses(result)).toEqual(['one changed', 'two failed', 'three changed']);
    expect(result.status).toBe('failed');
  });

  test('retry tries again', async () => {
    const world = new FakeWorld();
    world.broken.add('one');
    let tries = 0;
    world.onRun = () => {
      tries += 1;
      if (tries === 3) world.broken.clear();
    };
    const result = await provision(world, [play([item(SET, 'one', { retry: { times: 3, delayMs: 1 } })])]);
    expect(result.status).toBe('changed');
    expect(tries).toBe(3);
  });

  test('an item that does not hold after it was applied is a failure', async () => {
    const world = new FakeWorld();
    world.deaf.add('one');
    const result = await provision(world, [play([item(SET, 'one')])]);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'engine/not-converged' } });
  });

  test('a lost connection fails what was under way and skips the rest', async () => {
    const world = new FakeWorld();
    world.isCut = true;
    const result = await provision(world, [
      play([item(SET, 'one'), item(SET, 'two'), item(BARRIER, 'three')]),
    ]);
    expect(statuses(result)).toEqual(['one failed', 'two failed', 'three skipped']);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'transport/connection-lost' } });
  });
});

/** An item that applies when `one` has changed. */
const after = (name: string): Item => item(SET, name, { condition: (isChanged) => isChanged('one') });

describe('when, actions, plays', () => {
  test('when changed: asks whether an earlier item changed', async () => {
    const unchanged = await provision(new FakeWorld({ one: 'new' }), [
      play([item(SET, 'one'), after('two')]),
    ]);
    expect(statuses(unchanged)).toEqual(['one ok', 'two skipped']);
    const changed = await provision(new FakeWorld(), [play([item(SET, 'one'), after('two')])]);
    expect(statuses(changed)).toEqual(['one changed', 'two changed']);
  });

  test('an item that is left out on the host is skipped, its parameters never looked at', async () => {
    const world = new FakeWorld();
    const left = item(SET, 'left', { skipReason: '`when` does not match', params: undefined });
    const result = await provision(world, [play([left, item(SET, 'one')])]);
    expect(statuses(result)).toEqual(['left skipped', 'one changed']);
    expect(scripts(world)).toEqual(['read one', 'set one new', 'read one']);
  });

  test('actions run once at the end of their play, in written order', async () => {
    const world = new FakeWorld();
    const items = [
      item(SET, 'one', { onChange: ['second'] }),
      item(SET, 'two', { onChange: ['first', 'second'] }),
    ];
    const actions = [item(BARRIER, 'first'), item(BARRIER, 'second')];
    const { run, events } = start({ a: world }, [
      play(items, { actions }),
      play([item(SET, 'later')], { name: 'Next' }),
    ]);
    await run.plan();
    await run.apply({ isStale: false });
    expect(events).toEqual([
      'play Play: a',
      'a one changed',
      'a two changed',
      'a first changed',
      'a second changed',
      'play Next: a',
      'a later changed',
    ]);
  });

  test('a failure names the actions that are still owed', async () => {
    const world = new FakeWorld();
    world.broken.add('two');
    const items = [item(SET, 'one', { onChange: ['restart'] }), item(SET, 'two')];
    const result = await provision(world, [play(items, { actions: [item(BARRIER, 'restart')] })]);
    expect(result.error?.hint).toContain('Owed, and done by the next run: restart.');
  });

  test('hosts that cannot be reached are unreachable; the others go on', async () => {
    const plays = [play([item(SET, 'one')], { hosts: ['a', 'down'] })];
    const { run } = start({ a: new FakeWorld() }, plays, ['a', 'down']);
    await run.plan();
    const result = await run.apply({ isStale: false });
    expect(result.hosts.map(({ host: name, status }) => `${name} ${status}`)).toEqual([
      'a changed',
      'down unreachable',
    ]);
    expect(result.exitCode).toBe(1);
  });

  test.each([
    ['beside others is no failure', ['a', 'down'], [2, 0], ['changed', 'unreachable']],
    ['alone is one', ['down'], [1, 1], ['unreachable']],
  ])('one that may be switched off is told, and %s', async (_what, names, codes, statuses) => {
    const plays = [play([item(SET, 'one')], { hosts: names })];
    const run = new Run({
      command: 'provision',
      run: 'r1',
      concurrency: 1,
      sink: recorder().sink,
      hosts: names.map((name) => ({ ...host(name), optional: name === 'down' })),
      plays,
      transport: transportTo({ a: new FakeWorld() }),
      signal: new AbortController().signal,
    });
    const { exitCode } = await run.plan();
    const applied = await run.apply({ isStale: false });
    expect([exitCode, applied.exitCode]).toEqual(codes);
    expect(applied.hosts.map(({ status }) => status)).toEqual(statuses);
  });

  test('serial: a failed wave keeps the next from starting', async () => {
    const worlds = { a: new FakeWorld(), b: new FakeWorld(), c: new FakeWorld() };
    worlds.b.broken.add('one');
    const { run } = start(worlds, [play([item(SET, 'one')], { hosts: ['a', 'b', 'c'], serial: 1 })]);
    await run.plan();
    const result = await run.apply({ isStale: false });
    expect(result.hosts.map((each) => each.status)).toEqual(['changed', 'failed', 'skipped']);
    expect(worlds.c.values.size).toBe(0);
  });

  test('an interrupt lets the step end and skips the rest', async () => {
    const world = new FakeWorld();
    const { run, controller } = start({ a: world }, [play([item(BARRIER, 'one'), item(SET, 'two')])]);
    world.onRun = () => controller.abort();
    await run.plan();
    const result = await run.apply({ isStale: false });
    expect(statuses(one(result))).toEqual(['one changed', 'two skipped']);
    expect(result.exitCode).toBe(130);
  });

  test('an interrupt in an action keeps those after it for the next run', async () => {
    const world = new FakeWorld();
    const items = [item(SET, 'one', { onChange: ['act', 'more'] })];
    const actions = [item(BARRIER, 'act'), item(BARRIER, 'more')];
    const { run, controller } = start({ a: world }, [play(items, { actions })]);
    await run.plan();
    // Not in the step of the item: in that of the first action.
    world.onRun = () => world.values.has('one') && controller.abort();
    const result = await run.apply({ isStale: false });
    expect(statuses(one(result))).toEqual(['one changed', 'act changed', 'more skipped']);
    expect(one(result).error).toMatchObject({
      code: 'engine/interrupted',
      hint: 'Owed, and done by the next run: more.',
    });
    expect(result.exitCode).toBe(130);
  });

  test('after a prompt everything is looked at again', async () => {
    const world = new FakeWorld();
    const { run } = start({ a: world }, [play([item(SET, 'one')])]);
    await run.plan();
    world.values.set('one', 'new');
    const result = one(await run.apply({ isStale: true }));
    expect(result.status).toBe('ok');
  });
});

describe('reading more of hosts that were reached', () => {
  test('asks those alone, and tells why one does not answer', async () => {
    const worlds = { a: new FakeWorld(), b: new FakeWorld() };
    const { run } = start(worlds, [play([], { hosts: ['a', 'b', 'gone'] })], ['a', 'b', 'gone']);
    const result = await run.plan();
    const read = await run.read('its age', async ({ name }, shell) => {
      if (name === 'b') throw new Error('no clock');
      return `${name} ${shell === worlds.a}`;
    });
    expect(Object.fromEntries(read)).toEqual({ a: 'a true' });
    expect(result.hosts.map(({ notes }) => notes)).toEqual([[], ['its age could not be read: no clock'], []]);
  });
});
