import { join } from 'node:path';
import { HomelabError } from '../../core/errors.js';
import type { RunOwner } from '../../core/run-owner.js';
import { processLockHolder, takeProcessLock } from '../../engine/process-lock.js';

/**
 * Keeps upgrades of one project from running beside each other: two of them could take down both of a pair. A lock whose process
 * is over counts for nothing.
 * @returns what lets go of it
 * @throws HomelabError `rolling/locked`, `rolling/no-journal`
 */
export function lockUpgrades(folder: string, owner: RunOwner): () => void {
  const lock = takeLock(folder, owner);
  if (!lock.isTaken) throw locked(lock.holder);
  return lock.release;
}

function takeLock(folder: string, owner: RunOwner): ReturnType<typeof takeProcessLock> {
  try {
    return takeProcessLock(join(folder, 'lock'), owner);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** @throws HomelabError `rolling/locked` where another upgrade of the project is at work */
export function requireNoOtherUpgrade(folder: string, owner: RunOwner): void {
  const holder = processLockHolder(join(folder, 'lock'), owner);
  if (holder !== undefined) throw locked(holder);
}

function locked(holder: RunOwner | undefined): HomelabError {
  const who = holder === undefined ? 'somebody' : `${holder.by}, run ${holder.run}, process ${holder.pid}`;
  return new HomelabError({
    code: 'rolling/locked',
    message: `another upgrade of this project is at work (${who})`,
    hint: 'Two at a time could take down both of a pair. Wait for it.',
  });
}

function unwritable(folder: string, cause: unknown): HomelabError {
  return new HomelabError({
    code: 'rolling/no-journal',
    message: `cannot write in ${folder} (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    hint: 'Make the folder writable, or name another as `state` in homelab.yml.',
    cause,
  });
}
