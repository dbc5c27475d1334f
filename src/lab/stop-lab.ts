import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasGroup, processesIn, removeGroup } from './control-group.js';
import { withLock } from './exclusive-lock.js';
import { killAll } from './kill-processes.js';
import { labNames, LABS_FOLDER, type LabNames } from './lab-id.js';
import { processesInNamespaces, removeNetwork } from './network.js';
import { unmountBelow } from './mounts.js';
import { mustRun } from './run-program.js';

/** Held while a lab is made or removed: what all labs share (mount points, folders) is looked after by one at a time. */
export const LABS_LOCK = '/run/lock/homelab-lab.lock';

/** Where systemd-nspawn(1) keeps its locks and its doors to machines; it leaves them behind when it is killed. */
const NSPAWN_FOLDER = '/run/systemd/nspawn';

/**
 * Ends the lab and removes all of it: processes, mounts, namespaces, control groups, files. Needs no state, so it
 * also clears up after a crash. Resolves to false where there was nothing.
 * @throws HomelabError `lab/bad-id`, `lab/cannot-kill`, `lab/cannot-remove`
 */
export async function stopLab(id: string): Promise<boolean> {
  const names = labNames(id);
  return withLock(LABS_LOCK, () => removeLab(names));
}

/** {@link stopLab} for those who hold {@link LABS_LOCK}. */
export async function removeLab(names: LabNames): Promise<boolean> {
  const wasThere = existsSync(names.folder) || hasGroup(names.prefix);
  await killAll(async () => [...processesIn(names.prefix), ...(await processesInNamespaces(names.prefix))]);
  removeNspawnLeftovers(names);
  await unmountBelow(names.folder);
  await removeNetwork(names.prefix);
  removeGroup(names.prefix);
  // Mounts are gone, or this stops at them: nothing outside of the lab is ever removed.
  await mustRun(['rm', '-rf', '--one-file-system', names.folder]);
  removeIfEmpty(LABS_FOLDER);
  return wasThere;
}

function removeNspawnLeftovers(names: LabNames): void {
  const machines = join(names.folder, 'machines');
  for (const hostname of existsSync(machines) ? readdirSync(machines) : []) {
    const root = join(machines, hostname, 'root');
    if (!existsSync(root)) continue;
    const { dev, ino } = statSync(root);
    rmSync(join(NSPAWN_FOLDER, `locks/inode-${dev}:${ino}`), { force: true });
  }
  for (const kind of ['propagate', 'unix-export']) {
    const folder = join(NSPAWN_FOLDER, kind);
    for (const name of existsSync(folder) ? readdirSync(folder) : [])
      if (new RegExp(`^homelab-${names.id}-\\d+$`).test(name)) removeIfEmpty(join(folder, name));
    removeIfEmpty(folder);
  }
  removeIfEmpty(join(NSPAWN_FOLDER, 'locks'));
  removeIfEmpty(NSPAWN_FOLDER);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use by others, or was never there.
  }
}
