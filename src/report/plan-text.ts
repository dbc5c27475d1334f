import type { HostResult, TaskResult } from '../core/result.js';
import { changeLines, createDiffer, paintLine, type DiffLine, type Differ } from './change-lines.js';
import { isFailure, outcomeText } from './counts.js';
import { driftLine } from './drift-text.js';
import { PLAIN_PALETTE, type Palette } from './palette.js';
import { visibleLine } from './sanitize.js';
import { cutToWidth } from './text-width.js';
import { wrapWords } from './wrap-text.js';

/** How text looks on its output. */
export interface TextStyle {
  readonly palette: Palette;
  /** Columns to cut lines to; undefined: nothing is cut. */
  readonly width: number | undefined;
}

/** What becomes of an item, in a character: it appears, changes, goes, cannot be known yet, failed. */
export type Sign = '+' | '~' | '-' | '?' | '!';

const ITEM_INDENT = 2;
const CHANGE_INDENT = 6;

/** Undefined: nothing would change. */
export function signOf(task: TaskResult): Sign | undefined {
  if (task.status === 'failed') return '!';
  if (task.status === 'unknown') return '?';
  if (task.changes.length === 0) return undefined;
  const state = task.changes.find((change) => change.field === 'state');
  if (state?.after === 'absent') return '-';
  return state?.before === 'absent' ? '+' : '~';
}

function paintSign(sign: Sign, palette: Palette): string {
  if (sign === '+') return palette.green(sign);
  if (sign === '-' || sign === '!') return palette.red(sign);
  return sign === '~' ? palette.yellow(sign) : palette.cyan(sign);
}

/** Appearing and going are what the sign says; their line would say it again. */
export function shownChanges(task: TaskResult, sign: Sign): TaskResult['changes'] {
  if (sign !== '+' && sign !== '-') return task.changes;
  return task.changes.filter((change) => change.field !== 'state');
}

/** What an apply found other than its plan had shown. */
export function differenceText(what: string): string {
  return `came out different from the plan: ${visibleLine(what)}`;
}

/** What there is to say of an item beside its changes: a reason, an error. */
export function taskNotes(task: TaskResult): DiffLine[] {
  const lines: DiffLine[] = [];
  if (task.drift !== undefined) lines.push({ text: driftLine(task.drift), tone: 'note' });
  if (task.reason !== undefined) lines.push({ text: visibleLine(task.reason), tone: 'note' });
  if (task.differsFromPlan !== undefined)
    lines.push({ text: differenceText(task.differsFromPlan), tone: 'note' });
  const [message] = task.error?.message.split('\n') ?? [];
  if (message !== undefined) lines.push({ text: visibleLine(message), tone: 'removed' });
  return lines;
}

function indented(line: DiffLine, indent: number, style: TextStyle): string {
  const columns = style.width === undefined ? undefined : style.width - indent;
  return ' '.repeat(indent) + paintLine(cutToWidth(line.text, columns, indent), line.tone, style.palette);
}

function taskText(task: TaskResult, differ: Differ, style: TextStyle): string[] {
  const sign = signOf(task);
  if (sign === undefined) return [];
  const subject = visibleLine(task.subject ?? task.name);
  const about = task.subject === undefined ? task.kind : `${task.kind}: ${visibleLine(task.name)}`;
  const columns = style.width === undefined ? undefined : style.width - ITEM_INDENT - 2;
  const guarded = task.isGuarded === true ? ', guarded' : '';
  const title = cutToWidth(`${subject}  (${about}${guarded})`, columns);
  const lines = shownChanges(task, sign).flatMap((change) =>
    changeLines(change, {
      subject: task.subject ?? task.name,
      isSensitive: task.sensitive,
      isNew: sign === '+',
      differ,
    }),
  );
  return [
    `${' '.repeat(ITEM_INDENT)}${paintSign(sign, style.palette)} ${title}`,
    ...lines.map((line) => indented(line, CHANGE_INDENT, style)),
    ...taskNotes(task).flatMap((line) => wrapped(line, CHANGE_INDENT, style)),
  ];
}

/** A sentence of homelab's own: its end says as much as its beginning, so that it is broken and not cut. */
function wrapped(line: DiffLine, indent: number, style: TextStyle): string[] {
  const columns = style.width === undefined ? undefined : style.width - indent;
  return wrapWords(line.text, columns).map((text) => indented({ ...line, text }, indent, style));
}

function noteText(note: string, style: TextStyle): string[] {
  return wrapped({ text: `note: ${visibleLine(note)}`, tone: 'note' }, ITEM_INDENT, style);
}

interface HostGroup {
  readonly hosts: string[];
  readonly outcome: string;
  readonly status: HostResult['status'];
  readonly lines: readonly string[];
}

function groupHosts(hosts: readonly HostResult[], differ: Differ, style: TextStyle): HostGroup[] {
  const groups = new Map<string, HostGroup>();
  for (const host of hosts) {
    const notes = (host.notes ?? []).flatMap((note) => noteText(note, style));
    const lines = [...notes, ...host.tasks.flatMap((task) => taskText(task, differ, style))];
    const outcome = outcomeText(host);
    const key = JSON.stringify([host.status, outcome, lines]);
    const group = groups.get(key) ?? { hosts: [], outcome, status: host.status, lines };
    group.hosts.push(visibleLine(host.host));
    groups.set(key, group);
  }
  return [...groups.values()];
}

function paintOutcome(group: HostGroup, palette: Palette): string {
  if (isFailure(group.status)) return palette.red(group.outcome);
  return group.status === 'ok' ? palette.green(group.outcome) : palette.yellow(group.outcome);
}

/**
 * The plan (or drift) of some hosts: a line per host, under it a line per item that differs (`+` appears, `~` changes,
 * `-` goes, `?` cannot be known yet, `!` failed) and its changes. Hosts with the same diff are shown once, together.
 * Ends with a newline; empty for no hosts. Everything from a host is made safe for a terminal.
 */
export function planText(
  hosts: readonly HostResult[],
  style: TextStyle = { palette: PLAIN_PALETTE, width: undefined },
): string {
  const { palette } = style;
  return groupHosts(hosts, createDiffer(), style)
    .map(
      (group) =>
        `${palette.bold(group.hosts.join(', '))}  ${paintOutcome(group, palette)}\n${joined(group.lines)}`,
    )
    .join('');
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
