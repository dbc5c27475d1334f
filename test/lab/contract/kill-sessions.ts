import { readFileSync } from 'node:fs';
import { processesIn } from '../../../src/lab/control-group.js';
import { labNames } from '../../../src/lab/lab-id.js';
import type { TestLab } from '../harness/shared-lab.js';

/** Kills every login session of sshd on the machine at once, from outside: what was connected is cut off in mid-word. */
export function killSessions({ id }: TestLab, host: string): number {
  const sessions = processesIn(`${labNames(id).prefix}/machine.${host}`).filter((pid) =>
    commandLineOf(pid).startsWith('sshd: admin'),
  );
  for (const pid of sessions) endProcess(pid);
  return sessions.length;
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself, or with its other half.
  }
}
