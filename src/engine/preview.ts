import type { TaskResult, TaskStatus } from '../core/result.js';
import type { Change } from '../core/state.js';
import { diffStates } from '../core/state.js';

/** What an apply came to with one item. */
interface Outcome {
  readonly status: TaskStatus;
  readonly changes: readonly Change[];
}

/**
 * What came out other than the plan had shown, in words: the fields that differ. Undefined where it came out as shown,
 * or the plan had said that it could not know.
 */
export function differsFromPlan(planned: TaskResult | undefined, applied: Outcome): string | undefined {
  if (planned === undefined || planned.status === 'unknown') return undefined;
  if (applied.status === 'skipped' || planned.status === 'skipped')
    return applied.status === planned.status ? undefined : 'what it waits for';
  const shown = Object.fromEntries(planned.changes.map((change) => [change.field, change.after]));
  const done = Object.fromEntries(applied.changes.map((change) => [change.field, change.after]));
  const fields = new Set([
    ...diffStates(shown, done).map((change) => change.field),
    ...Object.keys(shown).filter((field) => !(field in done)),
  ]);
  return fields.size === 0 ? undefined : [...fields].join(', ');
}
