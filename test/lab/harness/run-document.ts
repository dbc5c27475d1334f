import { z } from 'zod';
import { DRIFT_CAUSES, DRIFT_STATES } from '../../../src/core/drift.js';
import type { ProgramResult } from '../../../src/lab/run-program.js';

const mistakeSchema = z.strictObject({
  code: z.string(),
  message: z.string().min(1),
  hint: z.string().nullable(),
});

/** `errors`: of several mistakes that were found together, each. */
const errorSchema = mistakeSchema.extend({ errors: z.array(mistakeSchema).min(2).optional() }).nullable();

const causeSchema = z.enum(DRIFT_CAUSES);
const timeSchema = z.iso.datetime();

const itemDriftSchema = z.strictObject({
  cause: causeSchema,
  fields: z.record(z.string(), causeSchema),
  since: timeSchema,
  inSyncAt: timeSchema.nullable(),
});

const taskSchema = z.strictObject({
  // play/item, or play/role/item
  id: z.string().regex(/^[\p{L}\p{N}-]+(?:\/[\p{L}\p{N}-]+){1,2}$/u),
  name: z.string(),
  kind: z.string(),
  subject: z.string().optional(),
  status: z.enum(['ok', 'changed', 'pending', 'unknown', 'failed', 'skipped']),
  guarded: z.literal(true).optional(),
  changes: z.array(
    z.strictObject({
      field: z.string(),
      before: z.unknown(),
      after: z.unknown(),
      diff: z.string().optional(),
    }),
  ),
  reason: z.string().optional(),
  differsFromPlan: z.string().optional(),
  drift: itemDriftSchema.optional(),
  error: errorSchema,
});

const count = z.int().min(0);

const findingSchema = z.strictObject({
  of: z.string(),
  name: z.string(),
  changes: z.array(z.strictObject({ field: z.string(), before: z.unknown(), after: z.unknown() })),
});

const findingsSchema = z.array(
  z.strictObject({
    host: z.string(),
    looked: count,
    before: z.array(findingSchema),
    after: z.array(findingSchema),
  }),
);

const driftSchema = z.looseObject({
  at: timeSchema,
  hosts: z.array(z.looseObject({ host: z.string(), state: z.enum(DRIFT_STATES) })),
});

/** What `plan`, `provision`, `harden` and `drift` print with `--json`: nothing is missing, nothing is there that nobody promised. */
export const runDocumentSchema = z.strictObject({
  command: z.enum(['plan', 'provision', 'harden', 'drift']),
  version: z.literal(1),
  run: z.string().min(1),
  exitCode: z.union([0, 1, 2, 130].map((code) => z.literal(code))),
  durationMs: count,
  hosts: z.array(
    z.strictObject({
      host: z.string(),
      status: z.enum([
        'ok',
        'changed',
        'pending',
        'drifted',
        'failed',
        'unreachable',
        'skipped',
        'rolled-back',
      ]),
      durationMs: count,
      roundTrips: count,
      error: errorSchema,
      notes: z.array(z.string()).optional(),
      tasks: z.array(taskSchema),
    }),
  ),
  summary: z.strictObject({
    hosts: count,
    ok: count,
    changed: count,
    pending: count,
    failed: count,
    unreachable: count,
    skipped: count,
  }),
  findings: findingsSchema.optional(),
  drift: driftSchema.optional(),
});

export type RunDocument = z.output<typeof runDocumentSchema>;
export type HostDocument = RunDocument['hosts'][number];
export type TaskDocument = HostDocument['tasks'][number];

/** The document on stdout, which has to hold that and nothing else. */
export function documentOf(result: Pick<ProgramResult, 'stdout' | 'stderr'>): RunDocument {
  try {
    return runDocumentSchema.parse(JSON.parse(result.stdout));
  } catch (cause) {
    throw new Error(`not a run's document:\n${result.stdout.slice(0, 500)}\n${result.stderr}`, { cause });
  }
}

/** The part about one host. */
export function hostOf(document: RunDocument, name: string): HostDocument {
  const host = document.hosts.find((one) => one.host === name);
  if (host === undefined) throw new Error(`nothing about ${name}`);
  return host;
}

/** Each host's status by its name. */
export function statusesOf(document: RunDocument): Record<string, string> {
  return Object.fromEntries(document.hosts.map(({ host, status }) => [host, status]));
}

/** Whatever is not as it should be, as `HOST SUBJECT FIELD`, sorted. */
export function differencesOf(document: RunDocument): string[] {
  return document.hosts
    .flatMap(({ host, tasks }) =>
      tasks.flatMap(({ subject, name, changes }) =>
        changes.map(({ field }) => `${host} ${subject ?? name} ${field}`),
      ),
    )
    .toSorted();
}
