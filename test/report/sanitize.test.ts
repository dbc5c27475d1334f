import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { safeJson, visible, visibleLine } from '../../src/report/sanitize.js';

describe('visible', () => {
  test.each([
    ['plain text', 'plain text'],
    ['line\n\tindented', 'line\n\tindented'],
    ['\x1b[2Jgone', '\\x1b[2Jgone'],
    ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
    ['over\rwritten', 'over\\x0dwritten'],
    ['c1 \x9b2J', 'c1 \\x9b2J'],
    ['del \x7f', 'del \\x7f'],
    ['bidi \u202eevil\u2066', 'bidi \\u202eevil\\u2066'],
    ['bom \ufeff', 'bom \\ufeff'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['half \ud83d', 'half \\ud83d'],
    ['äöü 日本 👍', 'äöü 日本 👍'],
  ])('%j is shown as %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('nothing a terminal obeys is left, whatever comes in', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), hostile()), (text) => {
        for (const character of visible(text)) {
          const code = character.codePointAt(0) ?? 0;
          expect(code >= 0x20 || character === '\n' || character === '\t').toBe(true);
          expect(code >= 0x7f && code <= 0x9f).toBe(false);
          expect(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(character)).toBe(false);
        }
      }),
    );
  });

  test('text without anything of the kind stays as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~\n\t]*$/), (text) => {
        expect(visible(text)).toBe(text);
      }),
    );
  });
});

describe('visibleLine', () => {
  test('is one line', () => {
    expect(visibleLine('a\nb\tc')).toBe('a\\nb\\tc');
  });
});

describe('safeJson', () => {
  test('says the same and holds nothing a terminal obeys', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), hostile()), (text) => {
        const json = safeJson({ [text]: text });
        expect(JSON.parse(json)).toEqual({ [text]: text });
        expect(visibleLine(json)).toBe(json);
      }),
    );
  });
});

/** Strings made of what hurts. */
function hostile(): fc.Arbitrary<string> {
  const pieces = [
    '\x1b',
    '[',
    '2J',
    '\x9b',
    '\r',
    '\b',
    '\u202e',
    '\u2069',
    '\u{e0001}',
    '\ud800',
    'a',
    '\n',
  ];
  return fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join(''));
}
