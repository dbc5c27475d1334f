import type { EventSink, RunEvent } from '../core/events.js';
import type { HostResult, TaskResult } from '../core/result.js';
import { failureLine, isFailure, outcomeText } from './counts.js';
import type { Palette } from './palette.js';
import { differenceText } from './plan-text.js';
import { visibleLine } from './sanitize.js';
import { padToWidth } from './text-width.js';

const STATUS_COLUMNS = 11;
const WIDEST_HOST_COLUMNS = 32;

/** How lines of progress look and where they go. */
export interface ProgressOptions {
  readonly palette: Palette;
  /** Takes whole lines, newline included. */
  readonly write: (text: string) => void;
  /** Whether a host's plan is told in a line as it is known; off where the whole plan follows. */
  readonly showsPlanned: boolean;
}

const QUIET_STATUSES: readonly TaskResult['status'][] = ['ok', 'skipped'];

function taskDetail(task: TaskResult): string {
  const different = task.differsFromPlan === undefined ? undefined : differenceText(task.differsFromPlan);
  const detail = task.error?.message.split('\n')[0] ?? different ?? task.reason;
  return detail === undefined ? task.name : `${task.name}: ${detail}`;
}

/**
 * Events as lines: host, status, what. A line says the same wherever it stands, so hosts may interleave. What is as it
 * should be says nothing until its host is done.
 */
export function createPlainProgress({ palette, write, showsPlanned }: ProgressOptions): EventSink {
  let hostColumns = 0;
  const failedHosts = new Set<string>();

  const paintStatus = (status: string): string => {
    const padded = padToWidth(status, STATUS_COLUMNS);
    if (status === 'failed' || status === 'unreachable' || status === 'rolled-back')
      return palette.red(padded);
    if (status === 'begins') return palette.dim(padded);
    return status === 'ok' ? palette.green(padded) : palette.yellow(padded);
  };
  const line = (host: string, status: string, text: string): void => {
    write(`${padToWidth(visibleLine(host), hostColumns)}  ${paintStatus(status)}  ${visibleLine(text)}\n`);
  };
  const hostLine = (result: HostResult): void => {
    if (isFailure(result.status)) {
      if (failedHosts.has(result.host)) return;
      failedHosts.add(result.host);
    }
    line(result.host, result.status, isFailure(result.status) ? failureLine(result) : outcomeText(result));
  };
  const show = (event: RunEvent): void => {
    switch (event.type) {
      case 'run-started':
        hostColumns = Math.min(WIDEST_HOST_COLUMNS, Math.max(0, ...event.hosts.map((host) => host.length)));
        return;
      case 'host-planned':
        if (showsPlanned) hostLine(event.result);
        return;
      case 'play-started':
        write(`play ${visibleLine(event.play)} on ${visibleLine(event.hosts.join(', '))}\n`);
        return;
      case 'wave-started':
        write(`wave ${event.wave} of ${event.count}: ${visibleLine(event.hosts.join(', '))}\n`);
        return;
      case 'task-started':
        if (event.isLong === true) line(event.host, 'begins', event.name);
        return;
      case 'task-finished':
        // The task's line says why its host failed.
        if (event.result.status === 'failed') failedHosts.add(event.host);
        if (!QUIET_STATUSES.includes(event.result.status) || event.result.differsFromPlan !== undefined)
          line(event.host, event.result.status, taskDetail(event.result));
        return;
      case 'host-finished':
        hostLine(event.result);
        return;
      case 'interrupted':
        write('interrupted: what runs is ended, the rest is skipped\n');
        return;
      case 'host-started':
      case 'host-connected':
        return;
    }
  };
  return show;
}
