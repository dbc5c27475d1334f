import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseRunOwner, type RunOwner } from '../core/run-owner.js';
import { isOwnerGone } from './run-owner.js';

const MOST_TRIES = 3;
/** Between the making of a lock and the writing of its owner, on a machine that is very busy. */
const LONGEST_WRITE_MS = 2000;

/** A lock that was taken, or who has it; undefined: somebody, who took it just now. */
export type ProcessLock =
  | { readonly isTaken: true; readonly release: () => void }
  | { readonly isTaken: false; readonly holder: RunOwner | undefined };

/**
 * Takes a lock among the processes of this machine: a file with its owner. One whose process is over counts for nothing. Folders
 * that are missing are made.
 * @throws NodeJS.ErrnoException where nothing can be written there
 */
export function takeProcessLock(path: string, owner: RunOwner): ProcessLock {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    try {
      writeFileSync(path, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
      return { isTaken: true, release: () => rmSync(path, { force: true }) };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
    const text = textOf(path);
    // It was let go meanwhile.
    if (text === undefined) continue;
    const holder = parseRunOwner(text);
    if (holder === undefined ? isBeingTaken(path) : !isOwnerGone(holder, owner))
      return { isTaken: false, holder };
    removeStale(path, text, owner);
  }
  return { isTaken: false, holder: undefined };
}

/** Whether the file was made just now by somebody who has still to write into it. One that stays empty is of a process that was killed. */
function isBeingTaken(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.size === 0 && Math.abs(Date.now() - found.mtimeMs) < LONGEST_WRITE_MS;
}

/** Who has the lock and lives, as far as anybody knows; undefined: nobody. */
export function processLockHolder(path: string, owner: RunOwner): RunOwner | undefined {
  const holder = parseRunOwner(textOf(path) ?? '');
  return holder === undefined || isOwnerGone(holder, owner) ? undefined : holder;
}

/** Takes away the lock that says `text`; where somebody was faster and has a new one there by now, that one is put back. */
function removeStale(path: string, text: string, { pid }: RunOwner): void {
  const aside = `${path}.${pid}`;
  try {
    renameSync(path, aside);
    if (textOf(aside) !== text) linkSync(aside, path);
  } catch {
    // Somebody else has taken it away, or has made a newer one.
  }
  rmSync(aside, { force: true });
}

/** Undefined: it is not there, or nobody may read it. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
