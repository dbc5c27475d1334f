import { readFileSync } from 'node:fs';

/** Start time of a process in clock ticks since boot (field 22 of proc_pid_stat(5)); undefined: there is none. */
function startTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in field 2 may hold spaces and parentheses; fields are counted after its end.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return undefined;
  }
}

/** The id of the lab that belongs to the process `pid`: two runs never share one, even where ids of processes recur. */
export function testLabId(pid: number = process.pid): string {
  return `test-${pid}-${(startTime(pid) ?? 0).toString(36)}`;
}

/** Whether `id` is a test lab whose process has ended: it crashed, or was stopped before it could clean up. */
export function isAbandoned(id: string): boolean {
  const pid = /^test-(\d+)-[a-z0-9]+$/.exec(id)?.[1];
  return pid !== undefined && testLabId(Number(pid)) !== id;
}
