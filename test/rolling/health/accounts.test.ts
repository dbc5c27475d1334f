import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Accounts, type Ask } from '../../../src/rolling/health/accounts.js';
import type { SeenState } from '../../../src/rolling/health/downtime-ledger.js';
import type { Service } from '../../../src/rolling/health/services.js';

const asked = (name: string): Service => ({
  is: 'asked',
  name,
  host: name.split('/')[0],
  isRedundant: false,
  check: { kind: 'tcp', host: '10.0.0.1', port: 53 },
  from: 'controller',
});
const WHOLE: Service = {
  is: 'whole',
  name: 'dns/dns',
  host: undefined,
  isRedundant: true,
  members: ['a/dns', 'b/dns'],
};
const SERVICES = [asked('a/dns'), asked('b/dns'), WHOLE];

const STATES = { u: 'up', d: 'down', '?': 'unseen', x: 'dropped' } as const;

/** Looks at a at 0, 500, … and at b half way between, from letters; a blank: is not asked then. */
function accountsOf(a: string, b: string): Accounts {
  const accounts = new Accounts(SERVICES);
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    for (const [name, letters, shift] of [
      ['a/dns', a, 0],
      ['b/dns', b, 250],
    ] as const) {
      const letter = letters[index] ?? ' ';
      if (letter === ' ') continue;
      const ask = accounts.begin(name, index * 500 + shift);
      accounts.settle(ask, STATES[letter as keyof typeof STATES]);
    }
  }
  return accounts;
}

describe('a service of two hosts', () => {
  test.each([
    ['both up', 'uuuuu', 'uuuuu', 0, 0, 0],
    ['one goes, and comes back before the other goes', 'uddduuuuuu', 'uuuuuudddu', 0, 0, 0],
    ['each misses one look, one after the other', 'uuduuu', 'uuuduu', 0, 0, 0],
    ['both are away: from the last success of any', 'uudddduuu', 'udddddduu', 1, 2500, 0],
    ['both from the first look at the second one', 'dduu', 'dduu', 1, 750, 250],
    ['one is not seen, the other is up', 'u???uu', 'uuuuuu', 0, 0, 0],
    ['one is not seen, the other is away: nobody knows', 'u????uu', 'uddddu u'.replace(' ', ''), 0, 0, 2250],
  ])('%s', (_name, a, b, interruptions, totalMs, unseenMs) => {
    const {
      interruptions: times,
      totalMs: total,
      unseenMs: unseen,
    } = accountsOf(a, b).all().get('dns/dns') ?? {};
    expect({ times, total, unseen }).toEqual({ times: interruptions, total: totalMs, unseen: unseenMs });
  });
});

test('a slow failure does not end up behind the success after it', () => {
  const accounts = new Accounts(SERVICES);
  const first = accounts.begin('a/dns', 0);
  accounts.settle(first, 'up');
  const slow = accounts.begin('a/dns', 500);
  accounts.settle(accounts.begin('a/dns', 1000), 'up');
  accounts.settle(accounts.begin('a/dns', 1500), 'up');
  expect(accounts.all().get('a/dns')).toMatchObject({ interruptions: 0, samples: 3 });
  accounts.settle(slow, 'down');
  accounts.settle(slow, 'up');
  expect(accounts.all().get('a/dns')).toMatchObject({
    interruptions: 1,
    totalMs: 1000,
    samples: 4,
    isDown: false,
  });
});

test('what is dropped was not asked', () => {
  expect(accountsOf('uxxxu', 'x').all().get('a/dns')).toMatchObject({ samples: 2, totalMs: 0, unseenMs: 0 });
  expect(accountsOf('uxxxu', 'x').all().get('b/dns')).toMatchObject({ samples: 0 });
});

test('the order of the answers makes no difference', () => {
  const outcome = fc.constantFrom<SeenState[]>('up', 'down', 'unseen');
  const look = fc.record({
    name: fc.constantFrom('a/dns', 'b/dns'),
    outcome,
    delay: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
      const inOrder = new Accounts(SERVICES);
      const mixed = new Accounts(SERVICES);
      looks.forEach(({ name, outcome: state }, index) =>
        inOrder.settle(inOrder.begin(name, index * 100), state),
      );
      const open: { ask: Ask; state: SeenState; due: number }[] = [];
      const answer = (until: number): void => {
        for (const one of open.filter(({ due }) => due <= until)) mixed.settle(one.ask, one.state);
      };
      looks.forEach(({ name, outcome: state, delay }, index) => {
        open.push({ ask: mixed.begin(name, index * 100), state, due: index + delay });
        answer(index);
      });
      answer(Infinity);
      expect(mixed.all()).toEqual(inOrder.all());
    }),
  );
});
