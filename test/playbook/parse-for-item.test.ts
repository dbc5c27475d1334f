import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as z from 'zod';
import { Secret } from '../../src/core/secret.js';
import { parseForItem } from '../../src/playbook/parse-for-item.js';
import type { RawItem } from '../../src/playbook/raw-item.js';
import { UNKNOWN } from '../../src/render/scope.js';

/** An item of a kind that takes anything, and counts how often it is asked. */
function makeItem(): { readonly raw: RawItem; readonly asked: unknown[] } {
  const asked: unknown[] = [];
  const params = z.unknown().superRefine((value) => {
    asked.push(value);
  });
  return { raw: { task: { params } } as unknown as RawItem, asked };
}

const valueOf = (raw: RawItem, value: unknown): unknown => {
  const result = parseForItem(raw, value);
  return result.isValid ? result.value : 'wrong';
};

describe('parameters of an item', () => {
  test('each gets what its own value is parsed to, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 20 }), (values) => {
        const { raw } = makeItem();
        for (const value of values) expect(valueOf(raw, value)).toStrictEqual(value);
      }),
    );
  });

  test.each<readonly [name: string, a: unknown, b: unknown, isOnce: boolean]>([
    ['the same text', { a: 'x', b: [1, { c: true }] }, { a: 'x', b: [1, { c: true }] }, true],
    ['another text', { a: 'x' }, { a: 'y' }, false],
    ['a key more', { a: 'x' }, { a: 'x', b: undefined }, false],
    ['another key', { a: undefined }, { b: undefined }, false],
    ['a list and a mapping', { a: [] }, { a: {} }, false],
    ['a number and its text', { a: 1 }, { a: '1' }, false],
    ['what is not known', { a: UNKNOWN }, { a: UNKNOWN }, true],
    ['secrets, which all look the same', { a: new Secret('x') }, { a: new Secret('y') }, false],
  ])('%s', (_name, a, b, isOnce) => {
    const { raw, asked } = makeItem();
    valueOf(raw, a);
    expect(valueOf(raw, b)).toStrictEqual(b);
    expect(asked).toHaveLength(isOnce ? 1 : 2);
  });

  test('items do not share what they remember', () => {
    const [one, other] = [makeItem(), makeItem()];
    valueOf(one.raw, 'x');
    valueOf(other.raw, 'x');
    expect([one.asked, other.asked]).toEqual([['x'], ['x']]);
  });
});
