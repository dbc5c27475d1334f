import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { HomelabError } from './errors.js';
import { requireFileOrNothing } from './write-whole-file.js';

/**
 * Makes sure, before any work is done, that a file of this machine can be written whole later on: its folder is there and takes
 * new files, and nothing else than a file is there itself.
 * @throws HomelabError `file/unwritable`
 */
export function requireWritable(path: string): void {
  try {
    if (!statSync(dirname(path)).isDirectory()) throw unwritable(path, 'ENOTDIR');
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    requireFileOrNothing(path);
  } catch (thrown) {
    throw toUnwritable(path, thrown);
  }
}

/** What keeps a file from being written, as an error for people. */
export function toUnwritable(path: string, thrown: unknown): HomelabError {
  if (thrown instanceof HomelabError) return thrown;
  return unwritable(path, (thrown as NodeJS.ErrnoException).code ?? 'unknown reason', thrown);
}

function unwritable(path: string, reason: string, cause?: unknown): HomelabError {
  return new HomelabError({
    code: 'file/unwritable',
    message: `cannot write ${path} (${reason})`,
    hint: 'Check that its folder exists, that you may write there, and that the disk is not full.',
    cause,
  });
}
