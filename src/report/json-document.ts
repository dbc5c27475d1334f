import { HomelabErrors, type HomelabError } from '../core/errors.js';
import type { HostResult, RunResult, TaskResult } from '../core/result.js';
import { MASK } from '../core/secret.js';
import type { Change } from '../core/state.js';
import type { Timing } from '../core/timings.js';
import { Content } from '../core/content.js';
import { createDiffer, type Differ } from './change-lines.js';
import { driftDocument } from './drift-text.js';
import { findingsDocument } from './findings-text.js';
import { summarize } from './counts.js';
import { upgradeDocument } from './upgrade-document.js';
import { changedTexts, diffName, isHidden, valueDocument } from './values.js';

/** The version of the document; a change that breaks a reader counts it up. */
const VERSION = 1;

/** An error of a host or a task for a program; `errors` has each of several mistakes that were found together. */
export function errorDocument(error: HomelabError | null): Record<string, unknown> | null {
  if (error === null) return null;
  const { code, message, hint = null } = error;
  const each = error instanceof HomelabErrors ? { errors: error.errors.map(errorDocument) } : {};
  return { code, message, hint, ...each };
}

function diffOf(change: Change, task: TaskResult, differ: Differ): string | undefined {
  const texts = changedTexts(change, task.sensitive);
  if (texts === undefined) return undefined;
  const before = change.before instanceof Content ? change.before : null;
  const after = change.after instanceof Content ? change.after : null;
  const hunks = differ(before, after, texts);
  if (hunks === undefined) return undefined;
  const name = diffName(change, task.subject ?? task.name);
  const headers = [
    `--- ${before === null ? '/dev/null' : name}`,
    `+++ ${after === null ? '/dev/null' : name}`,
  ];
  return [...headers, ...hunks].map((line) => `${line}\n`).join('');
}

function changeDocument(change: Change, task: TaskResult, differ: Differ): Record<string, unknown> {
  if (isHidden(change, task.sensitive)) return { field: change.field, before: MASK, after: MASK };
  const diff = diffOf(change, task, differ);
  return {
    field: change.field,
    before: valueDocument(change.before),
    after: valueDocument(change.after),
    ...(diff === undefined ? {} : { diff }),
  };
}

/** A task's result for a program, as CONTRACT's `tasks[]`. */
export function taskDocument(task: TaskResult, differ: Differ): Record<string, unknown> {
  return {
    id: task.id,
    name: task.name,
    kind: task.kind,
    ...(task.subject === undefined ? {} : { subject: task.subject }),
    status: task.status,
    ...(task.isGuarded === true ? { guarded: true } : {}),
    changes: task.changes.map((change) => changeDocument(change, task, differ)),
    ...(task.reason === undefined ? {} : { reason: task.reason }),
    ...(task.differsFromPlan === undefined ? {} : { differsFromPlan: task.differsFromPlan }),
    ...(task.drift === undefined ? {} : { drift: task.drift }),
    error: errorDocument(task.error),
  };
}

/** A host's result for a program, as CONTRACT's `hosts[]`. */
export function hostDocument(host: HostResult, differ: Differ): Record<string, unknown> {
  return {
    host: host.host,
    status: host.status,
    durationMs: host.durationMs,
    roundTrips: host.roundTrips,
    error: errorDocument(host.error),
    ...(host.notes === undefined || host.notes.length === 0 ? {} : { notes: host.notes }),
    tasks: host.tasks.map((task) => taskDocument(task, differ)),
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** Where the time went for a program: milliseconds since the process began, to a tenth. */
export function timingsDocument(timings: readonly Timing[]): Record<string, unknown>[] {
  return timings.map(({ phase, host, startMs, durationMs }) => ({
    phase,
    host,
    startMs: tenths(startMs),
    durationMs: tenths(durationMs),
  }));
}

/**
 * The whole run for a program: CONTRACT's "JSON of plan, provision, harden, drift". Values that are secret are `***`
 * before and after, contents are their SHA-256 with a unified `diff` beside them where both are text.
 */
export function runDocument(result: RunResult): Record<string, unknown> {
  const differ = createDiffer();
  return {
    command: result.command,
    version: VERSION,
    run: result.run,
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    hosts: result.hosts.map((host) => hostDocument(host, differ)),
    summary: summarize(result.hosts),
    ...(result.timings === undefined ? {} : { timings: timingsDocument(result.timings) }),
    ...(result.findings === undefined ? {} : { findings: findingsDocument(result.findings) }),
    ...(result.upgrade === undefined ? {} : upgradeDocument(result.upgrade)),
    ...(result.drift === undefined ? {} : { drift: driftDocument(result.drift) }),
  };
}
