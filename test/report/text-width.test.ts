import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { cutToWidth, padToWidth, textWidth } from '../../src/report/text-width.js';

describe('textWidth', () => {
  test.each([
    ['abc', 3],
    ['', 0],
    ['日本', 4],
    ['é', 1],
    ['👍', 2],
    ['a\tb', 9],
  ])('%j takes %d columns', (text, columns) => {
    expect(textWidth(text)).toBe(columns);
  });
});

describe('cutToWidth', () => {
  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['abc', 0, ''],
    ['abcdef', undefined, 'abcdef'],
  ])('%j in %j columns is %j', (text, columns, cut) => {
    expect(cutToWidth(text, columns)).toBe(cut);
  });

  test('never takes more columns than there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 40 }), (text, columns) => {
        expect(textWidth(cutToWidth(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('padToWidth', () => {
  test.each([
    ['ab', 4, 'ab  '],
    ['日本', 6, '日本  '],
    ['abcdef', 4, 'abcdef'],
  ])('%j in %d columns is %j', (text, columns, padded) => {
    expect(padToWidth(text, columns)).toBe(padded);
  });
});
