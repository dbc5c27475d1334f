import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { unitText, unitWord, unitWords } from '../../../src/drift/schedule/unit-words.js';

/** What systemd makes of a setting: words apart, quotes and escapes away (systemd.syntax(7)), specifiers replaced. */
function readWords(text: string): string[] {
  const bytes: number[][] = [];
  let quoted = '';
  let isInWord = false;
  const add = (...more: number[]): void => {
    if (!isInWord) bytes.push([]);
    isInWord = true;
    bytes.at(-1)?.push(...more);
  };
  for (let at = 0; at < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    at += character.length;
    if (character === '\n') throw new Error('a line ended');
    if (character === '\\') {
      const next = text[at] ?? '';
      at += next === 'x' ? 3 : 1;
      if (next === 'x') add(Number.parseInt(text.slice(at - 2, at), 16));
      else if ('"\'\\'.includes(next)) add(...Buffer.from(next));
      else throw new Error(`no escape: ${next}`);
    } else if (quoted !== '') {
      if (character === quoted) quoted = '';
      else add(...Buffer.from(character));
    } else if (`"'`.includes(character)) {
      quoted = character;
      add();
    } else if (/\s/.test(character)) isInWord = false;
    else add(...Buffer.from(character));
  }
  if (quoted !== '') throw new Error('a quote stays open');
  return bytes.map((word) => Buffer.from(word).toString('utf8')).map(replaceSpecifiers);
}

const replaceSpecifiers = (word: string): string =>
  word.replaceAll(/%(.)/gs, (_, letter: string) => {
    if (letter !== '%') throw new Error(`specifier %${letter}`);
    return '%';
  });

const word = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '').replaceAll(/[\uD800-\uDFFF]/g, 'x')),
  fc.string({
    unit: fc.constantFrom('%', '$', '"', "'", '\\', ' ', ';', '\n', '\t', 'n', 'x', '#', '{', 'é'),
  }),
);

describe('words of a setting', () => {
  test('come out as they went in, on one line', () => {
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = unitWords(words);
        expect(text).not.toMatch(/\p{Cc}/u);
        expect(readWords(text)).toEqual(words);
      }),
    );
  });

  test.each([
    ['/usr/bin/node', '/usr/bin/node'],
    ['', '""'],
    [';', '";"'],
    ['100%', '"100%%"'],
    ['$HOME', '"$HOME"'],
    ['a b', '"a b"'],
    ['say "hi"\\', String.raw`"say \"hi\"\\"`],
    ['two\nlines', String.raw`"two\x0alines"`],
    ['\u0085', String.raw`"\xc2\x85"`],
  ])('%j', (plain, written) => {
    expect(unitWord(plain)).toBe(written);
  });

  test('NUL cannot be held', () => {
    expect(() => unitWord('a\0')).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});

test.each([
  ['/home/ada/my keys/50%', '/home/ada/my keys/50%%'],
  ['é "x" $y', 'é "x" $y'],
])('a text that is not split: %j', (plain, written) => {
  expect(unitText(plain)).toBe(written);
});

test.each(['a\nb', 'a\\', ' a', 'a '])('a line cannot hold %j', (text) => {
  expect(() => unitText(text)).toThrow(expect.objectContaining({ code: 'internal' }));
});
