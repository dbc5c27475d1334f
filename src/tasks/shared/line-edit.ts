import { insertionIndex, lastMatch, toExpression, type Anchor } from './line-pattern.js';
import { insertLines, joinLines, lineEndOf, splitLines, type Line } from './text-lines.js';

/** One line that a file is to have, or not to have. */
export interface LineEdit extends Anchor {
  readonly line?: string | undefined;
  /** Regular expression of the line that `line` replaces, or of the lines that go. */
  readonly match?: string | undefined;
  readonly state: 'present' | 'absent';
}

/** What an edit makes of a text. */
export interface EditedText {
  readonly text: string;
  /**
   * The line that was there: the one that is kept or replaced, or those that go; null where there is none. A wanted
   * line without a newline at the end of the text is not yet right: it is followed by {@link UNENDED}.
   */
  readonly found: string | null;
}

/** Follows the last line of a text that has no final newline. It begins with one: no line looks like it. */
export const UNENDED = '\n(no newline at the end of the file)';

/**
 * The text with the edit done, by the rules people know from lineinfile: of several matches the last one counts; a
 * pattern that matches nothing leaves an equal line where it is; an anchor that matches nothing means the end; the line
 * that is kept has an end. Unlike there, doing it twice is always doing it once: where the pattern does not match the
 * new line, an equal line is enough. And line ends stay as they are: a file of Windows stays one.
 */
export function editText(text: string, edit: LineEdit): EditedText {
  return edit.state === 'absent' ? remove(text, edit) : put(text, { ...edit, line: edit.line ?? '' });
}

function remove(text: string, { line, match }: LineEdit): EditedText {
  const { mark, lines } = splitLines(text);
  const pattern = match === undefined ? undefined : toExpression(match);
  const goes = (one: Line): boolean => pattern?.test(one.text) ?? one.text === line;
  const gone = lines.filter(goes);
  if (gone.length === 0) return { text, found: null };
  return {
    text: joinLines({ mark, lines: lines.filter((one) => !goes(one)) }),
    found: gone.map((one) => one.text).join('\n'),
  };
}

function put(text: string, edit: LineEdit & { readonly line: string }): EditedText {
  const { mark, lines } = splitLines(text);
  const equal = lines.findLastIndex((one) => one.text === edit.line);
  const matched = edit.match === undefined ? -1 : lastMatch(lines, edit.match);
  // Of several lines that match `#x`, each run would turn another one into `x`: one equal line is enough.
  const isEqualEnough = matched === -1 || (equal !== -1 && !toExpression(edit.match ?? '').test(edit.line));
  const at = isEqualEnough ? equal : matched;
  const there = lines[at];
  if (there === undefined) {
    const inserted = insertLines(lines, insertionIndex(lines, edit), [edit.line]);
    return { text: joinLines({ mark, lines: inserted }), found: null };
  }
  if (there.text === edit.line && there.end !== '') return { text, found: edit.line };
  const end = there.end === '' ? lineEndOf(lines) : there.end;
  return {
    text: joinLines({ mark, lines: lines.with(at, { text: edit.line, end }) }),
    found: there.text === edit.line ? `${edit.line}${UNENDED}` : there.text,
  };
}
