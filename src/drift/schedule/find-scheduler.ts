import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HomelabError } from '../../core/errors.js';
import { CronScheduler } from './cron-scheduler.js';
import { runProgram } from './run-program.js';
import type { Scheduler } from './scheduler.js';
import { SystemdScheduler } from './systemd-scheduler.js';

export interface SchedulerPlace {
  readonly isRoot: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the project, absolute: cron's script is kept in it. */
  readonly stateFolder: string;
}

/** There wherever systemd is process 1 (sd_booted(3)). */
const BOOTED = '/run/systemd/system';

/** Who starts checks on this machine. @throws HomelabError `schedule/no-scheduler` */
export function findScheduler({ isRoot, env, stateFolder }: SchedulerPlace): Scheduler {
  if (existsSync(BOOTED)) {
    const folder = isRoot ? '/etc/systemd/system' : join(configFolder(env), 'systemd', 'user');
    return new SystemdScheduler({ isSystem: isRoot, folder, run: runProgram });
  }
  if (isInPath('crontab', env['PATH'])) {
    return new CronScheduler({ folder: join(stateFolder, 'schedule'), run: runProgram });
  }
  throw new HomelabError({
    code: 'schedule/no-scheduler',
    message: 'this machine has neither systemd nor crontab',
    hint: 'Install cron, or let what you have run `homelab drift`: exit code 2 is drift.',
  });
}

/** XDG Base Directory Specification. */
function configFolder(env: SchedulerPlace['env']): string {
  const given = env['XDG_CONFIG_HOME'];
  return given?.startsWith('/') === true ? given : join(env['HOME'] ?? homedir(), '.config');
}

function isInPath(program: string, path = '/usr/bin:/bin'): boolean {
  return path.split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder.startsWith('/');
    } catch {
      return false;
    }
  });
}
