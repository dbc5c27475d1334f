import type { HostMarks } from '../../core/drift.js';
import type { HostConfig } from '../../core/host-config.js';
import type { RemoteShell } from '../../core/shell.js';
import { lastBackup } from '../../probes/last-backup.js';
import { rebootMarks } from '../../probes/reboot-marks.js';
import { rebootReason } from '../../probes/reboot-reason.js';

/**
 * What a host tells beside its items, over a connection that is open: whether it has to be booted anew, and when its last
 * backup was made where the inventory names one (`backup`). Only reads. `now` is the time of this machine.
 * @throws HomelabError `probes/no-answer`, `transport/…`
 */
export async function readMarks(
  { rolling: { backup } }: HostConfig,
  shell: RemoteShell,
  now: Date,
): Promise<HostMarks> {
  const [marks, last] = await Promise.all([
    shell.read(rebootMarks, ''),
    backup === undefined ? undefined : lastBackup(shell, backup.at, now),
  ]);
  return { rebootReason: rebootReason(marks) ?? null, lastBackupSeconds: last && secondsOf(last) };
}

function secondsOf(last: Awaited<ReturnType<typeof lastBackup>>): number | null {
  return 'seconds' in last ? last.seconds : null;
}
