import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type * as NodeSqlite from 'node-sqlite3-wasm';
import { DriftStore } from './drift-store.js';
import { dropQuietChecks, quietChecks } from './quiet-checks.js';
import { inStoreAlone, noHistory, type StorePlace } from './store-lock.js';

/** It is CommonJS: all that it exports is its default, however it is bundled. */
type Sqlite = Pick<typeof NodeSqlite, 'Database' | 'SQLite3Error'>;
type Database = NodeSqlite.Database;

const FILE = 'drift.sqlite';

async function loadSqlite(): Promise<Sqlite> {
  const { default: sqlite } = (await import('node-sqlite3-wasm')) as unknown as { default: Sqlite };
  return sqlite;
}

/** Whether there is a database at all. */
export function hasStore(folder: string): boolean {
  return existsSync(join(folder, FILE));
}

/**
 * Opens what is remembered, lets `use` work with it alone, and keeps what that saved; nothing of it where it throws. `settle` comes
 * once that is certain, still alone. A file that is none of SQLite is put aside, and a new one begun.
 * @throws HomelabError `drift/no-history`; whatever `use` throws
 */
export async function useStore<T>(
  place: StorePlace,
  use: (store: DriftStore) => T,
  settle?: (result: T) => void,
): Promise<T> {
  const sqlite = await loadSqlite();
  const { folder } = place;
  const path = join(folder, FILE);
  return inStoreAlone(place, () => {
    // The library's own lock is a folder that outlives a process which is killed. Ours is the one that counts.
    rmSync(`${path}.lock`, { recursive: true, force: true });
    const { file, store } = openDatabase(path, () => new sqlite.Database(path));
    try {
      store.addQuietChecks(quietChecks(folder));
      const result = use(store);
      store.commit();
      dropQuietChecks(folder);
      settle?.(result);
      return result;
    } catch (thrown) {
      throw thrown instanceof sqlite.SQLite3Error ? noHistory(path, thrown) : thrown;
    } finally {
      // Rolls back what is not committed.
      file.close();
    }
  });
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
