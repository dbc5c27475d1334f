import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { PastCheck } from '../../core/drift.js';
import { writeWholeFile } from '../../core/write-whole-file.js';
import { pastCheckSchema } from './check-schema.js';

/**
 * Checks that found every host as the check before them did are kept beside the database, one a line: nothing of it has to be
 * read for them, and loading SQLite takes longer than they do. Whoever opens the database takes them in.
 */
const CHECKS = 'quiet.jsonl';
/** Those that are being taken in: they stay until that is certain. */
const TAKEN = 'quiet.taken';
/** What hosts look like of which nothing is to be told. It goes before the database changes, and comes after. */
const HOSTS = 'quiet.json';

const hostsSchema = z.object({ salt: z.string().min(1), prints: z.record(z.string(), z.string()) });

/** Fingerprints of hosts that are all as wanted and of which no episode is open, by name, and the salt that they are made with. */
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
 * Without it the next check reads the database, and is none the worse for it. Only one process may save at a time: what those that
 * were killed over it have left goes.
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

/** @throws NodeJS.ErrnoException */
export function addQuietCheck(folder: string, check: PastCheck): void {
  appendFileSync(join(folder, CHECKS), `${JSON.stringify(check)}\n`, { mode: 0o600 });
}

/** The checks that were kept, for the database to take in. {@link dropTaken} once it has. Only one process may ask at a time. */
export function takeQuietChecks(folder: string): PastCheck[] {
  const taken = join(folder, TAKEN);
  // What a process that was killed had taken comes first; the rest the next time.
  const before = textOf(taken);
  if (before !== '') return checksIn(before);
  try {
    renameSync(join(folder, CHECKS), taken);
  } catch {
    return [];
  }
  return checksIn(textOf(taken));
}

export function dropTaken(folder: string): void {
  rmSync(join(folder, TAKEN), { force: true });
}

function checksIn(text: string): PastCheck[] {
  return text.split('\n').flatMap((line) => pastCheckSchema.safeParse(parse(line)).data ?? []);
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
