import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { blockMarkers, contentLines, editBlock, findBlock } from '../../../src/tasks/shared/block-edit.js';
import type { Anchor } from '../../../src/tasks/shared/line-pattern.js';

const markers = blockMarkers('x', '#');
const BEGIN = '# BEGIN homelab x';
const END = '# END homelab x';

type Row = readonly [
  name: string,
  text: string,
  content: string | undefined,
  result: string,
  anchor?: Anchor,
];

const ROWS: readonly Row[] = [
  ['appended', 'a\n', 'b\n', `a\n${BEGIN}\nb\n${END}\n`],
  ['content without a final newline', 'a\n', 'b', `a\n${BEGIN}\nb\n${END}\n`],
  ['a text without a final newline', 'a', 'b\n', `a\n${BEGIN}\nb\n${END}\n`],
  ['into an empty text', '', 'b\nc\n', `${BEGIN}\nb\nc\n${END}\n`],
  ['empty content', 'a\n', '', `a\n${BEGIN}\n${END}\n`],
  ['an empty line is a line', 'a\n', '\n', `a\n${BEGIN}\n\n${END}\n`],
  ['replaced where it is', `a\n${BEGIN}\nold\n${END}\nz\n`, 'b', `a\n${BEGIN}\nb\n${END}\nz\n`],
  [
    'an anchor does not move it',
    `${BEGIN}\nold\n${END}\na\n`,
    'b',
    `${BEGIN}\nb\n${END}\na\n`,
    { after: '^a' },
  ],
  ['before', 'a\nz\n', 'b', `a\n${BEGIN}\nb\n${END}\nz\n`, { before: '^z' }],
  ['after the last match', 'a\na\nz\n', 'b', `a\na\n${BEGIN}\nb\n${END}\nz\n`, { after: '^a' }],
  ['at the beginning', 'a\n', 'b', `${BEGIN}\nb\n${END}\na\n`, { before: 'BOF' }],
  ['an anchor that matches nothing', 'a\n', 'b', `a\n${BEGIN}\nb\n${END}\n`, { before: 'q' }],
  ['CRLF', 'a\r\n', 'b\n', `a\r\n${BEGIN}\r\nb\r\n${END}\r\n`],
  ['CRLF content into a text of newlines', 'a\n', 'b\r\n', `a\n${BEGIN}\nb\n${END}\n`],
  ['CRLF content into an empty text', '', 'b\r\nc\r\n', `${BEGIN}\r\nb\r\nc\r\n${END}\r\n`],
  ['CRLF replaced', `${BEGIN}\r\nold\r\n${END}\r\n`, 'b', `${BEGIN}\r\nb\r\n${END}\r\n`],
  ['an end marker without a newline', `${BEGIN}\nold\n${END}`, 'b', `${BEGIN}\nb\n${END}\n`],
  ['removed', `a\n${BEGIN}\nold\n${END}\nz\n`, undefined, 'a\nz\n'],
  ['removed where there is none', 'a', undefined, 'a'],
  [
    'other blocks stay',
    '# BEGIN homelab xy\n# END homelab xy\n',
    undefined,
    '# BEGIN homelab xy\n# END homelab xy\n',
  ],
];

describe('editBlock', () => {
  test.each(ROWS)('%s', (_name, text, content, result, anchor = {}) => {
    expect(editBlock(text, markers, { ...anchor, content })).toBe(result);
  });

  const lines = fc.array(fc.constantFrom('a', '', 'b c', ' # BEGIN homelab x', '# END homelab xy', 'é\r'), {
    maxLength: 6,
  });
  const text = fc
    .tuple(lines, fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(([parts, end, isEnded]) => parts.join(end) + (isEnded ? end : ''));

  test('what is put is found, twice is once, and taken out again nothing else has changed', () => {
    fc.assert(
      fc.property(text, lines, (before, content) => {
        const change = { content: content.join('\n') };
        const once = editBlock(before, markers, change);
        expect(findBlock(once, markers)).toEqual({
          is: 'present',
          content: contentLines(change.content)
            .map((line) => `${line}\n`)
            .join(''),
        });
        expect(editBlock(once, markers, change)).toBe(once);
        const gone = editBlock(once, markers, { content: undefined });
        expect([before, `${before}\n`, `${before}\r\n`]).toContain(gone);
      }),
    );
  });
});

describe('findBlock', () => {
  test.each<[string, string, string]>([
    ['no end', `a\n${BEGIN}\nb\n`, `\`${BEGIN}\` (line 2) has no \`${END}\` after it`],
    ['no beginning', `a\n${END}\n`, `\`${END}\` (line 2) has no \`${BEGIN}\` before it`],
    ['the wrong order', `${END}\n${BEGIN}\n`, `\`${BEGIN}\` (line 2) has no \`${END}\` after it`],
    ['two beginnings', `${BEGIN}\n${BEGIN}\n${END}\n`, `\`${BEGIN}\` is there 2 times: line 1, line 2`],
    ['two ends', `${BEGIN}\n${END}\nb\n${END}\n`, `\`${END}\` is there 2 times: line 2, line 4`],
  ])('%s', (_name, text, why) => {
    expect(findBlock(text, markers)).toEqual({ is: 'damaged', why });
    expect(editBlock(text, markers, { content: 'b' })).toBe(text);
    expect(editBlock(text, markers, { content: undefined })).toBe(text);
  });

  test('comments of two parts', () => {
    expect(blockMarkers('a b', '<!-- -->')).toEqual({
      begin: '<!-- BEGIN homelab a b -->',
      end: '<!-- END homelab a b -->',
    });
  });
});
