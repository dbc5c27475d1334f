import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import type { DriftHistory, DriftState } from '../../src/core/drift.js';
import type { DriftResult, TaskResult } from '../../src/core/result.js';
import { diffStates, type State } from '../../src/core/state.js';
import { readHistory, rememberApplied, rememberCheck } from '../../src/drift/remember.js';
import type { StorePlace } from '../../src/drift/store/store-lock.js';
import { ownerOf } from '../../src/engine/run-owner.js';
import { host, run, task } from '../report/fixtures.js';

const base = mkdtempSync(join(tmpdir(), 'homelab-remember-'));
afterAll(() => rmSync(base, { recursive: true }));

let place: StorePlace;
let count = 0;
beforeEach(() => {
  place = { folder: join(base, String((count += 1))), owner: ownerOf('r1') };
});

const WANTED: State = { mode: '0644' };
const EDITED: State = { mode: '0777' };
const day = (number: number): Date => new Date(Date.UTC(2025, 10, number, 3));

interface Look {
  readonly seen?: State;
  readonly status?: TaskResult['status'];
  readonly state?: DriftState;
  readonly names?: readonly string[];
  readonly subject?: string;
  readonly isWhole?: boolean;
  readonly inventory?: readonly string[];
  readonly name?: string;
  readonly run?: string;
}

function seenOn(at: Date, { seen = WANTED, status, names = ['Motd'], subject, name: of = 'web1' }: Look) {
  const changes = diffStates(seen, WANTED);
  const tasks = names.map((name) =>
    task(name, { status: status ?? (changes.length === 0 ? 'ok' : 'pending'), changes, subject }),
  );
  const observations = [{ host: of, items: tasks.map(({ id }) => ({ id, seen })) }];
  return { hosts: [host(of, changes.length === 0 ? 'ok' : 'drifted', { tasks })], observations, at };
}

function apply(at: Date, look: Look = {}): Promise<void> {
  const { hosts, observations } = seenOn(at, look);
  return rememberApplied(place, { result: run('provision', hosts), observations, at });
}

function check(at: Date, look: Look = {}): Promise<DriftResult> {
  const { hosts, observations } = seenOn(at, look);
  const state = look.state ?? (hosts[0]?.status === 'ok' ? 'in-sync' : 'drifted');
  const result = run('drift', hosts, {
    run: look.run ?? `r-${at.toISOString()}`,
    exitCode: state === 'drifted' ? 2 : 0,
  });
  const drift = {
    at: at.toISOString(),
    hosts: [{ host: look.name ?? 'web1', state, items: { host: 0, inventory: 0, both: 0 } }],
  };
  const { isWhole = true, inventory = ['web1', 'nas'] } = look;
  const observed = { observations, at, isWhole, inventory: new Set(inventory) };
  return rememberCheck(place, { ...result, drift }, observed);
}

const database = (): string => join(place.folder, 'drift.sqlite');
const quietFile = (): string => join(place.folder, 'quiet.jsonl');
const quietLines = (): number =>
  existsSync(quietFile()) ? readFileSync(quietFile(), 'utf8').split('\n').length - 1 : 0;
const days = ({ checks }: DriftHistory): number[] =>
  checks.map(({ at }) => new Date(at).getUTCDate()).toReversed();
const driftOf = ({ hosts }: DriftResult) => hosts[0]?.tasks[0]?.drift;

test('a check that finds nothing new leaves the database alone, and counts all the same', async () => {
  await apply(day(1), { status: 'changed' });
  const { mtimeMs } = statSync(database());
  await check(day(2));
  await check(day(3));
  await apply(day(4));
  expect(statSync(database()).mtimeMs).toBe(mtimeMs);
  expect(quietLines()).toBe(2);
  expect(statSync(quietFile()).mode & 0o777).toBe(0o600);

  const drifted = await check(day(5), { seen: EDITED });
  expect(driftOf(drifted)).toMatchObject({ cause: 'host', inSyncAt: day(3).toISOString() });
  expect(drifted.drift.hosts).toMatchObject([{ items: { host: 1 } }]);
  expect(days(await readHistory(place))).toEqual([2, 3, 5]);
  expect(quietLines()).toBe(0);
});

test.each<[string, Look]>([
  ['drift', { seen: EDITED }],
  ['another value that is as wanted', { seen: { mode: '0644', owner: 'bob' } }],
  ['another item', { names: ['Motd', 'Issue'] }],
  ['fewer items', { names: [] }],
])('%s is something new', async (_name, look) => {
  await apply(day(1), { status: 'changed' });
  await check(day(2), look);
  expect(quietLines()).toBe(0);
});

test('the first check after drift is written down, and ends it', async () => {
  await apply(day(1));
  await check(day(2), { seen: EDITED });
  await check(day(3), { seen: EDITED });
  await check(day(4));
  await check(day(5));
  expect(quietLines()).toBe(1);
  const { episodes } = await readHistory(place);
  expect(episodes).toMatchObject([{ since: day(2).toISOString(), until: day(4).toISOString() }]);
});

test('what was put right ends what differed', async () => {
  await apply(day(1));
  await check(day(2), { seen: EDITED });
  await apply(day(3), { status: 'changed' });
  expect((await readHistory(place)).episodes).toMatchObject([{ until: day(3).toISOString() }]);
});

test('an item that nobody asks for any more ends what differed; that of a part of the items does not', async () => {
  await apply(day(1));
  await check(day(2), { seen: EDITED });
  await check(day(3), { names: ['Issue'], isWhole: false });
  expect((await readHistory(place)).episodes).toMatchObject([{ until: null }]);
  await check(day(4), { names: ['Issue'] });
  expect((await readHistory(place)).episodes).toMatchObject([
    { until: day(4).toISOString(), ended: 'not-wanted' },
  ]);
});

const onNas = async () => (await readHistory(place)).episodes.filter(({ host }) => host === 'nas');

test('a host that the inventory has lost ends what differed on it, whatever the check looked at', async () => {
  await apply(day(1));
  await check(day(2), { name: 'nas', seen: EDITED });
  await check(day(3), { isWhole: false });
  expect(await onNas()).toMatchObject([{ until: null, ended: null }]);
  await check(day(4), { isWhole: false });
  expect(quietLines()).toBe(1);
  // All that this one looks at is as it was: that somebody is gone is new.
  await check(day(5), { inventory: ['web1'], isWhole: false });
  expect(await onNas()).toMatchObject([{ until: day(5).toISOString(), ended: 'host-gone' }]);
  await check(day(6), { inventory: ['web1'] });
  expect(quietLines()).toBe(1);
});

test('a slow check with an older inventory ends nothing of a host that came since', async () => {
  await apply(day(1));
  await check(day(3), { name: 'nas', seen: EDITED });
  await check(day(2), { inventory: ['web1'] });
  expect(await onNas()).toMatchObject([{ until: null }]);
});

test('a process that is killed between the database and what is quiet leaves a check that looks it up', async () => {
  await apply(day(1));
  await check(day(2), { seen: EDITED });
  expect(JSON.parse(readFileSync(join(place.folder, 'quiet.json'), 'utf8'))).toMatchObject({ prints: {} });
  rmSync(join(place.folder, 'quiet.json'));
  await check(day(3));
  expect((await readHistory(place)).episodes).toMatchObject([{ until: day(3).toISOString() }]);
});

test('checks that a killed process had taken in, and not taken away, count once', async () => {
  await apply(day(1));
  await check(day(2));
  const kept = readFileSync(quietFile(), 'utf8');
  expect(days(await readHistory(place))).toEqual([2]);
  writeFileSync(quietFile(), kept);
  await check(day(3));
  expect(days(await readHistory(place))).toEqual([2, 3]);
});

test('a line that was cut short is passed over, and spoils none after it', async () => {
  await apply(day(1));
  await check(day(2));
  writeFileSync(quietFile(), '\n{"run":"r', { flag: 'a' });
  await check(day(3));
  expect(quietLines()).toBe(3);
  expect(days(await readHistory(place))).toEqual([2, 3]);
});

test('what waits for the database never grows large', async () => {
  await apply(day(1));
  await check(day(2));
  writeFileSync(quietFile(), ' '.repeat(200_000), { flag: 'a' });
  await check(day(3));
  expect(quietLines()).toBe(0);
  expect(days(await readHistory(place))).toEqual([2, 3]);
});

test('a database that is gone is begun anew by the next check, so that the one after it can tell', async () => {
  await apply(day(1));
  await check(day(2));
  rmSync(database());
  await check(day(3));
  expect(driftOf(await check(day(4), { seen: EDITED }))).toMatchObject({
    cause: 'host',
    inSyncAt: day(3).toISOString(),
  });
});

test.each<[string, Look, string | null]>([
  ['it was lost in the middle', { names: [], state: 'lost' }, null],
  ['what it is for does not hold any more', { status: 'skipped' }, day(3).toISOString()],
])('what differed on a host where %s', async (_name, look, until) => {
  await apply(day(1));
  await check(day(2), { seen: EDITED });
  await check(day(3), look);
  expect((await readHistory(place)).episodes).toMatchObject([{ since: day(2).toISOString(), until }]);
});

test('a check that is slower than one that began later does not undo what that one saw', async () => {
  await apply(day(1));
  await check(day(3), { seen: EDITED });
  await check(day(2));
  expect((await readHistory(place)).episodes).toMatchObject([{ since: day(3).toISOString(), until: null }]);
  expect(driftOf(await check(day(4), { seen: EDITED }))).toMatchObject({
    since: day(3).toISOString(),
    inSyncAt: day(1).toISOString(),
  });
});

test('what a clock that was wrong has noted for the future keeps nothing from being remembered', async () => {
  await apply(new Date(Date.now() + 86_400_000));
  await check(day(2), { seen: EDITED });
  await check(day(3));
  expect((await readHistory(place)).episodes).toMatchObject([{ until: day(3).toISOString() }]);
});

test('a host that is being applied to is not remembered', async () => {
  await apply(day(1));
  await check(day(2), { seen: EDITED, state: 'busy' });
  expect((await readHistory(place)).episodes).toEqual([]);
  expect(driftOf(await check(day(3), { seen: EDITED }))).toMatchObject({ inSyncAt: day(1).toISOString() });
});

test('what a process that was killed over the list of quiet hosts has left goes', async () => {
  await apply(day(1));
  const left = join(place.folder, 'quiet.json.0badf00d');
  writeFileSync(left, '{');
  await check(day(2), { seen: EDITED });
  expect(existsSync(left)).toBe(false);
});

test('an item that gets another name while it differs has differed since it did', async () => {
  const subject = '/etc/motd';
  await apply(day(1), { subject });
  await check(day(2), { subject, seen: EDITED });
  const part = await check(day(3), { subject, seen: EDITED, names: ['Greeting'], isWhole: false });
  expect(driftOf(part)).toMatchObject({ since: day(3).toISOString() });
  await check(day(4), { subject, names: ['Greeting'], isWhole: false });
  const renamed = await check(day(5), { subject, seen: EDITED, names: ['Hello'] });
  expect(driftOf(renamed)).toMatchObject({ since: day(2).toISOString(), inSyncAt: day(1).toISOString() });
  await check(day(6), { subject, names: ['Welcome'] });
  const { episodes } = await readHistory(place);
  expect(episodes.map(({ item, since, until }) => [item, since, until])).toEqual([
    ['base/greeting', day(3).toISOString(), day(4).toISOString()],
    ['base/hello', day(2).toISOString(), day(6).toISOString()],
  ]);
});

test('a clock that was ahead leaves nothing that is still to come', async () => {
  const ahead = (days: number): Date => new Date(Date.now() + days * 86_400_000);
  await apply(ahead(1));
  await check(ahead(2), { seen: EDITED });
  const now = new Date();
  const drift = driftOf(await check(now, { seen: EDITED }));
  const { checks, episodes } = await readHistory(place);
  const end = new Date().toISOString();
  expect(checks.map(({ at }) => at)).toEqual([now.toISOString()]);
  expect(episodes).toHaveLength(1);
  for (const since of [drift?.since, drift?.inSyncAt, episodes[0]?.since, episodes[0]?.inSyncAt])
    expect(since && since <= end).toBe(true);
  await check(new Date());
  expect((await readHistory(place)).episodes).toMatchObject([
    { since: episodes[0]?.since, ended: 'in-sync' },
  ]);
});

test('what was as wanted by a clock that was ahead was so when it is looked at, at the latest', async () => {
  await apply(new Date(Date.now() + 86_400_000));
  const at = new Date();
  expect(driftOf(await check(at, { seen: EDITED }))).toMatchObject({ inSyncAt: at.toISOString() });
});

test('a clock that is set back by a little takes no check away', async () => {
  await apply(day(1));
  const soon = new Date(Date.now() + 60_000);
  await check(soon, { seen: EDITED });
  await check(new Date(), { seen: EDITED });
  expect((await readHistory(place)).checks).toHaveLength(2);
});

test('two checks of the same time are both kept, and end what differs once', async () => {
  await apply(day(1));
  await check(day(2), { seen: EDITED, run: 'a' });
  await check(day(2), { seen: EDITED, run: 'b' });
  await check(day(2), { run: 'c' });
  const { checks, episodes } = await readHistory(place);
  expect(checks.map(({ run }) => run)).toEqual(['c', 'b', 'a']);
  expect(episodes).toMatchObject([{ since: day(2).toISOString(), until: day(2).toISOString() }]);
});
