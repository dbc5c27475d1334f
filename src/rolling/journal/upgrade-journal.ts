import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { HomelabError } from '../../core/errors.js';
import { parseEntry, type UpgradeEntry } from './upgrade-entry.js';

const ENDING = '.jsonl';

/** Journals that are kept; older ones go when a new one begins. */
const MOST_JOURNALS = 50;

/**
 * What an upgrade did, on the controller: lines of JSON, each on the disk before what it tells of is done, so that a run that is
 * killed can be resumed. It holds no secrets.
 */
export class UpgradeJournal {
  readonly #file: number;

  /**
   * Begins the journal of a run with what is known already. It is there with all of that or not at all: a run that is killed
   * meanwhile leaves the journal before it the newest one. @throws HomelabError `rolling/no-journal`
   */
  constructor(folder: string, run: string, head: readonly UpgradeEntry[]) {
    const path = join(folder, run + ENDING);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#file = openSync(`${path}.new`, 'ax', 0o600);
      this.write(...head);
      renameSync(`${path}.new`, path);
      keepFolder(folder);
      for (const name of journalsIn(folder).slice(0, -MOST_JOURNALS))
        rmSync(join(folder, name), { force: true });
    } catch (cause) {
      throw noJournal(folder, cause);
    }
  }

  /** Returns once the entries are on the disk. @throws HomelabError `rolling/no-journal` */
  write(...entries: readonly UpgradeEntry[]): void {
    try {
      writeSync(this.#file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      fsyncSync(this.#file);
    } catch (cause) {
      throw noJournal('its folder', cause);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A name is on the disk once its folder is. */
function keepFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The name of the newest journal of a folder; undefined where there is none. */
export function newestJournal(folder: string): string | undefined {
  return journalsIn(folder).at(-1);
}

/** The newest journal of a folder; undefined where there is none. Lines that are cut short are passed over. */
export function readNewestJournal(folder: string): readonly UpgradeEntry[] | undefined {
  const newest = newestJournal(folder);
  if (newest === undefined) return undefined;
  const lines = readFileSync(join(folder, newest), 'utf8').split('\n');
  return lines.flatMap((line) => parseEntry(line) ?? []);
}

/** Names sort by time, as the runs do. */
function journalsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ENDING))
      .toSorted();
  } catch {
    return [];
  }
}

function noJournal(folder: string, cause: unknown): HomelabError {
  if (cause instanceof HomelabError) return cause;
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new HomelabError({
    code: 'rolling/no-journal',
    message: `cannot write down in ${folder} what this upgrade does (${reason})`,
    hint: 'Without that it could not be resumed. Make room there, or name another folder as `state` in homelab.yml.',
    cause,
  });
}
