/** Two columns on a terminal: East Asian wide and fullwidth (UAX #11), and emoji shown as pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** No column: they join the character before them. */
const NARROWER_THAN_A_COLUMN = /[\p{Mn}\p{Me}\u200c\u200d]/u;

const TAB_STOP_COLUMNS = 8;

function columnsOf(character: string, at: number): number {
  if (character === '\t') return TAB_STOP_COLUMNS - (at % TAB_STOP_COLUMNS);
  if (NARROWER_THAN_A_COLUMN.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** How many terminal columns one line without escape sequences takes, tab stops counted from `startColumn`. */
export function textWidth(line: string, startColumn = 0): number {
  if (/^[\x20-\x7e]*$/.test(line)) return line.length;
  let column = startColumn;
  for (const character of line) column += columnsOf(character, column);
  return column - startColumn;
}

/**
 * `line` (no escape sequences) in at most `columns` terminal columns; what is cut off becomes `…`.
 * Undefined `columns`: uncut. `startColumn` is where the line begins, for its tab stops.
 */
export function cutToWidth(line: string, columns: number | undefined, startColumn = 0): string {
  if (columns === undefined || textWidth(line, startColumn) <= columns) return line;
  if (columns < 1) return '';
  let kept = '';
  let column = startColumn;
  for (const character of line) {
    column += columnsOf(character, column);
    if (column - startColumn > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** `text` filled with spaces to `columns`; longer text is left as it is. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}
