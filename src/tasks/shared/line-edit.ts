/** One line that a file is to have, or not to have. */
export interface LineEdit {
  readonly line?: string | undefined;
  /** Regular expression of the line that `line` replaces, or of the lines that go. */
  readonly match?: string | undefined;
  /** Regular expression of the line to insert after; `EOF`: at the end. */
  readonly after?: string | undefined;
  /** Regular expression of the line to insert before; `BOF`: at the beginning. */
  readonly before?: string | undefined;
  readonly state: 'present' | 'absent';
}

/** What an edit makes of a text. */
export interface EditedText {
  readonly text: string;
  /** The line that was there: the one that is kept or replaced, or those that go; null where there is none. */
  readonly found: string | null;
}

interface Line {
  readonly text: string;
  /** Its line end: a newline, a carriage return and a newline, or nothing at the end of a file without one. */
  readonly end: string;
}

/**
 * The text with the edit done, by the rules people know from lineinfile: of several matches the last one counts; a
 * pattern that matches nothing leaves an equal line where it is; an anchor that matches nothing means the end. Unlike
 * there, doing it twice is always doing it once: where the pattern does not match the new line, an equal line is enough.
 * Every other line keeps its end, and a file without a final newline stays without one.
 */
export function editText(text: string, edit: LineEdit): EditedText {
  const lines = splitLines(text);
  return edit.state === 'absent'
    ? remove(lines, text, edit)
    : put(lines, text, { ...edit, line: edit.line ?? '' });
}

function splitLines(text: string): Line[] {
  return [...text.matchAll(/([^\n]*?)(\r?\n|$)/g)]
    .map(([, line = '', end = '']) => ({ text: line, end }))
    .filter((line) => line.text !== '' || line.end !== '');
}

function join(lines: readonly Line[]): string {
  return lines.map((line) => line.text + line.end).join('');
}

function remove(lines: readonly Line[], text: string, { line, match }: LineEdit): EditedText {
  const pattern = match === undefined ? undefined : new RegExp(match);
  const goes = (one: Line): boolean => pattern?.test(one.text) ?? one.text === line;
  const gone = lines.filter(goes);
  if (gone.length === 0) return { text, found: null };
  return { text: join(lines.filter((one) => !goes(one))), found: gone.map((one) => one.text).join('\n') };
}

function put(lines: readonly Line[], text: string, edit: LineEdit & { readonly line: string }): EditedText {
  const equal = lines.findLastIndex((one) => one.text === edit.line);
  const matched = edit.match === undefined ? -1 : lastIndex(lines, edit.match);
  // Of several lines that match `#x`, each run would turn another one into `x`: one equal line is enough.
  const isEqualEnough = matched === -1 || (equal !== -1 && !new RegExp(edit.match ?? '').test(edit.line));
  const there = lines[isEqualEnough ? equal : matched];
  if (there === undefined) return { text: join(insert(lines, edit)), found: null };
  if (there.text === edit.line) return { text, found: edit.line };
  return { text: join(lines.with(matched, { text: edit.line, end: there.end })), found: there.text };
}

function lastIndex(lines: readonly Line[], pattern: string): number {
  const expression = new RegExp(pattern);
  return lines.findLastIndex((line) => expression.test(line.text));
}

function insert(lines: readonly Line[], edit: LineEdit & { readonly line: string }): Line[] {
  const end = lines.find((line) => line.end !== '')?.end ?? '\n';
  const at = placeOf(lines, edit);
  const previous = lines[at - 1];
  if (previous?.end === '') {
    // After a last line that has no end: it gets one, and the new last line has none.
    return [...lines.slice(0, -1), { text: previous.text, end }, { text: edit.line, end: '' }];
  }
  return lines.toSpliced(at, 0, { text: edit.line, end });
}

/** The index the new line is inserted at. */
function placeOf(lines: readonly Line[], { after, before }: LineEdit): number {
  if (before === 'BOF') return 0;
  const anchor = before ?? (after === 'EOF' ? undefined : after);
  const at = anchor === undefined ? -1 : lastIndex(lines, anchor);
  if (at === -1) return lines.length;
  return before === undefined ? at + 1 : at;
}
