/** One line of a text, apart from its end. */
export interface Line {
  readonly text: string;
  /** A newline, a carriage return and a newline, or nothing at the end of a text without a final newline. */
  readonly end: string;
}

/** A text in lines: joined again it is the same text, byte for byte. */
export interface TextLines {
  /** The byte order mark before the first line, or nothing: it belongs to no line and stays first. */
  readonly mark: string;
  readonly lines: readonly Line[];
}

const BYTE_ORDER_MARK = '\uFEFF';

/** The lines of `text`. A text without any byte has no line. */
export function splitLines(text: string): TextLines {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const parts = text.slice(mark.length).split('\n');
  const last = parts.pop() ?? '';
  const lines = parts.map((part) =>
    part.endsWith('\r') ? { text: part.slice(0, -1), end: '\r\n' } : { text: part, end: '\n' },
  );
  return { mark, lines: last === '' ? lines : [...lines, { text: last, end: '' }] };
}

/** The text of these lines. */
export function joinLines({ mark, lines }: TextLines): string {
  return mark + lines.map((line) => line.text + line.end).join('');
}

/** How lines of this text end: as the first one does, else with a newline. */
export function lineEndOf(lines: readonly Line[]): string {
  const first = lines[0]?.end ?? '';
  return first === '' ? '\n' : first;
}

/** `texts` as new lines at the index `at`. A line before them that has no end gets one; no other line changes. */
export function insertLines(lines: readonly Line[], at: number, texts: readonly string[]): Line[] {
  const end = lineEndOf(lines);
  const before = lines.slice(0, at).map((line) => (line.end === '' ? { ...line, end } : line));
  return [...before, ...texts.map((text) => ({ text, end })), ...lines.slice(at)];
}
