import { MASK } from '../core/secret.js';
import { paintLine, type DiffLine } from './change-lines.js';
import { timeText } from './local-time.js';
import type { TextStyle } from './plan-text.js';
import { visible, visibleLine } from './sanitize.js';
import { renderTable } from './tables.js';
import { cutToWidth } from './text-width.js';

/** How a recorded run ended, as far as this machine can tell. */
export type RunOutcome = 'done' | 'failed' | 'interrupted' | 'cut off' | 'running';

interface TaskView {
  readonly host: string;
  readonly name: string;
  readonly kind: string;
  readonly subject?: string | undefined;
  readonly status: string;
  readonly changes: readonly {
    readonly field: string;
    readonly before?: unknown;
    readonly after?: unknown;
    readonly diff?: string | undefined;
  }[];
  readonly differsFromPlan?: string | undefined;
  readonly error?: { readonly message: string } | null | undefined;
}

/** A recorded run. Its values were masked when they were recorded. */
export interface RunView {
  readonly run: string;
  readonly at: string;
  readonly command: string;
  readonly by: string;
  readonly hosts: readonly string[];
  readonly outcome: RunOutcome;
  readonly tasks: readonly TaskView[];
  readonly ended: readonly { readonly host: string; readonly status: string }[];
  readonly end?: { readonly exitCode: number; readonly durationMs: number } | undefined;
}

/** The runs as a table, or a line that there are none. */
export function historyText(runs: readonly RunView[], style: TextStyle): string {
  if (runs.length === 0) return 'No run of this project is recorded yet.\n';
  const rows = runs.map((view) => [
    view.run,
    timeText(view.at),
    view.command,
    view.by,
    hostsText(view.hosts),
    String(changedIn(view)),
    view.outcome,
  ]);
  return renderTable(['run', 'when', 'command', 'by', 'hosts', 'changed', 'outcome'], rows, style);
}

/** One run: its hosts, and on each what was changed or failed. */
export function runText(view: RunView, style: TextStyle): string {
  const { palette } = style;
  const took = view.end === undefined ? '' : ` after ${(view.end.durationMs / 1000).toFixed(1)} s`;
  const head = `${palette.bold(`run ${visibleLine(view.run)}`)}  ${visibleLine(view.command)} by ${visibleLine(view.by)}, ${timeText(view.at)}, ${view.outcome}${took}\n`;
  const hosts = view.hosts.map((host) => {
    const status = view.ended.find((one) => one.host === host)?.status ?? view.outcome;
    const tasks = view.tasks.filter((task) => task.host === host);
    return `${palette.bold(visibleLine(host))}  ${visibleLine(status)}\n${tasks.map((task) => taskText(task, style)).join('')}`;
  });
  return head + hosts.join('');
}

/** The same for a program; `isWhole`: with what each run changed. */
export function historyDocument(runs: readonly RunView[], isWhole: boolean): Record<string, unknown> {
  const documents = runs.map((view) => ({
    run: view.run,
    at: view.at,
    command: view.command,
    by: view.by,
    outcome: view.outcome,
    exitCode: view.end?.exitCode ?? null,
    durationMs: view.end?.durationMs ?? null,
    changed: changedIn(view),
    hosts: view.hosts.map((host) => ({
      host,
      status: view.ended.find((one) => one.host === host)?.status ?? null,
      ...(isWhole ? { tasks: view.tasks.filter((task) => task.host === host) } : {}),
    })),
  }));
  return { command: 'history', version: 1, exitCode: 0, runs: documents };
}

function changedIn({ tasks }: RunView): number {
  return tasks.filter(({ status }) => status === 'changed').length;
}

/** Hosts that fit a cell; the rest is counted. */
const HOSTS_SHOWN = 3;

function hostsText(hosts: readonly string[]): string {
  const shown = hosts.slice(0, HOSTS_SHOWN).join(', ');
  return hosts.length > HOSTS_SHOWN ? `${shown} and ${hosts.length - HOSTS_SHOWN} more` : shown;
}

function taskText(task: TaskView, { palette, width }: TextStyle): string {
  const subject = task.subject === undefined ? task.name : `${task.subject}  (${task.kind}: ${task.name})`;
  const sign = signOf(task);
  const changes = sign === '+' || sign === '-' ? withoutState(task.changes) : task.changes;
  const lines: DiffLine[] = [
    ...changes.flatMap((change) => changeText(change, sign === '+')),
    ...notesOf(task),
  ];
  const shown = lines.map(
    (line) =>
      `      ${paintLine(cutToWidth(line.text, width === undefined ? undefined : width - 6, 6), line.tone, palette)}\n`,
  );
  return `  ${palette[SIGN_COLOURS[sign]](sign)} ${visibleLine(subject)}\n${shown.join('')}`;
}

type Sign = '+' | '-' | '~' | '!';
type ChangeView = TaskView['changes'][number];

const SIGN_COLOURS = { '+': 'green', '-': 'red', '~': 'yellow', '!': 'red' } as const;

/** As in a plan: it appeared, it went, it changed, it failed. */
function signOf({ status, changes }: TaskView): Sign {
  if (status === 'failed') return '!';
  const state = changes.find(({ field }) => field === 'state');
  if (state?.after === 'absent') return '-';
  return state?.before === 'absent' ? '+' : '~';
}

function withoutState(changes: readonly ChangeView[]): readonly ChangeView[] {
  return changes.filter(({ field }) => field !== 'state');
}

function changeText(change: ChangeView, isNew: boolean): DiffLine[] {
  if (change.diff === undefined) {
    const before = String(change.before);
    // What is new has no before worth showing.
    const isPlain = isNew && (before === 'absent' || before === MASK);
    const text = `${change.field}: ${isPlain ? '' : `${before} -> `}${String(change.after)}`;
    return [{ text: visibleLine(text), tone: 'plain' }];
  }
  const tones = { '+': 'added', '-': 'removed', '@': 'hunk' } as const;
  return change.diff
    .trimEnd()
    .split('\n')
    .map((line) => ({ text: visible(line), tone: tones[line[0] as '+'] ?? 'plain' }));
}

function notesOf({ differsFromPlan, error }: TaskView): DiffLine[] {
  return [
    ...(differsFromPlan === undefined
      ? []
      : [
          {
            text: `came out different from the plan: ${visibleLine(differsFromPlan)}`,
            tone: 'note' as const,
          },
        ]),
    ...(error?.message ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ text: visible(line), tone: 'removed' as const })),
  ];
}
