import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { insertLines, joinLines, lineEndOf, splitLines } from '../../../src/tasks/shared/text-lines.js';

/** Texts with every sort of line end, and none at the end. */
const anyText = fc
  .array(fc.constantFrom('a', '', 'b c', '\n', '\r\n', '\r', 'é', '\uFEFF'), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('lines of a text', () => {
  test('joined again they are the same text', () => {
    fc.assert(fc.property(anyText, (text) => expect(joinLines(splitLines(text))).toBe(text)));
  });

  test.each<[string, string, readonly string[], string]>([
    ['nothing', '', [], '\n'],
    ['one empty line', '\n', [''], '\n'],
    ['no final newline', 'a\nb', ['a', 'b'], '\n'],
    ['Windows', 'a\r\nb\r\n', ['a', 'b'], '\r\n'],
    ['Windows without a final one', 'a\r\nb', ['a', 'b'], '\r\n'],
    ['one line without an end', 'a', ['a'], '\n'],
    ['mixed: as the first', 'a\nb\r\n', ['a', 'b'], '\n'],
    ['a carriage return inside', 'a\rb\n', ['a\rb'], '\n'],
    ['a byte order mark', '\uFEFFa\n', ['a'], '\n'],
  ])('%s', (_name, text, texts, end) => {
    const { lines } = splitLines(text);
    expect(lines.map((line) => line.text)).toEqual(texts);
    expect(lineEndOf(lines)).toBe(end);
  });

  test('inserted lines have ends, and so has what is before them', () => {
    const inserted = (text: string, at: number): string => {
      const { mark, lines } = splitLines(text);
      return joinLines({ mark, lines: insertLines(lines, at, ['x', 'y']) });
    };
    expect(inserted('a', 1)).toBe('a\nx\ny\n');
    expect(inserted('a', 0)).toBe('x\ny\na');
    expect(inserted('a\r\nb', 2)).toBe('a\r\nb\r\nx\r\ny\r\n');
    expect(inserted('', 0)).toBe('x\ny\n');
  });
});
