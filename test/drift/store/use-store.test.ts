import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type * as Sqlite from 'node-sqlite3-wasm';
import type { DriftEpisode, DriftState, PastCheck } from '../../../src/core/drift.js';
import type { DriftStore } from '../../../src/drift/store/drift-store.js';
import { useStore } from '../../../src/drift/store/use-store.js';
import { ownerOf } from '../../../src/engine/run-owner.js';

const base = mkdtempSync(join(tmpdir(), 'homelab-drift-'));
afterAll(() => rmSync(base, { recursive: true }));

let folder: string;
let count = 0;
beforeEach(() => {
  folder = join(base, String((count += 1)));
});

const use = <T>(act: (store: DriftStore) => T): Promise<T> => useStore({ folder, owner: ownerOf('r1') }, act);
const database = async () => {
  const { default: sqlite } = (await import('node-sqlite3-wasm')) as unknown as { default: typeof Sqlite };
  return new sqlite.Database(join(folder, 'drift.sqlite'));
};
const items = { 'base/motd': { kind: 'file', subject: '/etc/motd', at: 1, prints: { mode: 'abc' } } };
const EPISODE: DriftEpisode = {
  host: 'web1',
  item: 'base/motd',
  name: 'Motd',
  kind: 'file',
  subject: '/etc/motd',
  cause: 'host',
  since: '2026-11-02T03:00:00.000Z',
  inSyncAt: '2026-11-01T03:00:00.000Z',
  until: null,
  ended: null,
};
const past = (number: number, at = `2026-11-02T03:00:00.${String(number).padStart(3, '0')}Z`): PastCheck => ({
  run: `r${String(number).padStart(5, '0')}`,
  at,
  durationMs: 5,
  exitCode: 2,
  hosts: [{ host: 'web1', state: 'drifted', items: { host: 1, inventory: 0, both: 0 } }],
});

test('what is to be done once it is kept is done before anybody else may', async () => {
  const seen: unknown[] = [];
  await useStore(
    { folder, owner: ownerOf('r1') },
    (store) => store.addCheck(past(1)),
    () => seen.push(existsSync(join(folder, 'lock'))),
  );
  const failing = useStore(
    { folder, owner: ownerOf('r1') },
    () => {
      throw new Error('no');
    },
    () => seen.push('kept'),
  );
  await expect(failing).rejects.toThrow('no');
  expect(seen).toEqual([true]);
});

test('what was saved is there the next time, in a folder and a file for its owner alone', async () => {
  const salt = await use((store) => {
    store.saveKnownItems('web1', items, new Date(1));
    store.saveEpisode(EPISODE);
    store.addCheck(past(1));
    store.saveTold('t', { a: 1 });
    return store.salt;
  });
  await use((store) => {
    expect(store.salt).toBe(salt);
    expect(store.knownItems('web1')).toEqual(items);
    expect(store.knownItems('nas')).toEqual({});
    expect(store.openEpisodes('web1')).toEqual([EPISODE]);
    expect(store.told('t')).toEqual({ a: 1 });
    expect(store.told('other')).toBeUndefined();
    expect(store.history({ checks: 9, episodes: 9 })).toEqual({ checks: [past(1)], episodes: [EPISODE] });
  });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'drift.sqlite')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['drift.sqlite']);
});

test('an episode that ended is no longer open; the newest come first, and only so many', async () => {
  await use((store) => {
    store.saveEpisode(EPISODE);
    store.saveEpisode({ ...EPISODE, until: '2026-11-03T03:00:00.000Z' });
    store.saveEpisode({ ...EPISODE, since: '2026-11-05T03:00:00.000Z' });
    for (const number of [1, 2, 3]) store.addCheck(past(number));
    const { checks, episodes } = store.history({ checks: 2, episodes: 0 });
    expect(checks.map(({ run }) => run)).toEqual(['r00003', 'r00002']);
    expect(episodes.map(({ since }) => since)).toEqual(['2026-11-05T03:00:00.000Z']);
    expect(store.openEpisodes('web1')).toHaveLength(1);
  });
});

test('however old, the last looks at a host are told, and what has not ended', async () => {
  const look = (number: number, host: string, state: DriftState): PastCheck => ({
    ...past(number),
    hosts: [{ host, state, items: { host: 0, inventory: 0, both: 0 } }],
  });
  await use((store) => {
    for (const host of ['nas', 'web1', 'new']) store.saveKnownItems(host, items, new Date(1));
    store.addCheck(look(1, 'nas', 'in-sync'));
    store.addCheck(look(2, 'nas', 'drifted'));
    store.addCheck(look(3, 'nas', 'off'));
    store.addCheck(look(4, 'web1', 'lost'));
    store.addCheck(look(5, 'web1', 'in-sync'));
    store.saveEpisode({ ...EPISODE, host: 'nas' });
    store.saveEpisode({ ...EPISODE, since: '2026-11-05T03:00:00.000Z', until: '2026-11-06T03:00:00.000Z' });
    store.saveEpisode({ ...EPISODE, since: '2026-11-07T03:00:00.000Z', until: '2026-11-08T03:00:00.000Z' });
    const { checks, episodes } = store.history({ checks: 1, episodes: 1 });
    expect(checks.map(({ run }) => run)).toEqual(['r00005', 'r00002', 'r00001']);
    expect(episodes.map(({ host, since }) => [host, since.slice(0, 10)])).toEqual([
      ['web1', '2026-11-07'],
      ['nas', '2026-11-02'],
    ]);
  });
});

test('what is old is forgotten', async () => {
  await use((store) => {
    store.saveEpisode({ ...EPISODE, until: '2026-11-03T03:00:00.000Z' });
    for (let number = 1; number <= 2010; number += 1)
      store.addCheck(past(number, '2027-11-02T03:00:00.000Z'));
    expect(store.history({ checks: 9999, episodes: 9 }).checks).toHaveLength(2000);
    expect(store.history({ checks: 1, episodes: 9 }).episodes).toHaveLength(1);
    store.addCheck(past(2011, '2028-01-02T03:00:00.000Z'));
    expect(store.history({ checks: 1, episodes: 9 }).episodes).toEqual([]);
  });
});

describe('nothing is half saved', () => {
  test('where its use fails', async () => {
    await expect(
      use((store) => {
        store.saveTold('t', 1);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await use((store) => store.told('t'))).toBeUndefined();
  });

  test('where the process is killed in the middle, and nobody waits for it', async () => {
    await use((store) => store.saveTold('t', 'before'));
    const program = `
      import { useStore } from ${JSON.stringify(join(process.cwd(), 'src/drift/store/use-store.ts'))};
      import { ownerOf } from ${JSON.stringify(join(process.cwd(), 'src/engine/run-owner.ts'))};
      await useStore({ folder: process.argv[1], owner: ownerOf('killed') }, (store) => {
        for (let at = 0; at < 500; at += 1) store.saveTold('t' + at, 'x'.repeat(10000));
        store.saveTold('t', 'after');
        process.kill(process.pid, 'SIGKILL');
      });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect(existsSync(join(folder, 'drift.sqlite.lock'))).toBe(true);
    expect(await use((store) => [store.told('t'), store.told('t499')])).toEqual(['before', undefined]);
  });
});

test('two at a time wait for each other', async () => {
  await Promise.all(
    Array.from({ length: 8 }, () => use((store) => store.saveTold('n', Number(store.told('n') ?? 0) + 1))),
  );
  expect(await use((store) => store.told('n'))).toBe(8);
});

test('what follows from what was saved is settled before anybody else may use it', async () => {
  const place = { folder, owner: ownerOf('r1') };
  const save = (): number => 7;
  const seen: (string | number)[][] = [];
  await useStore(place, save, (result) => seen.push([result, ...readdirSync(folder)]));
  expect(seen).toEqual([[7, 'drift.sqlite', 'lock']]);
  const fail = (): number => {
    throw new Error('no');
  };
  await expect(useStore(place, fail, () => seen.push([]))).rejects.toThrow('no');
  expect(seen).toHaveLength(1);
});

describe('a file that is', () => {
  test('none of SQLite is put aside, and a new one begun', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'drift.sqlite'), 'half a file');
    await use((store) => store.saveTold('t', 1));
    expect(readFileSync(join(folder, 'drift.sqlite.unreadable'), 'utf8')).toBe('half a file');
    expect(await use((store) => store.told('t'))).toBe(1);
  });

  test('damaged in its middle is an error that says so', async () => {
    await use((store) => {
      for (let at = 0; at < 100; at += 1) store.saveTold(`t${at}`, 'x'.repeat(500));
    });
    const bytes = readFileSync(join(folder, 'drift.sqlite'));
    writeFileSync(join(folder, 'drift.sqlite'), bytes.fill(7, 4096));
    const error = { code: 'drift/no-history', message: expect.stringContaining('malformed') };
    await expect(use((store) => store.told('t5'))).rejects.toMatchObject(error);
  });

  test('of the first version is brought up to date', async () => {
    await use((store) => {
      store.saveEpisode(EPISODE);
      store.saveTold('t', 1);
    });
    const open = await database();
    open.exec('ALTER TABLE episode DROP COLUMN ended; PRAGMA user_version = 1');
    open.close();
    await use((store) => {
      expect(store.openEpisodes('web1')).toEqual([EPISODE]);
      store.saveEpisode({ ...EPISODE, until: '2026-11-03T03:00:00.000Z', ended: 'host-gone' });
    });
    const { episodes } = await use((store) => store.history({ checks: 9, episodes: 9 }));
    expect(episodes).toMatchObject([{ ended: 'host-gone' }]);
    expect(await use((store) => store.told('t'))).toBe(1);
  });

  test('of a version to come is left alone', async () => {
    await use((store) => store.saveTold('t', 1));
    const db = await database();
    db.exec('PRAGMA user_version = 99');
    db.close();
    await expect(use(() => 1)).rejects.toMatchObject({
      code: 'drift/no-history',
      message: expect.stringContaining('a newer homelab has written it, version 99'),
      hint: expect.stringMatching(/^Use that version/),
    });
    expect(readdirSync(folder)).toEqual(['drift.sqlite']);
  });

  test('damaged behind its beginning is told as that, and left alone', async () => {
    await use((store) => store.saveTold('t', 1));
    const file = join(folder, 'drift.sqlite');
    const bytes = readFileSync(file).fill(0xee, 4096);
    writeFileSync(file, bytes);
    await expect(use((store) => store.told('t'))).rejects.toMatchObject({
      code: 'drift/no-history',
      hint: expect.stringContaining('may be moved away'),
    });
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(readdirSync(folder)).toEqual(['drift.sqlite']);
  });

  test('in a folder that cannot be made is an error', async () => {
    writeFileSync(folder, '');
    await expect(use(() => 1)).rejects.toMatchObject({ code: 'drift/no-history' });
  });
});

test('rows that nobody can read count as not there', async () => {
  await use((store) => {
    store.saveKnownItems('web1', { broken: { kind: 1 } } as never, new Date(1));
    store.addCheck({ ...past(1), hosts: [{ host: 'web1', state: 'gone' }] as never });
    store.addCheck({ ...past(2), hosts: ['drifted', 5, { state: ['drifted'] }] as never });
    store.saveEpisode({ ...EPISODE, cause: 'nobody' as never });
    expect(store.knownItems('web1')).toEqual({});
    expect(store.history({ checks: 9, episodes: 9 })).toEqual({ checks: [], episodes: [] });
  });
});
