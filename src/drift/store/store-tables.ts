import type { Database } from 'node-sqlite3-wasm';

/** Each brings a file that has had the ones before it to the next version. What is here stays as it is: files were made with it. */
const STEPS = [
  `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE host (host TEXT PRIMARY KEY, items TEXT NOT NULL, savedAt INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE episode (
  host TEXT NOT NULL, item TEXT NOT NULL, since TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT,
  cause TEXT NOT NULL, inSyncAt TEXT, until TEXT, PRIMARY KEY (host, item, since)
) WITHOUT ROWID;
CREATE INDEX episode_open ON episode (host) WHERE until IS NULL;
CREATE TABLE past (run TEXT PRIMARY KEY, at TEXT NOT NULL, durationMs INTEGER NOT NULL, exitCode INTEGER NOT NULL,
  hosts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE told (target TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
  'ALTER TABLE episode ADD COLUMN ended TEXT;',
];

/** A later version of homelab has written the file. */
export class NewerStoreError extends Error {
  constructor(version: number) {
    super(`a newer homelab has written it, version ${version}`);
  }
}

/**
 * Makes the tables of a new file, and brings an older one up to date, within the transaction that is open.
 * @throws NewerStoreError
 */
export function bringUpToDate(db: Database): void {
  const version = Number(db.get('PRAGMA user_version')?.['user_version'] ?? 0);
  if (version > STEPS.length) throw new NewerStoreError(version);
  if (version === STEPS.length) return;
  for (const step of STEPS.slice(version)) db.exec(step);
  db.exec(`PRAGMA user_version = ${STEPS.length}`);
}
