import type { ServiceDowntime } from '../core/downtime.js';
import { PLAIN_PALETTE } from './palette.js';
import { visibleLine } from './sanitize.js';
import { renderTable, type TableStyle } from './tables.js';
import { textWidth } from './text-width.js';

/** Seconds that each service may be away in all, by its name; what is not in it is not to be away. */
export type PromisedSeconds = ReadonlyMap<string, number>;

const BROKEN = '!';

/**
 * A table of what was away, was to be away, or was not seen; the rest is counted. What was away for longer than was promised,
 * or still is, has a mark. Where the table does not fit, a line for each.
 */
export function downtimeText(
  services: readonly ServiceDowntime[],
  promised: PromisedSeconds,
  style: TableStyle,
): string {
  if (services.length === 0) return '';
  const { palette } = style;
  const shown = services.filter(
    (one) => one.interruptions > 0 || one.unseenMs > 0 || (promised.get(one.name) ?? 0) > 0,
  );
  const isUnseen = shown.some(({ unseenMs }) => unseenMs > 0);
  const head = ['', 'service', 'longest', 'total', 'times', 'promised', ...(isUnseen ? ['not seen'] : [])];
  const rows = shown.map((one) => rowOf(one, promised, isUnseen));
  const broken = shown.filter((one) => isBroken(one, promised)).length;
  return [
    ...(shown.length === 0 ? [] : [tableText(head, rows, style)]),
    restText(services.length - shown.length, shown.length),
    ...(broken === 0
      ? []
      : [palette.red(`${BROKEN} ${broken === 1 ? 'it was' : 'they were'} away for longer than promised\n`)]),
  ].join('');
}

/** The same for a program; times are in milliseconds, what was promised is in seconds. */
export function downtimeDocument(
  services: readonly ServiceDowntime[],
  promised: PromisedSeconds,
): readonly Record<string, unknown>[] {
  return services.map((one) => ({
    service: one.name,
    host: one.host ?? null,
    redundant: one.isRedundant,
    longestMs: Math.round(one.longestMs),
    totalMs: Math.round(one.totalMs),
    interruptions: one.interruptions,
    unseenMs: Math.round(one.unseenMs),
    samples: one.samples,
    down: one.isDown,
    promisedSeconds: promised.get(one.name) ?? 0,
    kept: !isBroken(one, promised),
  }));
}

function isBroken({ name, totalMs, isDown }: ServiceDowntime, promised: PromisedSeconds): boolean {
  return isDown || totalMs > (promised.get(name) ?? 0) * 1000;
}

function rowOf(one: ServiceDowntime, promised: PromisedSeconds, isUnseen: boolean): string[] {
  return [
    isBroken(one, promised) ? BROKEN : '',
    one.name,
    durationText(one.longestMs),
    `${durationText(one.totalMs)}${one.isDown ? ', still away' : ''}`,
    String(one.interruptions),
    durationText((promised.get(one.name) ?? 0) * 1000),
    ...(isUnseen ? [durationText(one.unseenMs)] : []),
  ];
}

function restText(rest: number, shown: number): string {
  if (rest === 0) return '';
  if (shown > 0) return `${rest} other${rest === 1 ? ' was' : 's were'} never away\n`;
  return rest === 1 ? 'the one service was never away\n' : `none of ${rest} services was ever away\n`;
}

/** Tenths of a second as long as those are worth something: `0 s`, `1.5 s`, `72 s`, `12 min 5 s`. */
function durationText(ms: number): string {
  if (ms === 0) return '0 s';
  if (ms < 9950) return `${(Math.ceil(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { palette, width }: TableStyle,
): string {
  const plain = renderTable(head, rows, { palette: PLAIN_PALETTE, width: undefined });
  if (width === undefined || plain.split('\n').every((line) => textWidth(line) <= width)) {
    const table = renderTable(head, rows, { palette, width: undefined });
    return table.replaceAll(new RegExp(`^${BROKEN}.*$`, 'gm'), (line) => palette.red(line));
  }
  const lineOf = ([mark = '', name = '', ...cells]: readonly string[]): string => {
    const facts = cells.map((cell, index) => `  ${head[index + 2]}: ${cell}\n`).join('');
    const title = `${mark === '' ? '' : `${mark} `}${visibleLine(name)}`;
    return `${mark === '' ? title : palette.red(title)}\n${facts}`;
  };
  return rows.map(lineOf).join('');
}
