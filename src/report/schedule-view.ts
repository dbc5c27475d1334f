import { timeText } from './local-time.js';
import type { Palette } from './palette.js';
import { visibleLine } from './sanitize.js';

/** A schedule as a person or a script may know it. Times are ISO 8601 in UTC. */
export interface ScheduleView {
  readonly name: string;
  readonly by: 'systemd' | 'systemd-user' | 'cron';
  readonly project: string;
  readonly every: string;
  readonly words: readonly string[];
  readonly isActive: boolean;
  readonly last: {
    readonly at: string;
    readonly isRunning: boolean;
    readonly exitCode: number | null;
    readonly failure: string | null;
  } | null;
  readonly next: string | null;
  readonly output: string;
}

const BY = { systemd: 'systemd', 'systemd-user': 'systemd of this account', cron: 'cron' } as const;
const RESULTS: Readonly<Record<number, string>> = {
  0: 'in sync',
  1: 'failed',
  2: 'drift',
  64: 'failed: the command line is wrong',
  130: 'interrupted',
};

/** What is scheduled, when it ran last and how that went, and when it runs next. */
export function scheduleText(view: ScheduleView, palette: Palette): string {
  const rows = [
    ['checks', visibleLine(['homelab', ...view.words].join(' '))],
    ['project', visibleLine(view.project)],
    ['every', `${visibleLine(view.every)}, by ${BY[view.by]} (${view.name})`],
    ['last', lastText(view, palette)],
    ['next', nextText(view, palette)],
    ['said', visibleLine(view.output)],
  ];
  return rows.map(([name = '', text = '']) => `${palette.dim(name.padEnd(8))} ${text}\n`).join('');
}

function lastText({ last }: ScheduleView, palette: Palette): string {
  if (last === null) return 'not yet';
  const at = timeText(last.at);
  if (last.isRunning) return `running since ${at}`;
  const { exitCode, failure } = last;
  if (failure !== null) return `${at}, ${palette.red(`could not run to its end: ${visibleLine(failure)}`)}`;
  if (exitCode === null) return `${at}, nobody remembers how it went`;
  const paint = { 0: palette.green, 2: palette.yellow }[exitCode] ?? palette.red;
  return `${at}, ${paint(RESULTS[exitCode] ?? `failed with exit code ${exitCode}`)}`;
}

function nextText({ next, last, isActive }: ScheduleView, palette: Palette): string {
  if (!isActive) return palette.red('never: the timer is off');
  if (next === null) return last?.isRunning === true ? 'known once this one is over' : 'nobody says';
  return timeText(next);
}
