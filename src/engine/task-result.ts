import type { HomelabError } from '../core/errors.js';
import type { Item } from '../core/item.js';
import type { TaskResult, TaskStatus } from '../core/result.js';
import type { Change } from '../core/state.js';
import { touchesOf } from './touches.js';

interface Outcome {
  readonly status: TaskStatus;
  readonly changes?: readonly Change[];
  readonly reason?: string | undefined;
  readonly differsFromPlan?: string | undefined;
  readonly error?: HomelabError;
}

/** The result of `item` with `outcome`. */
export function taskResult(item: Item, outcome: Outcome): TaskResult {
  return {
    id: item.id,
    name: item.name,
    kind: item.kind,
    subject: touchesOf(item)?.[0]?.replace(/^[a-z]+:/, ''),
    status: outcome.status,
    changes: outcome.changes ?? [],
    sensitive: item.sensitive,
    reason: outcome.reason,
    differsFromPlan: outcome.differsFromPlan,
    error: outcome.error ?? null,
  };
}
