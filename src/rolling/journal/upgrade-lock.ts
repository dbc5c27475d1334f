import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HomelabError } from '../../core/errors.js';
import { parseRunOwner, type RunOwner } from '../../core/run-owner.js';
import { isOwnerGone } from '../../engine/run-owner.js';

/**
 * Keeps upgrades of one project from running beside each other: two of them could take down both of a pair. A lock whose process
 * is over counts for nothing.
 * @returns what lets go of it
 * @throws HomelabError `rolling/locked`, `rolling/no-journal`
 */
export function lockUpgrades(folder: string, owner: RunOwner): () => void {
  const path = join(folder, 'lock');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(path, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(folder, cause);
    }
    const holder = holderOf(path);
    if (holder !== undefined && !isOwnerGone(holder, owner)) throw locked(holder);
    rmSync(path, { force: true });
  }
  throw locked(undefined);
}

/** @throws HomelabError `rolling/locked` where another upgrade of the project is at work */
export function requireNoOtherUpgrade(folder: string, owner: RunOwner): void {
  const holder = holderOf(join(folder, 'lock'));
  if (holder !== undefined && !isOwnerGone(holder, owner)) throw locked(holder);
}

function holderOf(path: string): RunOwner | undefined {
  try {
    return parseRunOwner(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
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
