import { randomBytes } from 'node:crypto';
import type { Database, SQLiteValue } from 'node-sqlite3-wasm';
import * as z from 'zod';
import {
  DRIFT_CAUSES,
  DRIFT_STATES,
  EPISODE_ENDS,
  isLookedAt,
  type DriftEpisode,
  type DriftHistory,
  type HostCheck,
  type PastCheck,
} from '../../core/drift.js';
import { itemsSchema, type KnownItems } from '../compare/host-memory.js';
import { pastCheckSchema } from './check-schema.js';
import { bringUpToDate } from './store-tables.js';

const HISTORY_EPISODES = `
SELECT * FROM episode WHERE until IS NULL OR (host, item, since) IN (
  SELECT host, item, since FROM episode ORDER BY since DESC LIMIT ?)
ORDER BY since DESC`;

/** Checks that are kept: one an hour for more than two months. */
const MOST_CHECKS = 2000;
/** Episodes that ended so long ago are forgotten, milliseconds. */
const LONGEST_MS = 400 * 86_400_000;

const episodeSchema = z.object({
  host: z.string(),
  item: z.string(),
  name: z.string(),
  kind: z.string(),
  subject: z.string().nullable(),
  cause: z.enum(DRIFT_CAUSES),
  since: z.string(),
  inSyncAt: z.string().nullable(),
  until: z.string().nullable(),
  ended: z.enum(EPISODE_ENDS).nullable(),
});

/** A clock is set back by so much as a rule, milliseconds. */
const USUAL_STEP_MS = 3_600_000;

type Row = Record<string, SQLiteValue>;

/**
 * What is remembered of a project's hosts and checks, in one file of SQLite. What a row holds that nobody can read counts as not
 * there. All of it is fingerprints, names and times: no value of any host.
 */
export class DriftStore {
  readonly #db: Database;

  /** @throws NewerStoreError; Error where the file is no database */
  constructor(db: Database) {
    this.#db = db;
    // What the last check saw may be lost with the power: the next one sees it again.
    db.exec('PRAGMA synchronous = NORMAL');
    db.exec('BEGIN IMMEDIATE');
    bringUpToDate(db);
  }

  /** What fingerprints are made with, the same for ever: nobody else has it. */
  get salt(): string {
    const known = this.#db.get("SELECT value FROM meta WHERE key = 'salt'")?.['value'];
    if (typeof known === 'string') return known;
    const salt = randomBytes(16).toString('hex');
    this.#db.run("INSERT INTO meta VALUES ('salt', ?)", [salt]);
    return salt;
  }

  knownItems(host: string): KnownItems {
    const row = this.#db.get('SELECT items, savedAt, at FROM host WHERE host = ?', [host]);
    const items = itemsSchema.safeParse(parseJson(row?.['items'])).data ?? {};
    const [savedAt, at] = [Number(row?.['savedAt']), Number(row?.['at'])];
    if (at === savedAt) return items;
    const seen = Object.entries(items).map(([id, item]) => [
      id,
      item.at === savedAt ? { ...item, at } : item,
    ]);
    return Object.fromEntries(seen) as KnownItems;
  }

  /** Whether what is known of a host is of a later look than `at`. One that is ahead of `now` was noted by a clock that was wrong. */
  isSeenSince(host: string, at: Date, now: Date): boolean {
    const last = Number(this.#db.get('SELECT at FROM host WHERE host = ?', [host])?.['at']);
    return last > at.getTime() && last <= now.getTime();
  }

  /**
   * Takes back what a clock that was ahead of `now` has noted: what differs does so since now, and checks of the future, which would
   * be the newest for long, are forgotten. What the clock is set back by as a rule is less than that.
   */
  forgetFuture(now: Date): void {
    const text = now.toISOString();
    this.#db.run('UPDATE OR REPLACE episode SET since = ? WHERE until IS NULL AND since > ?', [text, text]);
    this.#db.run('UPDATE episode SET inSyncAt = since WHERE until IS NULL AND inSyncAt > since');
    const late = new Date(now.getTime() + USUAL_STEP_MS).toISOString();
    this.#db.run('DELETE FROM past WHERE at > ?', [late]);
  }

  saveKnownItems(host: string, items: KnownItems, at: Date): void {
    const values = [host, JSON.stringify(items), at.getTime(), at.getTime()];
    this.#db.run('INSERT OR REPLACE INTO host VALUES (?, ?, ?, ?)', values);
  }

  /** Takes in checks that found what the ones before them had: what was as wanted then was so still. */
  addQuietChecks(checks: readonly PastCheck[]): void {
    const inSyncAt = new Map<string, number>();
    for (const { hosts, at } of checks) {
      const seenAt = Date.parse(at);
      for (const { host } of hosts.filter(({ state }) => state === 'in-sync'))
        inSyncAt.set(host, Math.max(seenAt, inSyncAt.get(host) ?? seenAt));
    }
    for (const [host, at] of inSyncAt)
      this.#db.run('UPDATE host SET at = max(at, ?) WHERE host = ?', [at, host]);
    for (const check of checks) this.#insertCheck(check);
    const last = checks.at(-1);
    if (last !== undefined) this.#forgetOld(last.at);
  }

  /** Of a host, those that have not ended. */
  openEpisodes(host: string): DriftEpisode[] {
    return this.#db
      .all('SELECT * FROM episode WHERE host = ? AND until IS NULL', [host])
      .flatMap((row) => toEpisode(row as Row));
  }

  /** Hosts of which episodes have not ended. */
  openHosts(): string[] {
    return this.#db
      .all('SELECT DISTINCT host FROM episode WHERE until IS NULL')
      .flatMap(({ host }) => (typeof host === 'string' ? [host] : []));
  }

  saveEpisode(episode: DriftEpisode): void {
    const { host, item, name, kind, subject, cause, since, inSyncAt, until, ended } = episode;
    this.#db.run(
      `INSERT OR REPLACE INTO episode (host, item, name, kind, subject, cause, since, inSyncAt, until, ended)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [host, item, name, kind, subject ?? null, cause, since, inSyncAt, until, ended],
    );
  }

  forgetEpisode({ host, item, since }: DriftEpisode): void {
    this.#db.run('DELETE FROM episode WHERE host = ? AND item = ? AND since = ?', [host, item, since]);
  }

  addCheck(check: PastCheck): void {
    this.#insertCheck(check);
    this.#forgetOld(check.at);
  }

  #insertCheck({ run, at, durationMs, exitCode, hosts }: PastCheck): void {
    const values = [run, at, durationMs, exitCode, JSON.stringify(hosts)];
    this.#db.run('INSERT OR REPLACE INTO past VALUES (?, ?, ?, ?, ?)', values);
  }

  #forgetOld(at: string): void {
    // Runs sort by time.
    this.#db.run('DELETE FROM past WHERE run <= (SELECT run FROM past ORDER BY run DESC LIMIT 1 OFFSET ?)', [
      MOST_CHECKS,
    ]);
    const before = new Date(Date.parse(at) - LONGEST_MS).toISOString();
    this.#db.run('DELETE FROM episode WHERE until < ?', [before]);
  }

  /**
   * The newest first, so many of each at most; beside them, however old, the last looks at each host that none of those checks could
   * look at, and what has not ended.
   */
  history(most: { readonly checks: number; readonly episodes: number }): DriftHistory {
    const newest = toChecks(this.#db.all('SELECT * FROM past ORDER BY run DESC LIMIT ?', [most.checks]));
    const seen = new Set(newest.flatMap(({ hosts }) => hosts.filter(wasLookedAt).map(({ host }) => host)));
    const others = this.#db
      .all('SELECT host FROM host')
      .flatMap(({ host }) => (typeof host === 'string' && !seen.has(host) ? [host] : []));
    const last = others.flatMap((host) => this.#lastLooks(host));
    const checks = new Map([...newest, ...last].map((check) => [check.run, check]));
    const episodes = this.#db.all(HISTORY_EPISODES, [most.episodes]);
    return {
      checks: [...checks.values()].toSorted((one, two) => (one.run < two.run ? 1 : -1)),
      episodes: episodes.flatMap((row) => toEpisode(row as Row)),
    };
  }

  /** The last checks that found a host in sync, and drifted. */
  #lastLooks(host: string): PastCheck[] {
    return DRIFT_STATES.filter(isLookedAt)
      .map((state) => JSON.stringify({ host, state }).slice(0, -1))
      .flatMap((part) =>
        toChecks(this.#db.all('SELECT * FROM past WHERE instr(hosts, ?) ORDER BY run DESC LIMIT 1', [part])),
      );
  }

  /** What a target was told; undefined: nothing that can be read. */
  told(target: string): unknown {
    return parseJson(this.#db.get('SELECT value FROM told WHERE target = ?', [target])?.['value']);
  }

  saveTold(target: string, told: unknown): void {
    this.#db.run('INSERT OR REPLACE INTO told VALUES (?, ?)', [target, JSON.stringify(told)]);
  }

  /** Keeps what was saved. Without it nothing was. */
  commit(): void {
    this.#db.exec('COMMIT');
  }
}

function wasLookedAt({ state }: HostCheck): boolean {
  return isLookedAt(state);
}

function toChecks(rows: readonly object[]): PastCheck[] {
  return rows.flatMap(
    (row: { readonly hosts?: unknown }) =>
      pastCheckSchema.safeParse({ ...row, hosts: parseJson(row.hosts) }).data ?? [],
  );
}

function toEpisode(row: Row): DriftEpisode[] {
  const { success, data } = episodeSchema.safeParse(row);
  return success ? [{ ...data, subject: data.subject ?? undefined }] : [];
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
