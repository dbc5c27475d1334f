import { describe, expect, test } from '@jest/globals';
import type { Item, Play } from '../../src/core/item.js';
import type { RunResult } from '../../src/core/result.js';
import { Secret } from '../../src/core/secret.js';
import type { AnyTask } from '../../src/core/task.js';
import { Run } from '../../src/engine/run.js';
import { savedPlanSchema, type SavedPlan } from '../../src/engine/saved-plan.js';
import { BARRIER, FakeWorld, host, item, play, recorder, SET, transportTo } from './fake-world.js';

function runOn(worlds: Record<string, FakeWorld>, plays: readonly Play[]): Run {
  return new Run({
    command: 'provision',
    run: 'r1',
    hosts: Object.keys(worlds).map(host),
    plays,
    transport: transportTo(worlds),
    concurrency: 2,
    sink: recorder().sink,
    signal: new AbortController().signal,
  });
}

const siteOf = (items: readonly Item[], actions: readonly Item[] = []): Play[] => [
  play(items, { hosts: ['a', 'b'], actions }),
];
/** As it comes back from a file. */
const written = (plan: SavedPlan): SavedPlan => savedPlanSchema.parse(JSON.parse(JSON.stringify(plan)));

async function saved(worlds: Record<string, FakeWorld>, plays: readonly Play[]): Promise<SavedPlan> {
  const run = runOn(worlds, plays);
  await run.plan();
  return written(run.savePlan());
}

async function applied(
  worlds: Record<string, FakeWorld>,
  plays: readonly Play[],
  plan: SavedPlan,
): Promise<RunResult> {
  const run = runOn(worlds, plays);
  await run.plan();
  run.holdTo(plan);
  return run.apply({ isStale: false });
}

const ITEMS = [item(SET, 'p/one'), item(SET, 'p/two'), item(BARRIER, 'p/three', { needs: 'p/one' })];

describe('a saved plan', () => {
  test('is applied where nothing changed', async () => {
    const worlds = { a: new FakeWorld(), b: new FakeWorld({ 'p/two': 'new' }) };
    const plan = await saved(worlds, siteOf(ITEMS));
    const { hosts } = await applied(worlds, siteOf(ITEMS), plan);
    expect(hosts.map(({ status, error }) => [status, error])).toEqual([
      ['changed', null],
      ['changed', null],
    ]);
  });

  test.each<[string, (world: FakeWorld) => void, string, string]>([
    [
      'a value',
      (world) => world.values.set('p/two', 'other'),
      'engine/changed-since-plan',
      'a has changed since the plan was made: "p/two" (value)',
    ],
    [
      'a thing that is there now',
      (world) => world.values.set('p/one', 'new'),
      'engine/changed-since-plan',
      'a has changed since the plan was made: "p/one" (is there now), "p/three"',
    ],
    [
      'a thing that is gone',
      (world) => world.values.delete('p/two'),
      'engine/changed-since-plan',
      'a has changed since the plan was made: "p/two" (is gone)',
    ],
    [
      'what earlier runs owe',
      (world) =>
        (world.journal = `${JSON.stringify({ is: 'owed', action: { id: 'p/act', name: 'act', since: 'r', boot: '' } })}\n`),
      'engine/changed-since-plan',
      'a has changed since the plan was made: what earlier runs owe',
    ],
  ])('refuses a host where %s changed, and applies the others', async (_name, change, code, message) => {
    const worlds = { a: new FakeWorld({ 'p/two': 'old' }), b: new FakeWorld({ 'p/two': 'old' }) };
    const plays = siteOf(ITEMS, [item(BARRIER, 'p/act', { name: 'act' })]);
    const plan = await saved(worlds, plays);
    change(worlds.a);
    const before = new Map(worlds.a.values);
    const { hosts, exitCode } = await applied(worlds, plays, plan);
    expect(hosts.map(({ host, status }) => `${host} ${status}`)).toEqual(['a failed', 'b changed']);
    expect(hosts[0]?.error).toMatchObject({ code, message });
    expect(worlds.a.values).toEqual(before);
    expect(exitCode).toBe(1);
  });

  test.each<[string, readonly Item[], string]>([
    ['another value', [item(SET, 'p/one', { value: 'else' }), ...ITEMS.slice(1)], '"p/one"'],
    ['one more item', [...ITEMS, item(SET, 'p/four')], '"p/four" is new'],
    ['one item less', ITEMS.slice(1), '"p/one" is gone'],
    ['another order', [ITEMS[1], ITEMS[0], ITEMS[2]] as Item[], 'the order of its items'],
    [
      'to go on where it stopped',
      [item(SET, 'p/one', { onFailure: 'continue' }), ...ITEMS.slice(1)],
      '"p/one"',
    ],
    ['an item that is left out', [item(SET, 'p/one', { skipReason: 'no' }), ...ITEMS.slice(1)], '"p/one"'],
  ])('refuses where the project wants %s', async (_name, items, what) => {
    const worlds = { a: new FakeWorld() };
    const plan = await saved(worlds, siteOf(ITEMS));
    const { hosts } = await applied(worlds, siteOf(items), plan);
    expect(hosts[0]?.error).toMatchObject({
      code: 'engine/project-changed-since-plan',
      message: `what is wanted of a is not what it was when the plan was made: ${what}`,
    });
  });

  test('refuses where the project has another action by the same name', async () => {
    const worlds = { a: new FakeWorld() };
    const items = [item(SET, 'p/one', { onChange: ['act'] })];
    const act = (value: string): Item => item(BARRIER, 'p/act', { name: 'act', value });
    const plan = await saved(worlds, siteOf(items, [act('new')]));
    const { hosts } = await applied(worlds, siteOf(items, [act('else')]), plan);
    expect(hosts[0]?.error).toMatchObject({
      code: 'engine/project-changed-since-plan',
      message: 'what is wanted of a is not what it was when the plan was made: "act"',
    });
    expect(worlds.a.values.size).toBe(0);
  });

  test('refuses where the same item comes to something else, for what lies beside it', async () => {
    const worlds = { a: new FakeWorld() };
    let wanted = 'new';
    const task = { ...SET, desired: () => ({ value: wanted }) } as AnyTask;
    const plan = await saved(worlds, siteOf([item(task, 'p/one')]));
    wanted = 'newer';
    const { hosts } = await applied(worlds, siteOf([item(task, 'p/one')]), plan);
    expect(hosts[0]?.error).toMatchObject({
      code: 'engine/changed-since-plan',
      message: 'a has changed since the plan was made: "p/one" (what it comes to)',
    });
  });

  test('says nothing of hosts that it could not see', async () => {
    const b = new FakeWorld();
    const plan = await saved({ b }, siteOf(ITEMS));
    const { hosts } = await applied({ a: new FakeWorld(), b }, siteOf(ITEMS), plan);
    expect(hosts.map(({ error }) => error?.code)).toEqual(['engine/not-planned', undefined]);
  });

  test('holds neither values nor secrets', async () => {
    const secret = { name: 'p/one', value: new Secret('canary-1') };
    const items = [
      { ...item(SET, 'p/one'), params: secret },
      item(SET, 'p/two', { value: 'canary-2', sensitive: true }),
      item(SET, 'p/three', { value: 'canary-3' }),
    ];
    const plan = await saved({ a: new FakeWorld({ 'p/three': 'canary-4' }) }, siteOf(items));
    expect(JSON.stringify(plan)).not.toContain('canary');
  });
});
