import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { HomelabError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { RECORD_ENDING } from './run-record.js';

const text = z.string();
const errorSchema = z.object({ code: text, message: text, hint: text.nullish() }).nullish();

const taskSchema = z.object({
  host: text,
  id: text,
  name: text,
  kind: text,
  subject: text.optional(),
  status: text,
  changes: z
    .array(z.object({ field: text, before: z.unknown(), after: z.unknown(), diff: text.optional() }))
    .default([]),
  differsFromPlan: text.optional(),
  error: errorSchema,
});

const hostSchema = z.object({ host: text, status: text, error: errorSchema });

const headerSchema = z.object({
  at: text,
  command: text,
  run: text,
  by: text,
  machine: text,
  boot: text,
  namespace: text.default(''),
  pid: z.number(),
  startTicks: z.number(),
  hosts: z.array(text),
});

const endSchema = z.object({ exitCode: z.number(), durationMs: z.number() });

export type RecordedTask = z.output<typeof taskSchema>;
export type RecordedHost = z.output<typeof hostSchema>;

/** A run as it was recorded. */
export interface RecordedRun extends z.output<typeof headerSchema> {
  /** What was applied or failed, in the order it came. */
  readonly tasks: readonly RecordedTask[];
  /** What became of each host; those that had not come to an end are missing. */
  readonly ended: readonly RecordedHost[];
  /** Undefined: it still runs, or was cut off. */
  readonly end: z.output<typeof endSchema> | undefined;
}

/** Ids of the recorded runs, the newest first. */
export function recordedRuns(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(RECORD_ENDING))
      .map((name) => name.slice(0, -RECORD_ENDING.length))
      .toSorted()
      .toReversed();
  } catch {
    return [];
  }
}

/** One run of a folder; undefined where its record cannot be read. Lines that are cut short or strange are passed over. */
export function readRun(folder: string, run: string): RecordedRun | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(folder, run + RECORD_ENDING), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const documents = lines.flatMap(parseLine);
  const ofType = <T>(type: string, schema: z.ZodType<T>): T[] =>
    documents
      .filter((document) => document['type'] === type)
      .flatMap((document) => {
        const parsed = schema.safeParse(document);
        return parsed.success ? [parsed.data] : [];
      });
  const [header] = ofType('record', headerSchema);
  if (header === undefined) return undefined;
  return {
    ...header,
    tasks: ofType('task-finished', taskSchema),
    ended: ofType('host-finished', hostSchema),
    end: ofType('run-finished', endSchema).at(-1),
  };
}

/**
 * The one recorded run that `wanted` means: `last`, its id, or the beginning of one id alone.
 * @throws HomelabError `usage/unknown-run` with the nearest id
 */
export function findRun(folder: string, wanted: string): RecordedRun {
  const ids = recordedRuns(folder);
  const meant = wanted === 'last' ? ids.slice(0, 1) : ids.filter((id) => id.startsWith(wanted));
  const [id] = ids.includes(wanted) ? [wanted] : meant.length === 1 ? meant : [];
  const run = id === undefined ? undefined : readRun(folder, id);
  if (run !== undefined) return run;
  const isMany = meant.length > 1;
  throw new HomelabError({
    code: 'usage/unknown-run',
    message: isMany ? `"${wanted}" begins ${meant.length} runs` : `no run "${wanted}" is recorded`,
    hint: isMany
      ? `They are ${meant.slice(0, 3).join(', ')}${meant.length > 3 ? ', …' : ''}.`
      : (didYouMean(wanted, ids) ?? '`homelab history` lists the runs of this project.'),
  });
}

function parseLine(line: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [value as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}
