import { describe, expect, test } from '@jest/globals';
import type { DriftCause, DriftEpisode, ItemDrift } from '../../../src/core/drift.js';
import { Content } from '../../../src/core/content.js';
import { Fingerprints } from '../../../src/core/fingerprint.js';
import type { TaskResult } from '../../../src/core/result.js';
import { Secret } from '../../../src/core/secret.js';
import { diffStates, type MaybeState } from '../../../src/core/state.js';
import { explainHost, type Explained, type HostMemory } from '../../../src/drift/compare/explain-host.js';
import { actionChange } from '../../../src/engine/plan-item.js';
import { host, task } from '../../report/fixtures.js';

const prints = new Fingerprints('salt');
const NOTHING: HostMemory = { items: {}, open: [] };
const day = (number: number): Date => new Date(Date.UTC(2026, 10, number, 3));

interface Look {
  readonly seen: MaybeState;
  readonly wanted: MaybeState;
  readonly rest?: Partial<TaskResult>;
}

/** One item of one host, looked at on that day. */
function look(memory: HostMemory, at: Date, { seen, wanted, rest = {} }: Look): Explained {
  const changes = diffStates(seen, wanted);
  const status = changes.length === 0 ? 'ok' : 'pending';
  const result = host('web1', 'ok', {
    tasks: [task('Motd', { subject: '/etc/motd', status, changes, ...rest })],
  });
  const id = result.tasks[0]?.id ?? '';
  const observations = { host: 'web1', items: [{ id, seen }] };
  return explainHost(memory, { result, observations, at, prints });
}

/** What a later look finds known. */
const after = ({ items, episodes }: Explained): HostMemory => ({
  items,
  open: episodes.filter(({ until }) => until === null),
});
const driftOf = ({ result }: Explained): ItemDrift | undefined => result.tasks[0]?.drift;

const FILE = { content: Content.of('hello\n'), mode: '0644' };
const EDITED = { ...FILE, content: Content.of('edited\n') };
const MOVED = { ...FILE, content: Content.of('moved on\n') };

test('an episode ends no sooner than it began, whichever of two looks beside each other is kept first', () => {
  const open = look(NOTHING, day(3), { seen: EDITED, wanted: FILE });
  const { episodes } = look(after(open), day(2), { seen: FILE, wanted: FILE });
  expect(episodes.map(({ since, until }) => [since, until])).toEqual([
    [day(3).toISOString(), day(3).toISOString()],
  ]);
});

test('an action that follows from another item has no cause, and no time for which it differs', () => {
  const { result, episodes } = look(NOTHING, day(1), {
    seen: FILE,
    wanted: EDITED,
    rest: { isFollowing: true },
  });
  expect(result.tasks[0]).not.toHaveProperty('drift');
  expect(episodes).toEqual([]);
});

test('an action that is owed is pending, whatever is known of other items of the same name', () => {
  const known = after(look(NOTHING, day(1), { seen: FILE, wanted: FILE }));
  const items = Object.fromEntries(Object.values(known.items).map((item) => ['other/motd', item]));
  const rest = { changes: [actionChange()], status: 'pending' } as const;
  const explained = look({ items, open: [] }, day(2), { seen: FILE, wanted: FILE, rest });
  expect(driftOf(explained)).toEqual({
    cause: 'inventory',
    fields: { run: 'inventory' },
    since: day(2).toISOString(),
    inSyncAt: null,
  });
});

describe('why an item differs from what is wanted', () => {
  test.each<[string, MaybeState, MaybeState, MaybeState, DriftCause, Record<string, DriftCause>]>([
    ['edited on the host', FILE, EDITED, FILE, 'host', { content: 'host' }],
    ['wanted otherwise', FILE, FILE, MOVED, 'inventory', { content: 'inventory' }],
    ['edited, and wanted otherwise', FILE, EDITED, MOVED, 'both', { content: 'both' }],
    [
      'one field edited, another wanted otherwise',
      FILE,
      EDITED,
      { ...FILE, mode: '0600' },
      'both',
      { content: 'host', mode: 'inventory' },
    ],
    ['gone', FILE, null, FILE, 'host', { state: 'host', content: 'host', mode: 'host' }],
    ['there again though it is to be absent', null, FILE, null, 'host', { state: 'host' }],
    ['to be absent from now on', FILE, FILE, null, 'inventory', { state: 'inventory' }],
    [
      'to be there from now on',
      null,
      null,
      FILE,
      'inventory',
      { state: 'inventory', content: 'inventory', mode: 'inventory' },
    ],
    [
      'one more key than an exclusive list has',
      { 'key.a': 'A' },
      { 'key.a': 'A', 'key.b': 'B' },
      { 'key.a': 'A', 'key.*': null },
      'host',
      { 'key.b': 'host' },
    ],
    [
      'a field that is wanted for the first time, as it always was',
      { mode: '0644', owner: 'root' },
      { mode: '0644', owner: 'root' },
      { mode: '0644', owner: 'bob' },
      'inventory',
      { owner: 'inventory' },
    ],
  ])('%s', (_name, before, seen, wanted, cause, fields) => {
    const memory = after(look(NOTHING, day(1), { seen: before, wanted: before }));
    const found = look(memory, day(2), { seen, wanted });
    expect(driftOf(found)).toEqual({
      cause,
      fields,
      since: day(2).toISOString(),
      inSyncAt: day(1).toISOString(),
    });
  });

  test('of what was never as wanted, nobody has applied it yet', () => {
    const found = look(NOTHING, day(2), { seen: EDITED, wanted: FILE });
    expect(driftOf(found)).toMatchObject({ cause: 'inventory', inSyncAt: null });
  });

  test('what cannot be known is not as it was', () => {
    const memory = after(look(NOTHING, day(1), { seen: FILE, wanted: FILE }));
    const rest = { status: 'unknown' as const, changes: [] };
    expect(driftOf(look(memory, day(2), { seen: null, wanted: null, rest }))).toMatchObject({
      cause: 'host',
      fields: {},
    });
    expect(driftOf(look(NOTHING, day(2), { seen: null, wanted: null, rest }))?.cause).toBe('inventory');
  });

  test('a secret that was changed on the host is', () => {
    const state = (text: string): MaybeState => ({ password: new Secret(text) });
    const memory = after(look(NOTHING, day(1), { seen: state('a'), wanted: state('a') }));
    expect(JSON.stringify(memory)).not.toContain('"a"');
    const found = look(memory, day(2), { seen: state('b'), wanted: state('a') });
    expect(driftOf(found)?.cause).toBe('host');
  });

  test('a secret that was wanted and made otherwise elsewhere is known as it was found', () => {
    const state = (text: string): MaybeState => ({ password: new Secret(text) });
    const memory = after(look(NOTHING, day(1), { seen: state('a'), wanted: state('a') }));
    const pending = look(memory, day(2), { seen: state('a'), wanted: state('b') });
    expect(driftOf(pending)?.cause).toBe('inventory');
    const open = after(pending);
    const found = look(open, day(3), { seen: state('b'), wanted: state('b') });
    expect(driftOf(look(after(found), day(4), { seen: state('c'), wanted: state('b') }))?.cause).toBe('host');
  });

  test('what will be as wanted by another item is not what it was when it was', () => {
    const memory = after(look(NOTHING, day(1), { seen: FILE, wanted: FILE }));
    const rest = { status: 'ok' as const, changes: [], reason: 'will be so after "Other"' };
    const left = look(memory, day(2), { seen: EDITED, wanted: FILE, rest });
    expect(left.result.tasks[0]?.drift).toBeUndefined();
    expect(driftOf(look(after(left), day(3), { seen: EDITED, wanted: FILE }))).toMatchObject({
      cause: 'host',
      inSyncAt: day(1).toISOString(),
    });
  });

  test('an item that was given one name after the other is what it was under the last', () => {
    const first = look(NOTHING, day(1), { seen: FILE, wanted: FILE });
    const named = (name: string): Partial<TaskResult> => ({ id: `base/${name}`, name });
    const second = look(after(first), day(2), { seen: MOVED, wanted: MOVED, rest: named('second') });
    const third = look(after(second), day(3), { seen: EDITED, wanted: MOVED, rest: named('third') });
    expect(driftOf(third)).toMatchObject({ cause: 'host', inSyncAt: day(2).toISOString() });
  });

  test('an item that has another name by now is known by what it is about', () => {
    const memory = after(look(NOTHING, day(1), { seen: FILE, wanted: FILE }));
    const rest = { id: 'base/greeting', name: 'Greeting' };
    expect(driftOf(look(memory, day(2), { seen: EDITED, wanted: FILE, rest }))?.cause).toBe('host');
    const other = { ...rest, subject: '/etc/issue' };
    expect(driftOf(look(memory, day(2), { seen: EDITED, wanted: FILE, rest: other }))?.cause).toBe(
      'inventory',
    );
  });
});

describe('since when', () => {
  const clean = { seen: FILE, wanted: FILE };
  const edited = { seen: EDITED, wanted: FILE };

  test('the first check that found it, until it is as wanted again', () => {
    const first = look(after(look(NOTHING, day(1), clean)), day(2), edited);
    const second = look(after(first), day(3), { seen: { ...EDITED, mode: '0777' }, wanted: FILE });
    const times = { since: day(2).toISOString(), inSyncAt: day(1).toISOString() };
    expect(driftOf(second)).toMatchObject(times);
    const mended = look(after(second), day(4), clean);
    expect(mended.result.tasks[0]?.drift).toBeUndefined();
    expect(mended.episodes).toMatchObject([{ ...times, item: 'base/motd', until: day(4).toISOString() }]);
    const again = look({ items: mended.items, open: [] }, day(5), edited);
    expect(driftOf(again)).toMatchObject({ since: day(5).toISOString(), inSyncAt: day(4).toISOString() });
  });

  test('what was applied is what the host is compared with from then on', () => {
    const memory = after(look(NOTHING, day(1), clean));
    const applied = look(memory, day(2), { seen: MOVED, wanted: MOVED, rest: { status: 'changed' } });
    expect(driftOf(look(after(applied), day(3), { seen: FILE, wanted: MOVED }))?.cause).toBe('host');
  });

  test('what failed or was left out changes nothing that is known', () => {
    const memory = after(look(NOTHING, day(1), clean));
    for (const status of ['failed', 'skipped'] as const) {
      const { items, episodes } = look(memory, day(2), { ...edited, rest: { status } });
      expect({ items, episodes }).toEqual({ items: memory.items, episodes: [] });
    }
  });

  test('what nobody has asked for in half a year is forgotten', () => {
    const items = after(look(NOTHING, day(1), clean)).items;
    const gone = { id: 'base/other', name: 'Other', subject: '/etc/other' };
    const later = new Date(day(1).getTime() + 181 * 86_400_000);
    const { items: left } = look({ items, open: [] }, later, { ...clean, rest: gone });
    expect(Object.keys(left)).toEqual(['base/other']);
  });

  test('an episode of another item stays as it is', () => {
    const open: DriftEpisode[] = [
      {
        host: 'web1',
        item: 'base/other',
        name: 'Other',
        kind: 'file',
        subject: undefined,
        cause: 'host',
        since: day(1).toISOString(),
        inSyncAt: null,
        until: null,
        ended: null,
      },
    ];
    expect(look({ items: {}, open }, day(2), clean).episodes).toEqual([]);
  });
});
