import { afterAll, describe, expect, test } from '@jest/globals';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerOf } from '../../../src/engine/run-owner.js';
import { abandonedBy } from '../../../src/rolling/journal/drains-in-force.js';
import {
  earlierUpgrade,
  entriesOf,
  inheritedEntries,
  inTheMiddle,
} from '../../../src/rolling/journal/host-memory.js';
import { DEFAULT_REQUEST, type UpgradeEntry } from '../../../src/rolling/journal/upgrade-entry.js';
import {
  newestJournal,
  readNewestJournal,
  UpgradeJournal,
} from '../../../src/rolling/journal/upgrade-journal.js';
import { lockUpgrades, requireNoOtherUpgrade } from '../../../src/rolling/journal/upgrade-lock.js';

const folder = mkdtempSync(join(tmpdir(), 'homelab-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const request = { ...DEFAULT_REQUEST, hosts: ['a', 'b'] };
const RUN: UpgradeEntry = { is: 'run', run: 'r1', at: '2026-11-22T04:00:00Z', request };
const BEGUN: UpgradeEntry = {
  is: 'begun',
  host: 'a',
  boot: 'b1',
  state: ['old.service'],
  packages: [{ name: 'tool', from: '1.0', to: '1.1' }],
  drains: { consul: { inMaintenance: false } },
  services: ['consul', 'cron'],
};

const GUEST: UpgradeEntry = {
  is: 'guest-found',
  host: 'a',
  guest: 'web',
  drains: { consul: { inMaintenance: false } },
  services: ['consul'],
};
const FOUND = { drains: new Map([['consul', { inMaintenance: false }]]), services: new Set(['consul']) };

const BEGUN_B: UpgradeEntry = { ...BEGUN, host: 'b' };

describe('what is remembered of a host', () => {
  test.each<readonly [name: string, entries: readonly UpgradeEntry[], expected: object | undefined]>([
    ['nothing, before it is begun', [], undefined],
    ['how it was found', [BEGUN], { boot: 'b1', state: ['old.service'], job: undefined, isUpgraded: false }],
    [
      'a drain that was begun',
      [BEGUN, { is: 'draining', host: 'a', drain: 'consul' }],
      { drained: new Set(['consul']) },
    ],
    [
      'a drain that was undone',
      [
        BEGUN,
        { is: 'draining', host: 'a', drain: 'consul' },
        { is: 'undrained', host: 'a', drain: 'consul' },
      ],
      { drained: new Set() },
    ],
    ['its job', [BEGUN, { is: 'job', host: 'a', job: 'r1' }], { job: 'r1', isUpgraded: false }],
    ['that it is upgraded', [BEGUN, { is: 'upgraded', host: 'a' }], { isUpgraded: true }],
    [
      'that its upgrade is taken back',
      [BEGUN, { is: 'upgraded', host: 'a' }, { is: 'rolling-back', host: 'a', job: 'r1.back' }],
      { isUpgraded: false, job: undefined, backJob: 'r1.back' },
    ],
    ['the boot it was to leave', [BEGUN, { is: 'rebooting', host: 'a', boot: 'b1' }], { rebootedFrom: 'b1' }],
    [
      'how its guests were found, and what of them is drained',
      [
        BEGUN,
        GUEST,
        { is: 'guest-draining', host: 'a', guest: 'web', drain: 'consul' },
        { is: 'guest-draining', host: 'a', guest: 'web', drain: 'app' },
        { is: 'guest-undrained', host: 'a', guest: 'web', drain: 'app' },
      ],
      { guests: new Map([['web', { ...FOUND, drained: new Set(['consul']) }]]) },
    ],
    [
      'a guest as it was found last',
      [BEGUN, { ...GUEST, drains: {} }, { is: 'guest-draining', host: 'a', guest: 'web', drain: 'x' }, GUEST],
      { guests: new Map([['web', { ...FOUND, drained: new Set() }]]) },
    ],
    [
      'nothing of a guest that was not found',
      [BEGUN, { is: 'guest-draining', host: 'a', guest: 'web', drain: 'consul' }],
      { guests: new Map() },
    ],
    ['nothing, once it is done', [BEGUN, { is: 'done', host: 'a' }], undefined],
    [
      'it all, where it failed',
      [BEGUN, { is: 'failed', host: 'a', code: 'rolling/job-failed', message: 'no space' }],
      { boot: 'b1' },
    ],
  ])('%s', (_name, entries, expected) => {
    const memory = earlierUpgrade([RUN, ...entries])?.unfinished.get('a');
    if (expected === undefined) expect(memory).toBeUndefined();
    else expect(memory).toMatchObject(expected);
    // The next run writes it into its own journal: what is read from that is the same.
    expect(earlierUpgrade([RUN, ...entriesOf('a', memory)])?.unfinished.get('a')).toEqual(memory);
  });

  test('the next journal begins with all of it', () => {
    const before = earlierUpgrade([RUN, BEGUN, BEGUN_B, { is: 'done', host: 'b' }]);
    const after = earlierUpgrade([RUN, ...inheritedEntries(before)]);
    expect(after).toEqual(before);
    expect([[...(after?.done ?? [])], [...(after?.unfinished.keys() ?? [])]]).toEqual([['b'], ['a']]);
    expect(inheritedEntries(undefined)).toEqual([]);
  });

  test('a journal without a beginning tells of no run', () => {
    expect(earlierUpgrade([BEGUN])).toBeUndefined();
  });
});

describe('what is left of an upgrade that nobody goes on with', () => {
  const drain = 'consul';

  test('hosts in the middle, guests that are drained, and all that stays so', () => {
    const upgrade = earlierUpgrade([
      RUN,
      BEGUN,
      GUEST,
      { is: 'guest-draining', host: 'a', guest: 'web', drain },
      { ...GUEST, guest: 'db' },
      { is: 'guest-draining', host: 'a', guest: 'db', drain },
      { is: 'guest-undrained', host: 'a', guest: 'db', drain },
      BEGUN_B,
      { is: 'draining', host: 'b', drain },
      { is: 'draining', host: 'b', drain: 'nomad' },
    ]);
    expect(abandonedBy(upgrade)).toEqual({
      run: 'r1',
      hosts: ['a', 'b', 'web'],
      drained: ['web (consul)', 'b (consul, nomad)'],
    });
    expect([...inTheMiddle(upgrade)]).toEqual([
      ['web', 'is drained for a reboot of a'],
      ['a', 'is in the middle of its upgrade'],
      ['b', 'is in the middle of its upgrade'],
    ]);
  });

  test('nothing where all of it is done, or where there was none', () => {
    expect([
      abandonedBy(undefined),
      abandonedBy(earlierUpgrade([RUN, BEGUN, { is: 'done', host: 'a' }])),
    ]).toEqual([undefined, undefined]);
  });
});

describe('journals', () => {
  test('the newest is read, also where its last line was cut short', () => {
    for (const run of ['20260101T1', '20260102T1']) {
      const journal = new UpgradeJournal(folder, run, [{ ...RUN, run }]);
      journal.write(BEGUN);
      journal.close();
    }
    appendFileSync(join(folder, '20260102T1.jsonl'), '{"is":"done","ho');
    expect(readNewestJournal(folder)).toEqual([{ ...RUN, run: '20260102T1' }, BEGUN]);
  });

  test('one that did not come as far as its beginning does not hide the one before it', () => {
    writeFileSync(join(folder, '20260103T1.jsonl.new'), '{"is":"run","ru');
    expect(newestJournal(folder)).toBe('20260102T1.jsonl');
    new UpgradeJournal(folder, '20260104T1', [{ ...RUN, run: '20260104T1' }, BEGUN]).close();
    expect(readNewestJournal(folder)).toEqual([{ ...RUN, run: '20260104T1' }, BEGUN]);
  });

  test('fifty are kept', () => {
    for (let run = 0; run < 60; run += 1) new UpgradeJournal(folder, `2027-${100 + run}`, []).close();
    expect(readdirSync(folder).filter((name) => name.endsWith('.jsonl'))).toHaveLength(50);
  });

  test('a folder that cannot be made is told, before anything is done', () => {
    expect(() => new UpgradeJournal(join(import.meta.filename, 'below-a-file'), 'r', [])).toThrow(
      expect.objectContaining({ code: 'rolling/no-journal' }),
    );
  });
});

describe('one upgrade at a time', () => {
  test('a second is refused as long as the first lives', () => {
    const unlock = lockUpgrades(folder, ownerOf('r1'));
    for (const ask of [lockUpgrades, requireNoOtherUpgrade])
      expect(() => ask(folder, ownerOf('r2'))).toThrow(expect.objectContaining({ code: 'rolling/locked' }));
    unlock();
    requireNoOtherUpgrade(folder, ownerOf('r2'));
    lockUpgrades(folder, ownerOf('r3'))();
  });

  test.each([
    ['of a process that is over', JSON.stringify({ ...ownerOf('r0'), pid: 4_194_000 })],
    ['that cannot be read', 'what?'],
  ])('a lock %s counts for nothing', (_name, text) => {
    writeFileSync(join(folder, 'lock'), text);
    lockUpgrades(folder, ownerOf('r4'))();
    expect(readdirSync(folder)).not.toContain('lock');
  });
});
