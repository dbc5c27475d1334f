import Table from 'cli-table3';
import type { Palette } from './palette.js';
import { visibleLine } from './sanitize.js';
import { textWidth } from './text-width.js';

/** How a table looks on its output. */
export interface TableStyle {
  readonly palette: Palette;
  /** Columns the table has to fit; undefined: as wide as it needs. */
  readonly width: number | undefined;
}

const GAP = '  ';
const NARROWEST_COLUMN = 6;

/** No borders: what is copied from a terminal is the text alone. */
const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
};

/** Takes columns away from the widest, one at a time, until the table fits or none can give any more. */
function fitColumns(widths: readonly number[], available: number): number[] {
  const fitted = [...widths];
  let excess = fitted.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = Math.max(...fitted);
    if (widest <= NARROWEST_COLUMN) break;
    fitted[fitted.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return fitted;
}

/**
 * A table without borders: the head, then a line or more per row. Where `width` is too small for it the widest columns
 * wrap. Cells are made safe for a terminal. Ends with a newline; only the head where there are no rows.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { palette, width }: TableStyle,
): string {
  const cells = [head, ...rows].map((row) => head.map((_, column) => visibleLine(row[column] ?? '')));
  const natural = head.map((_, column) => Math.max(1, ...cells.map((row) => textWidth(row[column] ?? ''))));
  const gaps = GAP.length * (head.length - 1);
  const widths = width === undefined ? natural : fitColumns(natural, width - gaps);
  const table = new Table({
    chars: NO_BORDERS,
    colWidths: widths,
    wordWrap: true,
    wrapOnWordBoundary: widths.every((columns, index) => columns === natural[index]),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  table.push(...cells);
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const headLines = headHeight(cells[0] ?? [], widths);
  return lines.map((line, index) => `${index < headLines ? palette.bold(line) : line}\n`).join('');
}

function headHeight(head: readonly string[], widths: readonly number[]): number {
  return Math.max(1, ...head.map((cell, column) => Math.ceil(textWidth(cell) / (widths[column] ?? 1))));
}
