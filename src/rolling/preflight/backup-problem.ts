import { ageText } from '../../core/age-text.js';
import type { BackupRule } from '../../core/rolling-settings.js';
import type { RemoteShell } from '../../core/shell.js';
import { backupName, lastBackup } from '../../probes/last-backup.js';
import type { Obstacle } from '../systems/upgrade-system.js';

/**
 * What keeps a host from being upgraded as its last backup is missing or older than `rule` allows; undefined: nothing does.
 * Only reads. `now` is the time of this machine.
 */
export async function backupProblem(
  shell: RemoteShell,
  rule: BackupRule,
  now: Date,
): Promise<Obstacle | undefined> {
  const last = await lastBackup(shell, rule.at, now);
  if ('problem' in last) return obstacle(last.problem);
  const age = now.getTime() / 1000 - last.seconds;
  if (age <= rule.maxAgeSeconds) return undefined;
  const most = ageText(rule.maxAgeSeconds);
  return obstacle(`the last backup by ${backupName(rule.at)} is ${ageText(age)} old, and may be ${most}`);
}

function obstacle(message: string): Obstacle {
  return { message, hint: 'Make a backup now, or change `backup` of the host in the inventory.' };
}
