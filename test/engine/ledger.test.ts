import { describe, expect, test } from '@jest/globals';
import { journalText, parseJournal } from '../../src/core/journal.js';
import type { Item, Play } from '../../src/core/item.js';
import type { HostResult } from '../../src/core/result.js';
import type { AnyTask } from '../../src/core/task.js';
import { Run } from '../../src/engine/run.js';
import { ownerOf } from '../../src/engine/run-owner.js';
import { BARRIER, FakeWorld, host, item, play, recorder, SET, transportTo } from './fake-world.js';

function runOn(world: FakeWorld, plays: readonly Play[], run = 'r1'): Run {
  return new Run({
    command: 'provision',
    run,
    hosts: [host('a')],
    plays,
    transport: transportTo({ a: world }),
    concurrency: 1,
    sink: recorder().sink,
    signal: new AbortController().signal,
  });
}

async function provision(world: FakeWorld, plays: readonly Play[], run?: string): Promise<HostResult> {
  const started = runOn(world, plays, run);
  await started.plan();
  const { hosts } = await started.apply({ isStale: false });
  return hosts[0] as HostResult;
}

async function planOf(world: FakeWorld, plays: readonly Play[]): Promise<HostResult> {
  const { hosts } = await runOn(world, plays, 'r2').plan();
  return hosts[0] as HostResult;
}

const statuses = (result: HostResult): string[] => result.tasks.map((task) => `${task.name} ${task.status}`);
const scripts = (world: FakeWorld): string[] => world.requests.map((sections) => sections.join('; '));
const RESTART = item(BARRIER, 'p/restart', { name: 'restart' });
const siteOf = (items: readonly Item[], actions: readonly Item[] = [RESTART]): Play[] => [
  play(items, { actions }),
];
const ITEMS = [item(SET, 'p/one', { onChange: ['restart'] }), item(SET, 'p/two')];

describe('journal', () => {
  test('a run that ends owes nothing, and says what it finished', async () => {
    const world = new FakeWorld();
    await provision(world, siteOf(ITEMS));
    expect(parseJournal(world.journal)).toMatchObject({
      lastRun: { run: 'r1' },
      isEnded: true,
      owed: [],
      finished: ['p/one', 'p/two'],
      underWay: [],
    });
  });

  test('a host in sync is not written to', async () => {
    const world = new FakeWorld({ 'p/one': 'new', 'p/two': 'new' });
    await provision(world, siteOf(ITEMS));
    expect(world.journal).toBe('');
  });

  test('what an item will owe is there before its first step', async () => {
    const world = new FakeWorld();
    world.broken.add('p/two');
    let seen = '';
    const set = world.values.set.bind(world.values);
    world.values.set = (name, value) => {
      seen ||= world.journal;
      return set(name, value);
    };
    await provision(world, siteOf(ITEMS));
    expect(parseJournal(seen)).toMatchObject({
      isEnded: false,
      owed: [{ id: 'p/restart', name: 'restart', since: 'r1', boot: 'b1' }],
      underWay: ['p/one', 'p/two'],
    });
  });

  test.each<[string, (world: FakeWorld) => void]>([
    ['after a failure', (world) => world.broken.add('p/two')],
    ['after a connection that was lost', (world) => void (world.onRun = () => (world.isCut = true))],
  ])('%s the next run does what is owed, once', async (_name, breakIt) => {
    const world = new FakeWorld();
    breakIt(world);
    const failed = await provision(world, siteOf(ITEMS));
    expect(failed.error?.hint).toContain('Owed, and done by the next run: restart.');
    world.broken.clear();
    world.isCut = false;
    world.onRun = undefined;
    const names = ['p/one', 'p/two'];
    for (const name of names) world.values.set(name, 'new');
    world.requests.length = 0;
    const planned = await planOf(world, siteOf(ITEMS));
    expect(planned.status).toBe('pending');
    expect(planned.tasks[2]).toMatchObject({
      name: 'restart',
      status: 'pending',
      reason: 'owed since run r1',
    });
    world.requests.length = 0;
    expect(statuses(await provision(world, siteOf(ITEMS), 'r3'))).toEqual([
      'p/one ok',
      'p/two ok',
      'restart changed',
    ]);
    expect(scripts(world).filter((script) => script.startsWith('set'))).toEqual(['set p/restart new']);
    world.requests.length = 0;
    expect(statuses(await provision(world, siteOf(ITEMS), 'r4'))).toEqual(['p/one ok', 'p/two ok']);
  });

  test('a plan tells where a run was cut off', async () => {
    const world = new FakeWorld({ 'p/one': 'new', 'p/two': 'new' });
    const entries = [
      { is: 'run', run: 'r0', by: 'ada@pc', at: '2026-11-21T00:00:00Z' },
      { is: 'begin', id: 'p/one', name: 'One', owes: [] },
    ];
    world.journal = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    expect((await planOf(world, siteOf(ITEMS))).notes).toEqual([
      'run r0 (ada@pc) was cut off here during "One"',
    ]);
  });

  const owing = (id: string, boot = 'b1'): string =>
    `${JSON.stringify({ is: 'owed', action: { id, name: 'restart', since: 'r0', boot } })}\n`;
  const DONE_BY_BOOT = { ...BARRIER, isDoneByBoot: () => true } as AnyTask;

  test.each<[string, string, readonly Item[], readonly string[], readonly string[]]>([
    ['of this play', owing('p/restart'), [RESTART], ['restart pending'], []],
    ['twice', owing('p/restart') + owing('p/restart'), [RESTART], ['restart pending'], []],
    ['in strange words', `{"is":"owed"}\nnonsense\n${'{'.repeat(9)}\n`, [RESTART], [], []],
    [
      'that the play no longer has',
      owing('p/reload'),
      [RESTART],
      [],
      ['still owes "restart" since run r0: run the playbook that has it'],
    ],
    [
      'of another playbook',
      owing('q/restart'),
      [RESTART],
      [],
      ['still owes "restart" since run r0: run the playbook that has it'],
    ],
    [
      'that a boot has done since',
      owing('p/restart', 'b0'),
      [item(DONE_BY_BOOT, 'p/restart', { name: 'restart' })],
      [],
      [],
    ],
    [
      'that no boot does',
      owing('p/restart', 'b0'),
      [item({ ...BARRIER, isDoneByBoot: () => false }, 'p/restart', { name: 'restart' })],
      ['restart pending'],
      [],
    ],
  ])('an action owed %s', async (_name, journal, actions, tasks, notes) => {
    const world = new FakeWorld({ 'p/one': 'new', 'p/two': 'new' });
    world.journal = journal;
    const result = await planOf(world, siteOf(ITEMS, actions));
    expect(statuses(result)).toEqual(['p/one ok', 'p/two ok', ...tasks]);
    expect(result.notes).toEqual(notes);
  });

  test('a change after a boot owes its restart, though the boot had done the one before', async () => {
    const world = new FakeWorld();
    world.boot = 'b2';
    world.journal = owing('p/restart', 'b1');
    world.broken.add('p/two');
    const restart = item(DONE_BY_BOOT, 'p/restart', { name: 'restart' });
    let underWay = '';
    world.onRun = () => (underWay = world.journal);
    const failed = await provision(world, siteOf(ITEMS, [restart]));
    expect(failed.error?.hint).toContain('Owed, and done by the next run: restart.');
    const owed = [{ id: 'p/restart', name: 'restart', since: 'r1', boot: 'b2' }];
    expect(parseJournal(world.journal).owed).toEqual(owed);
    const begun = { is: 'begin' as const, id: 'p/one', name: 'p/one', owes: owed };
    expect(parseJournal(`${underWay}${journalText([begun])}`).owed).toEqual(owed);
  });

  const waiting = item(SET, 'p/later', {
    condition: (isChanged) => isChanged('p/one'),
  });
  const CONDITIONAL = [item(SET, 'p/one'), item(SET, 'p/two'), waiting];

  test('an item that waits for a change is done by the next run, once', async () => {
    const world = new FakeWorld();
    world.broken.add('p/two');
    const failed = await provision(world, siteOf(CONDITIONAL));
    expect(failed.error?.hint).toContain('Owed, and done by the next run: p/later.');
    world.broken.clear();
    const planned = await planOf(world, siteOf(CONDITIONAL));
    expect(statuses(planned)).toEqual(['p/one ok', 'p/two pending', 'p/later pending']);
    expect(planned.tasks[2]?.reason).toBe('owed since run r1');
    expect(planned.tasks[2]).not.toHaveProperty('isFollowing');
    expect(statuses(await provision(world, siteOf(CONDITIONAL), 'r2'))).toEqual([
      'p/one ok',
      'p/two changed',
      'p/later changed',
    ]);
    expect(parseJournal(world.journal).owed).toEqual([]);
    world.values.delete('p/later');
    expect(statuses(await planOf(world, siteOf(CONDITIONAL)))).toEqual([
      'p/one ok',
      'p/two ok',
      'p/later skipped',
    ]);
  });

  test('an item that waited for a change and is cut off owes nothing once it is done', async () => {
    const world = new FakeWorld();
    await provision(world, siteOf(CONDITIONAL));
    const [, ...rest] = world.journal.trimEnd().split('\n').toReversed();
    const cutOff = parseJournal(rest.toReversed().join('\n'));
    expect(cutOff).toMatchObject({ isEnded: false, owed: [], finished: ['p/one', 'p/two', 'p/later'] });
  });

  test('an owed action whose results are gone says so, and that no further run can do it', async () => {
    const world = new FakeWorld({ 'p/one': 'new', 'p/two': 'new' });
    world.journal = owing('p/restart');
    const late = { needs: ['up'], complete: () => RESTART };
    const result = await provision(world, siteOf(ITEMS, [{ ...RESTART, late }]));
    expect(result.error?.code).toBe('engine/lost-result');
    expect(result.error?.message).toContain('run r0 owed this action, and what was printed then is not kept');
    expect(result.error?.hint).toMatch(/^Do it by hand and remove the journal/);
    expect(result.error?.hint).not.toContain('done by the next run');
  });

  test('what another playbook owes is carried along', async () => {
    const world = new FakeWorld();
    world.journal = owing('q/restart');
    await provision(world, siteOf(ITEMS));
    expect(parseJournal(world.journal).owed).toEqual([
      { id: 'q/restart', name: 'restart', since: 'r0', boot: 'b1' },
    ]);
  });
});

describe('lock', () => {
  test('a second run is refused with the owner and the age, and changes nothing', async () => {
    const world = new FakeWorld();
    world.heldFor = 190;
    const result = await provision(world, siteOf(ITEMS));
    expect(result).toMatchObject({
      status: 'failed',
      error: {
        code: 'engine/locked',
        message: 'a is being applied to by another run (bob@pc, run other, for 3 min)',
      },
    });
    expect(statuses(result).slice(0, 2)).toEqual(['p/one skipped', 'p/two skipped']);
    expect(world.values.size).toBe(0);
    expect(world.journal).toBe('');
  });

  test.each<[string, number, readonly string[], string]>([
    ['that lives: what it owes is its business', process.pid, [], 'is being applied to by another run'],
    ['that is over: what it owes is to be done', 1 << 23, ['restart pending'], 'run r0 (ada@pc) was cut off'],
  ])('a plan that sees the lock of a run of this machine %s', async (_name, pid, tasks, note) => {
    const world = new FakeWorld({ 'p/one': 'new', 'p/two': 'new' });
    world.lockSeen = `9\n${JSON.stringify({ ...ownerOf('r0'), pid })}`;
    const owed = [{ id: 'p/restart', name: 'restart', since: 'r0', boot: 'b1' }];
    world.journal = journalText([
      { is: 'run', run: 'r0', by: 'ada@pc', at: '' },
      { is: 'begin', id: 'p/one', name: 'one', owes: owed },
    ]);
    const result = await planOf(world, siteOf(ITEMS));
    expect(statuses(result)).toEqual(['p/one ok', 'p/two ok', ...tasks]);
    expect(result.notes).toEqual([expect.stringContaining(note)]);
  });

  test('a host that is done stays so, though its lock cannot be released', async () => {
    const world = new FakeWorld();
    world.isCutAtRelease = true;
    expect(await provision(world, siteOf(ITEMS))).toMatchObject({
      status: 'changed',
      error: null,
      notes: ['its lock could not be released: connection lost'],
    });
  });

  test('a lock that somebody took away stops before the next step', async () => {
    const world = new FakeWorld();
    world.isLockKept = false;
    const result = await provision(world, siteOf(ITEMS));
    expect(result).toMatchObject({ status: 'failed', error: { code: 'engine/lock-lost' } });
    expect(world.values.size).toBe(0);
  });

  test('where another run applied meanwhile, everything is looked at again', async () => {
    const world = new FakeWorld();
    const started = runOn(world, siteOf(ITEMS));
    await started.plan();
    world.values.set('p/one', 'new');
    world.journal = `${JSON.stringify({ is: 'run', run: 'other', by: 'bob', at: '' })}\n`;
    const { hosts } = await started.apply({ isStale: false });
    expect(statuses(hosts[0] as HostResult)).toEqual(['p/one ok', 'p/two changed', 'restart skipped']);
    expect(hosts[0]?.tasks.map((task) => task.differsFromPlan)).toEqual([
      'state, value',
      undefined,
      'what it waits for',
    ]);
  });
});
