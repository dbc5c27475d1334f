import type { Registry } from '../core/registry.js';
import type { AnyTask } from '../core/task.js';

/** A task kind with its name. */
export interface NamedKind {
  readonly kind: string;
  readonly task: AnyTask;
}

/** Every kind, in the order of their names. */
export async function loadKinds(registry: Registry): Promise<readonly NamedKind[]> {
  const kinds: NamedKind[] = [];
  for (const kind of registry.kinds()) kinds.push({ kind, task: await registry.load(kind) });
  return kinds;
}
