import { roleOfItem } from '../core/item-role.js';
import type { Finding, HostFindings, HostResult, RunResult, TaskResult, TaskStatus } from '../core/result.js';

/** What holds: it did before, or does now. */
const HOLDS: readonly TaskStatus[] = ['ok', 'changed'];

/**
 * What a plan found on each host, and what is left of it after the run. Actions are no findings: they follow from them. A host
 * that was not reached has none, neither before nor after.
 */
export function findingsOf(before: RunResult, after: RunResult): readonly HostFindings[] {
  return before.hosts.map(({ host, tasks }) => {
    const looked = tasks.filter(isLookedAt);
    const end = after.hosts.find((one) => one.host === host) ?? { tasks };
    const left = end.tasks.filter((task) => looked.some(({ id }) => id === task.id));
    return {
      host,
      looked: looked.length,
      before: toFindings({ tasks: looked }),
      after: toFindings({ tasks: left }),
    };
  });
}

function isLookedAt({ status, changes }: TaskResult): boolean {
  const isAction = changes.length === 1 && changes[0]?.field === 'run';
  return status !== 'skipped' && !isAction;
}

function toFindings({ tasks }: Pick<HostResult, 'tasks'>): readonly Finding[] {
  return tasks
    .filter(({ status }) => !HOLDS.includes(status))
    .map(({ id, name, changes, sensitive }) => {
      const [play = ''] = id.split('/');
      const of = roleOfItem(id) ?? play;
      // The names of a role's items begin with the role.
      return { of, name: name.startsWith(`${of}: `) ? name.slice(of.length + 2) : name, changes, sensitive };
    });
}
