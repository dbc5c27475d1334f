import { setTimeout as delay } from 'node:timers/promises';
import { createDrainRegistry } from '../../core/drain-registry.js';
import { rebootMarks } from '../../probes/reboot-marks.js';
import { rebootReason } from '../../probes/reboot-reason.js';
import { interrupted } from '../interrupted.js';
import { hostJobs } from '../job/host-jobs.js';
import { backupProblem } from '../preflight/backup-problem.js';
import { pullProblems } from '../preflight/pull-problems.js';
import { settledState } from '../restarts/settled-state.js';
import { restartScript, staleServices } from '../restarts/stale-services.js';
import { systemOf } from '../systems/system-of.js';
import type { UpgradeTools } from './upgrade-tools.js';

/** What upgrades real hosts. */
export function createUpgradeTools(): UpgradeTools {
  return {
    systemOf,
    jobs: hostJobs,
    drains: createDrainRegistry(),
    rebootReason: async (shell) => rebootReason(await shell.read(rebootMarks, '')),
    staleServices: async (shell, facts, services) => (await staleServices(shell, facts, services)).services,
    restartScript,
    failures: async (shell, facts) => (await settledState(shell, facts)).failed,
    backupProblem: (shell, rule) => backupProblem(shell, rule, new Date()),
    pullProblems,
    pause,
  };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (cause) {
    throw interrupted(cause);
  }
}
