import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { DowntimeLedger, type Account, type Sample } from '../../../src/rolling/health/downtime-ledger.js';

const STATES = { u: 'up', d: 'down', '?': 'unseen' } as const;

/** Looks half a second apart, from letters: `u` up, `d` down, `?` unseen. */
function samples(letters: string): Sample[] {
  return letters.split('').map((letter, index) => ({
    atMs: index * 500,
    state: STATES[letter as keyof typeof STATES],
  }));
}

function accountOf(all: readonly Sample[]): Account {
  const ledger = new DowntimeLedger();
  for (const sample of all) ledger.add(sample);
  return ledger.account();
}

describe('a ledger of looks', () => {
  const rows: readonly (readonly [
    string,
    string,
    { longest: number; total: number; times: number; unseen?: number; isDown?: boolean },
  ])[] = [
    ['nothing was seen', '', { longest: 0, total: 0, times: 0 }],
    ['always up', 'uuuu', { longest: 0, total: 0, times: 0 }],
    ['one look failed', 'uuduu', { longest: 1000, total: 1000, times: 1 }],
    ['three looks failed', 'udddduu', { longest: 2500, total: 2500, times: 1 }],
    ['one lucky answer does not end it', 'uddudduu', { longest: 3000, total: 3000, times: 1 }],
    ['twice', 'uduuddduuu', { longest: 2000, total: 3000, times: 2 }],
    ['down from the beginning', 'dduu', { longest: 1000, total: 1000, times: 1 }],
    ['still down', 'uudd', { longest: 1000, total: 1000, times: 1, isDown: true }],
    ['up once at the end: not sure yet', 'uddu', { longest: 1500, total: 1500, times: 1, isDown: true }],
    [
      'nobody could look, it was up before and after',
      'uu??uu',
      { longest: 0, total: 0, times: 0, unseen: 1500 },
    ],
    ['nobody ever looked', '???', { longest: 0, total: 0, times: 0, unseen: 1000 }],
    ['unseen, then down', 'u?dduu', { longest: 1000, total: 1000, times: 1, unseen: 1000 }],
    ['down, unseen, up', 'ud?uu', { longest: 500, total: 500, times: 1, unseen: 1000 }],
    ['down, unseen, down is one', 'ud?duu', { longest: 1000, total: 1000, times: 1, unseen: 1000 }],
    ['two successes with nobody between', 'udu?u', { longest: 1000, total: 1000, times: 1, unseen: 1000 }],
    ['down, then nobody looks', 'ud??', { longest: 500, total: 500, times: 1, unseen: 1000, isDown: true }],
  ];
  test.each(rows)('%s', (_name, letters, { longest, total, times, unseen = 0, isDown = false }) => {
    expect(accountOf(samples(letters))).toEqual({
      longestMs: longest,
      totalMs: total,
      interruptions: times,
      unseenMs: unseen,
      samples: letters.replaceAll('?', '').length,
      isDown,
    });
  });

  test('a copy goes its own way', () => {
    const ledger = new DowntimeLedger();
    for (const sample of samples('uud')) ledger.add(sample);
    const copy = ledger.copy();
    copy.add({ atMs: 9000, state: 'down' });
    expect(ledger.account()).toMatchObject({ totalMs: 500, samples: 3 });
    expect(copy.account()).toMatchObject({ totalMs: 8500, samples: 4 });
  });
});

/** The same by looking at the whole list again and again. */
function naive(all: readonly Sample[]): Account {
  const isDark = (index: number): boolean =>
    all[index]?.state === 'unseen' || all[index - 1]?.state === 'unseen';
  const gap = (index: number): number => (all[index]?.atMs ?? 0) - (all[index - 1]?.atMs ?? 0);
  const between = (from: number, to: number, isCounted: (index: number) => boolean): number => {
    let sum = 0;
    for (let index = from + 1; index <= to; index++) if (isCounted(index)) sum += gap(index);
    return sum;
  };
  const seen = all.flatMap(({ state }, index) => (state === 'unseen' ? [] : [index]));
  const isUp = (order: number): boolean => all[seen[order] ?? -1]?.state === 'up';
  const found: number[] = [];
  let isDown = false;
  for (let order = 0; order < seen.length; order++) {
    if (isUp(order)) continue;
    const from = seen[order - 1] ?? seen[order] ?? 0;
    let end = order;
    while (end < seen.length && !(isUp(end) && isUp(end + 1))) end++;
    isDown = end === seen.length;
    found.push(between(from, seen[end] ?? seen.at(-1) ?? 0, (index) => !isDark(index)));
    order = end;
  }
  return {
    longestMs: Math.max(0, ...found),
    totalMs: found.reduce((sum, ms) => sum + ms, 0),
    interruptions: found.length,
    unseenMs: between(0, all.length - 1, isDark),
    samples: seen.length,
    isDown,
  };
}

test('counts as one does who looks at everything again', () => {
  const sample = fc.record({
    stepMs: fc.integer({ min: 0, max: 3000 }),
    state: fc.constantFrom('up' as const, 'down' as const, 'unseen' as const),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 40 }), (steps) => {
      let atMs = 1000;
      const all = steps.map(({ stepMs, state }) => ({ atMs: (atMs += stepMs), state }));
      expect(accountOf(all)).toEqual(naive(all));
    }),
    { numRuns: 2000 },
  );
});
