import type { Measurement } from '../measure/interleave.js';
import { isMet, type Target } from './target.js';

const MEBIBYTE = 1024 * 1024;
const HEAD = ['', 'contender', 'median s', 'min s', 'x homelab', 'CPU s', 'RSS MB', 'all MB', 'runs'];

/**
 * The measurements as text: `x homelab` is the contender's median by homelab's in the same case, `RSS MB` the peak of its
 * largest process, `all MB` that of all its processes together.
 */
export function measurementTable(measurements: readonly Measurement[], reference = 'homelab'): string {
  const rows = measurements.map((measurement) => {
    const { scenario, medianSeconds, minSeconds, cpuSeconds, largestBytes, treePeakBytes } = measurement;
    const beside = measurements.filter((one) => one.scenario === scenario && one.case === measurement.case);
    const other = beside.length > 1 ? beside.find(({ contender }) => contender === reference) : undefined;
    return [
      measurement.case,
      measurement.contender,
      medianSeconds.toFixed(3),
      minSeconds.toFixed(3),
      other ? (medianSeconds / other.medianSeconds).toFixed(2) : '',
      cpuSeconds.toFixed(2),
      (largestBytes / MEBIBYTE).toFixed(0),
      treePeakBytes === undefined ? '' : (treePeakBytes / MEBIBYTE).toFixed(0),
      String(measurement.runs),
    ];
  });
  return layOut([HEAD.map((word) => (word === 'x homelab' ? `x ${reference}` : word)), ...rows]);
}

/** One line a target. */
export function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => [
    isMet(target) ? 'met' : 'MISSED',
    target.name,
    `${target.value.toFixed(2)}${target.unit}`,
    `${target.sense} ${target.limit}${target.unit}`,
  ]);
  return layOut([['target', '', 'is', 'to reach'], ...rows], 2);
}

/** Columns from `firstNumber` on are set to the right. */
function layOut(rows: readonly (readonly string[])[], firstNumber = 2): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column < firstNumber ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}
