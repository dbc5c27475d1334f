import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { HomelabError } from '../core/errors.js';
import type { RunOwner } from '../core/run-owner.js';

/** A run's record is a file of lines of JSON, named by the run, so that names sort by time. */
export const RECORD_ENDING = '.jsonl';

/** Records that are kept; older ones go when a new one begins. */
const MOST_RECORDS = 500;

/** How a record begins. */
export interface RecordHeader {
  readonly command: string;
  readonly owner: RunOwner;
  /** Names of the hosts that are applied to. */
  readonly hosts: readonly string[];
}

/**
 * The record of one run while it runs. Each line is written as it happens, so that a run that is killed leaves all that
 * was known. What is written has been masked before: it is what `--json-events` shows.
 */
export class RunRecord {
  readonly #file: number;

  /** @throws HomelabError `history/unwritable`: a run that cannot be recorded is not begun */
  constructor(folder: string, header: RecordHeader) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      forgetOldest(folder);
      this.#file = openSync(join(folder, header.owner.run + RECORD_ENDING), 'ax', 0o600);
    } catch (cause) {
      throw unwritable(folder, cause);
    }
    const { command, owner, hosts } = header;
    this.#write({ type: 'record', version: 1, at: new Date().toISOString(), command, ...owner, hosts });
  }

  /** Adds what happened. A disk that is full by now does not stop the run. */
  add(json: string): void {
    try {
      writeSync(this.#file, `${json}\n`);
    } catch {
      // What is missing shows as a run that was cut off.
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(document: object): void {
    this.add(JSON.stringify(document));
  }
}

function forgetOldest(folder: string): void {
  const records = readdirSync(folder).filter((name) => name.endsWith(RECORD_ENDING));
  for (const name of records.toSorted().slice(0, Math.max(0, records.length - MOST_RECORDS + 1)))
    rmSync(join(folder, name), { force: true });
}

function unwritable(folder: string, cause: unknown): HomelabError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new HomelabError({
    code: 'history/unwritable',
    message: `cannot record this run in ${folder} (${reason})`,
    hint: 'Make the folder writable, or name another as `state` in homelab.yml.',
    cause,
  });
}
