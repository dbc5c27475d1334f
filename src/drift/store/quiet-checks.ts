import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { PastCheck } from '../../core/drift.js';
import { writeWholeFile } from '../../core/write-whole-file.js';
import { pastCheckSchema } from './check-schema.js';

/**
 * Checks that found every host as the check before them did are kept beside the database, one a line: nothing of it has to be
 * read for them, and loading SQLite takes longer than they do. Whoever opens the database takes them in. All of it is for who has
 * the store alone.
 */
const CHECKS = 'quiet.jsonl';
/** So much of them waits for the database: taking them in is to take no time that anybody sees. */
const MOST_BYTES = 128 * 1024;
/** What hosts look like of which nothing is to be told. It goes before the database changes, and comes after. */
const HOSTS = 'quiet.json';

const hostsSchema = z.object({
  salt: z.string().min(1),
  /** Fingerprints of hosts that are all as wanted and of which no episode is open, by name, made with `salt`. */
  prints: z.record(z.string(), z.string()),
  /** Hosts of which episodes are open. */
  open: z.array(z.string()),
});

/** What has to be known to tell that nothing is new. */
export type QuietHosts = z.output<typeof hostsSchema>;

/** Undefined: nothing is known. */
export function readQuietHosts(folder: string): QuietHosts | undefined {
  return hostsSchema.safeParse(parse(textOf(join(folder, HOSTS)))).data;
}

/** From now on nothing is known. */
export function forgetQuietHosts(folder: string): void {
  rmSync(join(folder, HOSTS), { force: true });
}

/**
 * Without it the next check reads the database, and is none the worse for it. What those that were killed over it have left goes.
 */
export function saveQuietHosts(folder: string, hosts: QuietHosts): void {
  try {
    for (const name of readdirSync(folder).filter((one) => one.startsWith(`${HOSTS}.`)))
      rmSync(join(folder, name), { force: true });
    writeWholeFile(join(folder, HOSTS), JSON.stringify(hosts), 0o600);
  } catch {
    forgetQuietHosts(folder);
  }
}

/** False where it has to go to the database: there is no room for it here, or it cannot be written. */
export function addQuietCheck(folder: string, check: PastCheck): boolean {
  const path = join(folder, CHECKS);
  try {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MOST_BYTES) return false;
    // The line end comes first: a line that a full disk has cut short spoils none after it.
    appendFileSync(path, `\n${JSON.stringify(check)}`, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

/** The checks that are kept, for the database to take in; {@link dropQuietChecks} once it has. To take one in twice does no harm. */
export function quietChecks(folder: string): PastCheck[] {
  return textOf(join(folder, CHECKS))
    .split('\n')
    .flatMap((line) => pastCheckSchema.safeParse(parse(line)).data ?? []);
}

/** They are in the database by now. */
export function dropQuietChecks(folder: string): void {
  rmSync(join(folder, CHECKS), { force: true });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
