import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { editText, UNENDED, type LineEdit } from '../../../src/tasks/shared/line-edit.js';

type Row = readonly [
  name: string,
  text: string,
  edit: Partial<LineEdit>,
  result: string,
  found: string | null,
];

const ROWS: readonly Row[] = [
  ['equal line: nothing to do', 'a\nb\n', { line: 'b' }, 'a\nb\n', 'b'],
  ['appended', 'a\n', { line: 'b' }, 'a\nb\n', null],
  ['into an empty file', '', { line: 'b' }, 'b\n', null],
  ['into a file of one empty line', '\n', { line: 'b' }, '\nb\n', null],
  ['match replaces', 'x=1\ny=1\n', { line: 'x=2', match: '^x=' }, 'x=2\ny=1\n', 'x=1'],
  ['the last match counts', 'x=1\nx=3\n', { line: 'x=2', match: '^x=' }, 'x=1\nx=2\n', 'x=3'],
  ['match that matches the new line', 'x=2\n', { line: 'x=2', match: '^x=' }, 'x=2\n', 'x=2'],
  [
    'match that matches nothing, equal line there',
    'x=2\ny\n',
    { line: 'x=2', match: '^#x' },
    'x=2\ny\n',
    'x=2',
  ],
  ['match that matches others, equal line there', '#x\nx\n', { line: 'x', match: '^#x' }, '#x\nx\n', 'x'],
  ['match that matches nothing', 'y\n', { line: 'x=2', match: '^#x' }, 'y\nx=2\n', null],
  ['match is on the line alone', 'a\nb\n', { line: 'c', match: '^b$' }, 'a\nc\n', 'b'],
  ['the new line is literal', 'a\n', { line: '$& \\1', match: 'a' }, '$& \\1\n', 'a'],
  ['after', 'a\nb\na\nc\n', { line: 'x', after: '^a' }, 'a\nb\na\nx\nc\n', null],
  ['before', 'a\nb\na\nc\n', { line: 'x', before: '^a' }, 'a\nb\nx\na\nc\n', null],
  ['after the last line', 'a\n', { line: 'x', after: '^a' }, 'a\nx\n', null],
  ['after nothing', 'a\n', { line: 'x', after: '^z' }, 'a\nx\n', null],
  ['before nothing', 'a\n', { line: 'x', before: '^z' }, 'a\nx\n', null],
  ['at the beginning', 'a\n', { line: 'x', before: 'BOF' }, 'x\na\n', null],
  ['at the end', 'a\nEOF\nb\n', { line: 'x', after: 'EOF' }, 'a\nEOF\nb\nx\n', null],
  ['an anchor does not move a line', 'x\na\n', { line: 'x', after: '^a' }, 'x\na\n', 'x'],
  ['before EOF is at the end', 'a\n', { line: 'x', before: 'EOF' }, 'a\nx\n', null],
  ['after BOF is at the beginning', 'a\n', { line: 'x', after: 'BOF' }, 'x\na\n', null],
  ['whatever the case', 'A=1\n', { line: 'a=2', match: '(?i)^a=' }, 'a=2\n', 'A=1'],
  ['no final newline: appended', 'a', { line: 'b' }, 'a\nb\n', null],
  ['no final newline: replaced', 'a\nb', { line: 'c', match: 'b' }, 'a\nc\n', 'b'],
  ['no final newline: equal', 'a\nb', { line: 'b' }, 'a\nb\n', `b${UNENDED}`],
  ['no final newline: equal and matched', 'a\nb', { line: 'b', match: 'b' }, 'a\nb\n', `b${UNENDED}`],
  ['no final newline: equal further up', 'b\na', { line: 'b' }, 'b\na', 'b'],
  ['no final newline: before', 'a', { line: 'x', before: 'a' }, 'x\na', null],
  ['no final newline: after another', 'a\nb', { line: 'x', after: 'a' }, 'a\nx\nb', null],
  ['no final newline: removed', 'a\nb', { line: 'a', state: 'absent' }, 'b', 'a'],
  ['CRLF: equal', 'a\r\nb\r\n', { line: 'b' }, 'a\r\nb\r\n', 'b'],
  ['CRLF: appended', 'a\r\n', { line: 'b' }, 'a\r\nb\r\n', null],
  ['CRLF: replaced', 'a\r\nb\r\n', { line: 'c', match: 'a$' }, 'c\r\nb\r\n', 'a'],
  ['CRLF: the last match counts', 'x=1\r\nx=3\r\n', { line: 'x=2', match: '^x=' }, 'x=1\r\nx=2\r\n', 'x=3'],
  ['CRLF: after', 'a\r\nb\r\n', { line: 'x', after: 'a$' }, 'a\r\nx\r\nb\r\n', null],
  ['CRLF without a final one', 'a\r\nb', { line: 'c' }, 'a\r\nb\r\nc\r\n', null],
  ['CRLF without a final one: equal', 'a\r\nb', { line: 'b' }, 'a\r\nb\r\n', `b${UNENDED}`],
  ['CRLF: removed', 'a\r\nb\r\n', { line: 'a', state: 'absent' }, 'b\r\n', 'a'],
  ['a byte order mark is no part of the first line', '\uFEFFa\n', { line: 'a' }, '\uFEFFa\n', 'a'],
  ['a byte order mark stays first', '\uFEFFa\n', { line: 'x', before: 'BOF' }, '\uFEFFx\na\n', null],
  ['absent: equal lines', 'a\nb\na\n', { line: 'a', state: 'absent' }, 'b\n', 'a\na'],
  ['absent: matching lines', 'a1\nb\na2\n', { match: '^a', state: 'absent' }, 'b\n', 'a1\na2'],
  ['absent: match decides, not line', 'a\nb\n', { line: 'a', match: 'b', state: 'absent' }, 'a\n', 'b'],
  ['absent and gone', 'a\n', { line: 'b', state: 'absent' }, 'a\n', null],
];

const edit = (text: string, { state = 'present', ...rest }: Partial<LineEdit>) =>
  editText(text, { state, ...rest });

describe('editText', () => {
  test.each(ROWS)('%s', (_name, text, change, result, found) => {
    expect(edit(text, change)).toEqual({ text: result, found });
  });

  const text = fc
    .array(fc.tuple(fc.constantFrom('a', 'b', '', 'x=1', 'é'), fc.constantFrom('\n', '\r\n')), {
      maxLength: 8,
    })
    .chain((lines) =>
      fc.boolean().map((hasEnd) => {
        const whole = lines.map((parts) => parts.join('')).join('');
        return hasEnd ? whole : whole.replace(/\r?\n$/, '');
      }),
    );
  const changes = fc.record(
    {
      line: fc.constantFrom('a', 'c', 'x=2'),
      match: fc.constantFrom('a', '^x=', 'none'),
      after: fc.constantFrom('b', 'EOF', 'none'),
      state: fc.constantFrom('present' as const, 'absent' as const),
    },
    { requiredKeys: ['line'] },
  );

  test('done twice is done once', () => {
    fc.assert(
      fc.property(text, changes, (before, change) => {
        const once = edit(before, change);
        const twice = edit(once.text, change);
        expect(twice.text).toBe(once.text);
        expect(twice.found).toBe(change.state === 'absent' ? null : change.line);
      }),
    );
  });

  test('other lines keep their bytes', () => {
    fc.assert(
      fc.property(text, (before) => {
        const { text: after } = edit(before, { line: 'new', before: 'BOF' });
        expect(after.endsWith(before)).toBe(true);
      }),
    );
  });
});
