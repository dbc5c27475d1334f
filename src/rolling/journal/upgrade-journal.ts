import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
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

  /** Begins the journal of a run. @throws HomelabError `rolling/no-journal` */
  constructor(folder: string, run: string) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of journalsIn(folder).slice(0, -MOST_JOURNALS + 1))
        rmSync(join(folder, name), { force: true });
      this.#file = openSync(join(folder, run + ENDING), 'ax', 0o600);
    } catch (cause) {
      throw noJournal(folder, cause);
    }
  }

  /** Returns once the entry is on the disk. @throws HomelabError `rolling/no-journal` */
  write(entry: UpgradeEntry): void {
    try {
      writeSync(this.#file, `${JSON.stringify(entry)}\n`);
      fsyncSync(this.#file);
    } catch (cause) {
      throw noJournal('its folder', cause);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The newest journal of a folder; undefined where there is none. Lines that are cut short are passed over. */
export function readNewestJournal(folder: string): readonly UpgradeEntry[] | undefined {
  const newest = journalsIn(folder).at(-1);
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
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new HomelabError({
    code: 'rolling/no-journal',
    message: `cannot write down in ${folder} what this upgrade does (${reason})`,
    hint: 'Without that it could not be resumed. Make room there, or name another folder as `state` in homelab.yml.',
    cause,
  });
}
