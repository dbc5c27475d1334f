import { isFailure, outcomeText } from './counts.js';
import type { LiveModel, LiveRow } from './live-model.js';
import type { Palette } from './palette.js';
import { visibleLine } from './sanitize.js';
import { cutToWidth, padToWidth, textWidth } from './text-width.js';

/** The terminal a list is drawn for, at one moment. */
export interface Screen {
  readonly palette: Palette;
  readonly columns: number;
  /** Lines the list may take; undefined: as many as it has. */
  readonly lines: number | undefined;
  /** What turns in front of a host that works. */
  readonly frame: string;
}

interface Layout extends Screen {
  readonly hostColumns: number;
  /** Whether what a host does has a line of its own under it. */
  readonly hasSubLines: boolean;
}

const SYMBOL_COLUMNS = 2;
const GAP_COLUMNS = 2;
const WIDEST_HOST_SHARE = 0.4;
/** A last column that is written to makes some terminals wrap. */
const MARGIN_COLUMNS = 1;

function layoutFor(rows: readonly LiveRow[], screen: Screen): Layout {
  const widest = Math.max(0, ...rows.map((row) => textWidth(visibleLine(row.host))));
  return {
    ...screen,
    hostColumns: Math.min(widest, Math.floor(screen.columns * WIDEST_HOST_SHARE)),
    hasSubLines: screen.lines === undefined || rows.length * 2 <= screen.lines,
  };
}

function progressText(row: LiveRow): string {
  const changed = row.changed === 0 ? '' : `, ${row.changed} changed`;
  if (row.total === undefined) return row.finished === 0 ? '' : `${row.finished} done${changed}`;
  return `${Math.min(row.finished, row.total)}/${row.total}${changed}`;
}

function rowLine(row: LiveRow, symbol: string, text: string, layout: Layout): string {
  const name = padToWidth(cutToWidth(visibleLine(row.host), layout.hostColumns), layout.hostColumns);
  return `${symbol} ${layout.palette.bold(name)}${' '.repeat(GAP_COLUMNS)}${text}`;
}

function runningLines(row: LiveRow, layout: Layout, room: number): string[] {
  const { palette, columns } = layout;
  const symbol = palette.yellow(layout.frame);
  const progress = progressText(row);
  const current = visibleLine(row.current);
  if (!layout.hasSubLines || progress === '' || current === '') {
    const text = [progress, current].filter((part) => part !== '').join('  ');
    return [rowLine(row, symbol, cutToWidth(text, room), layout)];
  }
  const below = cutToWidth(`${' '.repeat(SYMBOL_COLUMNS)}› ${current}`, columns - MARGIN_COLUMNS);
  return [rowLine(row, symbol, cutToWidth(progress, room), layout), palette.dim(below)];
}

/** The lines of one host: symbol, name, how far it is or what became of it, and under it what it does now. */
function rowLines(row: LiveRow, layout: Layout): string[] {
  const { palette, columns, hostColumns } = layout;
  const room = columns - SYMBOL_COLUMNS - hostColumns - GAP_COLUMNS - MARGIN_COLUMNS;
  if (row.state === 'running') return runningLines(row, layout, room);
  if (row.state === 'waiting' || row.result === undefined)
    return [rowLine(row, palette.dim('·'), palette.dim(cutToWidth('waiting', room)), layout)];
  const text = cutToWidth(visibleLine(outcomeText(row.result)), room);
  const { status } = row.result;
  if (isFailure(status)) return [rowLine(row, palette.red('✖'), palette.red(text), layout)];
  if (status === 'skipped') return [rowLine(row, palette.yellow('↓'), palette.yellow(text), layout)];
  return [rowLine(row, palette.green('✔'), status === 'ok' ? text : palette.yellow(text), layout)];
}

function totalsLine(rows: readonly LiveRow[], layout: Layout): string {
  const parts = (['done', 'running', 'waiting'] as const)
    .map((state) => ({ state, count: rows.filter((row) => row.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`);
  return cutToWidth(`${rows.length} hosts: ${parts.join(', ')}`, layout.columns - MARGIN_COLUMNS);
}

/** How much a row is worth showing when not all fit: what failed, then what runs, what changed, what waits. */
function worth(row: LiveRow): number {
  if (row.state === 'running') return 3;
  if (row.state === 'waiting') return 1;
  const status = row.result?.status ?? 'ok';
  if (isFailure(status)) return 4;
  return status === 'ok' ? 0 : 2;
}

function rowsThatFit(rows: readonly LiveRow[], limit: number): LiveRow[] {
  const best = new Set(rows.toSorted((a, b) => worth(b) - worth(a)).slice(0, Math.max(0, limit)));
  return rows.filter((row) => best.has(row));
}

/** What holds for the whole run, under its rows. */
function notices({ wave, isInterrupted }: LiveModel, { palette }: Screen): string[] {
  return [
    ...(wave === '' ? [] : [palette.dim(wave)]),
    ...(isInterrupted ? [palette.yellow('interrupted: ending what runs')] : []),
  ];
}

/**
 * The live list as text, without a newline at its end. Where there are more hosts than lines, the rows worth most are
 * shown, in their order, above a line of totals.
 */
export function listText(model: LiveModel, screen: Screen): string {
  const rows = [...model.rows.values()];
  const layout = layoutFor(rows, screen);
  const notice = screen.lines === undefined ? [] : notices(model, screen);
  const limit = screen.lines === undefined ? rows.length : screen.lines - notice.length;
  if (rows.length <= limit) return [...rows.flatMap((row) => rowLines(row, layout)), ...notice].join('\n');
  const shown = rowsThatFit(rows, limit - 1);
  return [...shown.flatMap((row) => rowLines(row, layout)), totalsLine(rows, layout), ...notice].join('\n');
}
