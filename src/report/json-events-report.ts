import type { RunEvent } from '../core/events.js';
import type { RunResult } from '../core/result.js';
import { createDiffer, type Differ } from './change-lines.js';
import { summarize } from './counts.js';
import { driftDocument } from './drift-text.js';
import { hostDocument, taskDocument, timingsDocument } from './json-document.js';
import type { Report, ReportOptions } from './report.js';
import { safeJson } from './sanitize.js';

/** An event for a program: the same fields, its result as in the document of the whole run. */
export function eventDocument(event: RunEvent, differ: Differ): Record<string, unknown> {
  switch (event.type) {
    case 'host-planned':
    case 'host-finished':
      return { type: event.type, ...hostDocument(event.result, differ) };
    case 'task-finished':
      return { type: event.type, host: event.host, ...taskDocument(event.result, differ) };
    default:
      return { ...event };
  }
}

/** The last event: how the run ended. */
export function endDocument(result: RunResult): Record<string, unknown> {
  const { command, run, exitCode, durationMs } = result;
  return {
    type: 'run-finished',
    command,
    run,
    exitCode,
    durationMs,
    summary: summarize(result.hosts),
    ...(result.timings === undefined ? {} : { timings: timingsDocument(result.timings) }),
    ...(result.drift === undefined ? {} : { drift: driftDocument(result.drift) }),
  };
}

/** One event a line on stdout, as it happens; the last is `run-finished`. */
export async function createJsonEventsReport(options: ReportOptions): Promise<Report> {
  const differ = createDiffer();
  const write = (document: Record<string, unknown>): void =>
    void options.stdout.write(`${safeJson(document)}\n`);
  return {
    sink: (event) => write(eventDocument(event, differ)),
    showPlan: async () => {},
    pauseFor: (ask) => ask(),
    finish: async (result) => write(endDocument(result)),
    close: async () => {},
  };
}
