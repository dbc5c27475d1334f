import { describe, expect, test } from '@jest/globals';
import { compareTold, type News } from '../../../src/drift/telling/compare-told.js';
import { foundHosts } from '../../../src/drift/telling/found-hosts.js';
import { NOTHING_TOLD, type ToldHost } from '../../../src/drift/telling/told.js';
import type { DriftChange } from '../../../src/drift/telling/transitions.js';
import { checkResult, task, type FoundInShort } from './check.js';

const told = (items: readonly string[], isLost = false): ToldHost => ({
  host: 'web1',
  isLost,
  items: [...items],
});

interface Setting {
  readonly isWhole?: boolean;
  readonly wants?: (change: DriftChange) => boolean;
}

function compare(before: ToldHost | undefined, found: FoundInShort | undefined, setting: Setting = {}) {
  const { isWhole = true, wants = () => true } = setting;
  const news = compareTold({
    told: { ...NOTHING_TOLD, hosts: before === undefined ? [] : [before] },
    found: foundHosts(checkResult(found === undefined ? {} : { web1: found })),
    inventory: new Set(['web1', 'web2']),
    isWhole,
    wants,
  });
  const transitions = news.transitions.map(({ change, items }) => [change, ...items.map(({ id }) => id)]);
  return { transitions, settled: news.settled, owed: news.owed };
}

describe('what there is to tell of a host', () => {
  test.each<
    readonly [
      string,
      ToldHost | undefined,
      FoundInShort,
      readonly (readonly string[])[],
      ToldHost | undefined,
    ]
  >([
    ['clean from the beginning: no news', undefined, {}, [], undefined],
    ['drift from the beginning', undefined, { items: ['a'] }, [['drift', 'a']], told(['a'])],
    ['lost from the beginning', undefined, { state: 'lost' }, [['lost']], told([], true)],
    ['the same drift', told(['a']), { items: ['a'] }, [], told(['a'])],
    ['further drift', told(['a']), { items: ['a', 'b'] }, [['drift', 'b']], told(['a', 'b'])],
    ['other drift', told(['a']), { items: ['b'] }, [['drift', 'b']], told(['b'])],
    ['less drift is no news', told(['a', 'b']), { items: ['b'] }, [], told(['b'])],
    ['cleared', told(['a', 'b']), {}, [['cleared']], undefined],
    ['lost while it drifts', told(['a']), { state: 'lost' }, [['lost']], told(['a'], true)],
    ['still lost', told(['a'], true), { state: 'lost' }, [], told(['a'], true)],
    ['back, in sync', told([], true), {}, [['back']], undefined],
    ['back, with the drift that was told', told(['a'], true), { items: ['a'] }, [['back', 'a']], told(['a'])],
    ['back and cleared', told(['a'], true), {}, [['back'], ['cleared']], undefined],
    [
      'back with further drift',
      told(['a'], true),
      { items: ['a', 'b'] },
      [
        ['back', 'a', 'b'],
        ['drift', 'b'],
      ],
      told(['a', 'b']),
    ],
    ['off', told(['a']), { state: 'off' }, [], told(['a'])],
    ['off from the beginning', undefined, { state: 'off' }, [], undefined],
    ['busy, while it was lost', told(['a'], true), { state: 'busy' }, [], told(['a'], true)],
  ])('%s', (_name, before, found, transitions, after) => {
    const compared = compare(before, found);
    expect(compared.transitions).toEqual(transitions);
    expect(compared.settled).toEqual(after === undefined ? [] : [after]);
    // Where that could not be told, the next check has it to tell again.
    const owes = transitions.length > 0 ? before : after;
    expect(compared.owed).toEqual(owes === undefined ? [] : [owes]);
  });

  test('a host that was not checked stays as it was told', () => {
    expect(compare(told(['a'], true), undefined)).toMatchObject({
      transitions: [],
      settled: [told(['a'], true)],
    });
  });

  test('a host that is gone from the inventory is forgotten', () => {
    expect(compare({ ...told(['a'], true), host: 'old' }, {})).toMatchObject({
      transitions: [],
      settled: [],
    });
  });

  test.each<readonly [string, FoundInShort, readonly (readonly string[])[], readonly string[]]>([
    ['items that it passed over differ still', { looked: ['b'] }, [], ['a']],
    ['what it looked at is in sync', { looked: ['a'] }, [['cleared']], []],
    ['it finds more', { items: ['b'] }, [['drift', 'b']], ['a', 'b']],
  ])('a check of some items: %s', (_name, found, transitions, items) => {
    const compared = compare(told(['a']), found, { isWhole: false });
    expect(compared.transitions).toEqual(transitions);
    expect(compared.settled).toEqual(items.length === 0 ? [] : [told(items)]);
  });

  test('what is not wanted is settled without a word', () => {
    const wants = (change: DriftChange): boolean => change === 'drift';
    expect(compare(told(['a']), {}, { wants })).toEqual({ transitions: [], settled: [], owed: [] });
    expect(compare(undefined, { state: 'lost' }, { wants })).toEqual({
      transitions: [],
      settled: [told([], true)],
      owed: [told([], true)],
    });
  });
});

describe('an item that gets another name', () => {
  /** Items that differ as `id=subject`, and ids of others that were looked at. */
  const found = (differ: string, looked = '') => {
    const items = differ.split(' ').map((text) => text.split('='));
    const tasks = [
      ...items.map(([id = '', subject]) => task(id, true, { subject })),
      ...looked.split(' ').map((id) => task(id, false)),
    ];
    const result = checkResult({ web1: { items: ['x'] } });
    return foundHosts({ ...result, hosts: result.hosts.map((host) => ({ ...host, tasks })) });
  };
  const news = (told: News['settled'], now: ReturnType<typeof found>, isWhole = true) =>
    compareTold({
      told: { ...NOTHING_TOLD, hosts: [...told] },
      found: now,
      inventory: new Set(['web1']),
      isWhole,
      wants: () => true,
    });
  const ids = ({ transitions }: News) => transitions.flatMap(({ items }) => items.map(({ id }) => id));

  test.each<readonly [string, string, string, string, readonly string[]]>([
    ['is no news', 'old=/a', 'new=/a', '', []],
    ['beside further drift', 'old=/a', 'new=/a b=/b', '', ['b']],
    ['acts on something else', 'old=/a', 'new=/b', '', ['new']],
    ['acts on nothing that has a name', 'old', 'new', '', ['new']],
    ['is there beside the new one', 'old=/a', 'new=/a', 'old', ['new']],
    ['and nobody knows which it is', 'old=/a', 'one=/a two=/a', '', ['one', 'two']],
    ['and nobody knows which it was', 'one=/a two=/a', 'new=/a', '', ['new']],
  ])('%s', (_name, before, after, looked, expected) => {
    const now = news(news([], found(before)).settled, found(after, looked));
    expect(ids(now)).toEqual(expected);
    expect(news(now.settled, found(after, looked)).transitions).toEqual([]);
  });

  test('is no news over the time that its host is lost, either', () => {
    const lost = foundHosts(checkResult({ web1: { state: 'lost' } }));
    const { settled } = news(news([], found('old=/a')).settled, lost);
    const { transitions } = news(settled, found('new=/a'));
    expect(transitions.map(({ change }) => change)).toEqual(['back']);
  });

  test('may be there still where a part of the items is looked at', () => {
    const now = news(news([], found('old=/a')).settled, found('new=/a'), false);
    expect(ids(now)).toEqual(['new']);
    expect(now.settled).toMatchObject([{ items: ['old', 'new'] }]);
  });
});
