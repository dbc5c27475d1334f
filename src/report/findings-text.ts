import type { Finding, HostFindings } from '../core/result.js';
import type { Change } from '../core/state.js';
import { MASK } from '../core/secret.js';
import { visibleLine } from './sanitize.js';
import type { TextStyle } from './plan-text.js';
import { cutToWidth } from './text-width.js';
import { isHidden, valueDocument, valueText } from './values.js';

/** Before the text of a finding, and one at the end: what writes to the last column wraps in some terminals. */
const MARK_COLUMNS = 5;

/** Differences of one finding that are named; the rest is counted. */
const MOST_CHANGES = 4;

/** What was found on each host before a run, what is left after it. */
export function findingsText(findings: readonly HostFindings[], { palette, width }: TextStyle): string {
  const blocks = findings.map(({ host, looked, before, after }) => {
    const counts = `before ${looked - before.length} of ${looked} as they should be, after ${looked - after.length}`;
    const paint = after.length === 0 ? palette.green : palette.yellow;
    const left = new Set(after.map(keyOf));
    const lines = before.map((finding) => {
      const mark = left.has(keyOf(finding)) ? palette.red('!') : palette.green('\u2713');
      const title = `${visibleLine(finding.of)}: ${visibleLine(finding.name)}`;
      const room = width === undefined ? undefined : width - MARK_COLUMNS;
      const text = cutToWidth(`${title}${changesText(finding)}`, room);
      return `  ${mark} ${text.slice(0, title.length)}${palette.dim(text.slice(title.length))}\n`;
    });
    return `${palette.bold(visibleLine(host))}  ${paint(counts)}\n${lines.join('')}`;
  });
  return `${palette.bold('findings')}\n${blocks.join('')}`;
}

function keyOf({ of, name }: Finding): string {
  return `${of}\0${name}`;
}

function changesText({ changes, sensitive }: Finding): string {
  if (changes.length === 0) return '';
  const shown = changes.slice(0, MOST_CHANGES).map((change) => {
    if (isHidden(change, sensitive)) return `${visibleLine(change.field)} ${MASK}`;
    return `${visibleLine(change.field)} ${valueText(change.before)} -> ${valueText(change.after)}`;
  });
  const rest = changes.length - shown.length;
  return `  (${shown.join(', ')}${rest === 0 ? '' : `, ${rest} more`})`;
}

/** The same for a program. */
export function findingsDocument(findings: readonly HostFindings[]): Record<string, unknown>[] {
  return findings.map(({ host, looked, before, after }) => ({
    host,
    looked,
    before: before.map(toDocument),
    after: after.map(toDocument),
  }));
}

function toDocument({ of, name, changes, sensitive }: Finding): Record<string, unknown> {
  return { of, name, changes: changes.map((change) => changeDocument(change, sensitive)) };
}

function changeDocument(change: Change, sensitive: boolean): Record<string, unknown> {
  const { field } = change;
  if (isHidden(change, sensitive)) return { field, before: MASK, after: MASK };
  return { field, before: valueDocument(change.before), after: valueDocument(change.after) };
}
