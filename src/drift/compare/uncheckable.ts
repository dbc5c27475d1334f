import type { HostResult } from '../../core/result.js';
import type { HostObservations } from '../../engine/observations.js';

const REASON = 'runs every time: nothing shows whether it has drifted';

/** The host without what no check can tell: commands that run every time. */
export function withoutUncheckable(host: HostResult, observations: HostObservations | undefined): HostResult {
  const ids = new Set(observations?.items.filter((one) => one.isUncheckable).map(({ id }) => id));
  if (ids.size === 0) return host;
  const tasks = host.tasks.map((task) =>
    ids.has(task.id) && task.status !== 'failed'
      ? { ...task, status: 'skipped' as const, changes: [], reason: REASON }
      : task,
  );
  return { ...host, tasks };
}
