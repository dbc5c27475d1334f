import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from 'node-sqlite3-wasm';
import { HomelabError } from '../../core/errors.js';
import type { RunOwner } from '../../core/run-owner.js';
import { takeProcessLock } from '../../engine/process-lock.js';
import { DriftStore } from './drift-store.js';
import { dropTaken, takeQuietChecks } from './quiet-checks.js';

export interface StorePlace {
  /** Absolute; made where it is missing. */
  readonly folder: string;
  readonly owner: RunOwner;
}

/** It is CommonJS: all that it exports is its default, however it is bundled. */
interface Sqlite {
  readonly Database: new (path: string) => Database;
}

const FILE = 'drift.sqlite';
/** How long another process may take with it. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 20;

async function loadSqlite(): Promise<Sqlite> {
  const { default: sqlite } = (await import('node-sqlite3-wasm')) as unknown as { default: Sqlite };
  return sqlite;
}

/**
 * Opens what is remembered, lets `use` work with it alone, and keeps what that saved; nothing of it where it throws. A file that
 * is none of SQLite is put aside, and a new one begun. `whenKept` comes before anybody else may work with it.
 * @throws HomelabError `drift/no-history`; whatever `use` throws
 */
export async function useStore<T>(
  { folder, owner }: StorePlace,
  use: (store: DriftStore) => T,
  whenKept?: (result: T) => void,
): Promise<T> {
  const sqlite = await loadSqlite();
  const release = await takeLock(folder, owner);
  const path = join(folder, FILE);
  try {
    // The library's own lock is a folder that outlives a process which is killed. Ours is the one that counts.
    rmSync(`${path}.lock`, { recursive: true, force: true });
    const open = (): Database => new sqlite.Database(path);
    const { file, store } = openDatabase(path, open);
    try {
      for (const check of takeQuietChecks(folder)) store.addQuietCheck(check);
      const result = use(store);
      store.commit();
      dropTaken(folder);
      whenKept?.(result);
      return result;
    } finally {
      // Rolls back what is not committed.
      file.close();
    }
  } finally {
    release();
  }
}

function openDatabase(path: string, open: () => Database): { file: Database; store: DriftStore } {
  let file: Database | undefined;
  try {
    file = open();
    return { file, store: new DriftStore(file) };
  } catch (cause) {
    file?.close();
    if (!isDamaged(path)) throw noHistory(path, cause);
    putAside(path);
    const fresh = open();
    return { file: fresh, store: new DriftStore(fresh) };
  }
}

/** How every file of SQLite begins (sqlite.org/fileformat.html, 1.3). */
const MAGIC = 'SQLite format 3\0';

/** Whether the file is there and is none of SQLite: what a full disk or somebody else has left. */
function isDamaged(path: string): boolean {
  try {
    const text = readFileSync(path).subarray(0, MAGIC.length).toString('latin1');
    return text !== MAGIC;
  } catch {
    return false;
  }
}

function putAside(path: string): void {
  try {
    renameSync(path, `${path}.unreadable`);
    rmSync(`${path}-journal`, { force: true });
  } catch (cause) {
    throw noHistory(path, cause);
  }
}

async function takeLock(folder: string, owner: RunOwner): Promise<() => void> {
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

function noHistory(path: string, cause: unknown): HomelabError {
  const { code, message } = (cause ?? {}) as NodeJS.ErrnoException;
  return new HomelabError({
    code: 'drift/no-history',
    message: `cannot use the history of drift in ${path} (${code ?? message ?? 'unknown reason'})`,
    hint: 'Make the folder writable, or name another as `state` in homelab.yml.',
    cause,
  });
}
