import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HomelabError } from '../../core/errors.js';
import type { RunOwner } from '../../core/run-owner.js';
import { takeProcessLock } from '../../engine/process-lock.js';
import { NewerStoreError } from './store-tables.js';

/** Where is kept what is remembered of a project's hosts, and who works with it. */
export interface StorePlace {
  /** Absolute; made where it is missing. */
  readonly folder: string;
  readonly owner: RunOwner;
}

/** How long another process may take with it. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 20;

/**
 * Lets `act` work with what is in the folder while no other process does.
 * @throws HomelabError `drift/no-history`; whatever `act` throws
 */
export async function inStoreAlone<T>(place: StorePlace, act: () => T): Promise<T> {
  const release = await takeLock(place);
  try {
    return act();
  } finally {
    release();
  }
}

async function takeLock({ folder, owner }: StorePlace): Promise<() => void> {
  const path = join(folder, 'lock');
  for (const until = performance.now() + PATIENCE_MS; ; await delay(PAUSE_MS)) {
    try {
      const lock = takeProcessLock(path, owner);
      if (lock.isTaken) return lock.release;
      if (performance.now() > until) throw new Error(`process ${lock.holder?.pid ?? '?'} has it`);
    } catch (cause) {
      throw noHistory(folder, cause);
    }
  }
}

const HINT =
  'Make the folder writable, and make room on its disk. A file that is damaged may be moved away: the next check begins a new one. ' +
  'Another folder can be named as `state` in homelab.yml.';
const NEWER_HINT =
  'Use that version of homelab for this project, or name another folder as `state` in homelab.yml.';

/** That what is remembered in `path` cannot be used, as an error for people. */
export function noHistory(path: string, cause: unknown): HomelabError {
  const { code, message } = (cause ?? {}) as NodeJS.ErrnoException;
  return new HomelabError({
    code: 'drift/no-history',
    message: `cannot use the history of drift in ${path} (${code ?? message ?? 'unknown reason'})`,
    hint: cause instanceof NewerStoreError ? NEWER_HINT : HINT,
    cause,
  });
}
