import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HomelabError } from '../core/errors.js';

/** Names of files that a killed process has not finished to write: parts of nothing. */
export const UNFINISHED = /^\..+\.homelab-[0-9a-f]{12}$/;

/**
 * Writes a whole file: beside it under another name, synced, then renamed over it, so that it is old or new at any time.
 * A link is followed; the mode stays; a new file gets 0644, since what is written is encrypted.
 * @throws HomelabError `secret/unwritable`
 */
export function replaceFile(path: string, bytes: Uint8Array): void {
  try {
    replace(path, bytes);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new HomelabError({
      code: 'secret/unwritable',
      message: `cannot write ${path} (${reason})`,
      hint: 'Check that its folder exists, that you may write there, and that the disk is not full.',
      cause,
    });
  }
}

function replace(path: string, bytes: Uint8Array): void {
  const found = statSync(path, { throwIfNoEntry: false });
  const target = found === undefined ? path : realpathSync(path);
  const candidate = join(dirname(target), `.${basename(target)}.homelab-${randomBytes(6).toString('hex')}`);
  const file = openSync(candidate, 'wx', found === undefined ? 0o644 : found.mode & 0o777);
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
    renameSync(candidate, target);
  } catch (thrown) {
    rmSync(candidate, { force: true });
    throw thrown;
  } finally {
    closeSync(file);
  }
}
