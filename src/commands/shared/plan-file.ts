import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { HomelabError } from '../../core/errors.js';
import type { RunResult } from '../../core/result.js';
import { savedPlanSchema, type SavedPlan } from '../../engine/saved-plan.js';
import { runDocument } from '../../report/json-document.js';
import { safeJson } from '../../report/sanitize.js';
import { writeWholeFile } from '../../core/write-whole-file.js';

/** What the plays of a plan were compiled with; the same again makes the same plays. */
export interface PlanRequest {
  /** As they were given, or as the settings have them. */
  readonly playbooks: readonly string[];
  readonly tags: string;
  readonly skipTags: string;
}

const fileSchema = z.object({
  homelab: z.literal('plan'),
  version: z.literal(1),
  run: z.string(),
  at: z.string(),
  request: z.object({ playbooks: z.array(z.string()).readonly(), tags: z.string(), skipTags: z.string() }),
  saved: savedPlanSchema,
});

export type PlanFile = z.output<typeof fileSchema>;

/**
 * Writes a plan for `provision --plan`: readable by its owner alone, whole or not at all.
 * @throws HomelabError `usage/plan-file`
 */
export function writePlanFile(
  path: string,
  plan: { readonly request: PlanRequest; readonly saved: SavedPlan; readonly result: RunResult },
): void {
  const { request, saved, result } = plan;
  const document = {
    homelab: 'plan',
    version: 1,
    run: result.run,
    at: new Date().toISOString(),
    request,
    saved,
    // For people and programs that want to know what it would do; applying reads the machines again.
    result: runDocument(result),
  };
  try {
    writeWholeFile(path, `${safeJson(document, 2)}\n`, 0o600);
  } catch (cause) {
    throw planFileError(path, `cannot be written (${reasonOf(cause)})`, cause);
  }
}

/** A plan that was saved. @throws HomelabError `usage/plan-file` */
export function readPlanFile(path: string): PlanFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw planFileError(path, `cannot be read (${reasonOf(cause)})`, cause);
  }
  const parsed = fileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw planFileError(path, 'is no plan of this version of homelab', parsed.error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
}

function planFileError(path: string, what: string, cause: unknown): HomelabError {
  return new HomelabError({
    code: 'usage/plan-file',
    message: `the plan ${path} ${what}`,
    hint: 'Make one with `homelab plan --out FILE`.',
    cause,
  });
}
