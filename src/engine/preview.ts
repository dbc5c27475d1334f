import type { TaskResult } from '../core/result.js';
import type { Change } from '../core/state.js';
import { diffStates } from '../core/state.js';

/**
 * How what was applied differs from what the plan had shown, in words; undefined where it came out as shown or the
 * plan had said that it could not know.
 */
export function differsFromPlan(
  planned: TaskResult | undefined,
  applied: readonly Change[],
): string | undefined {
  if (planned === undefined || planned.status === 'unknown') return undefined;
  const shown = Object.fromEntries(planned.changes.map((change) => [change.field, change.after]));
  const done = Object.fromEntries(applied.map((change) => [change.field, change.after]));
  const fields = new Set([
    ...diffStates(shown, done).map((change) => change.field),
    ...Object.keys(shown).filter((field) => !(field in done)),
  ]);
  return fields.size === 0 ? undefined : `came out different from the plan: ${[...fields].join(', ')}`;
}
