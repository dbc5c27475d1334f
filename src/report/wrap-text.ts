import { textWidth } from './text-width.js';

/**
 * One line of words as several of at most `columns` terminal columns, broken at blanks. A word that is longer is left whole.
 * Undefined `columns`: one line. Never empty.
 */
export function wrapWords(line: string, columns: number | undefined): string[] {
  if (columns === undefined || textWidth(line) <= columns) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && textWidth(longer) > columns) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}
