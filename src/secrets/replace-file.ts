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

/**
 * Writes a whole file: beside it under another name, synced, then renamed over it, so that it is old or new at any time.
 * A link is followed; the mode stays; a new file gets 0644, since what is written is encrypted.
 */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const found = statSync(path, { throwIfNoEntry: false });
  const target = found === undefined ? path : realpathSync(path);
  const candidate = `${target}.homelab-${randomBytes(6).toString('hex')}`;
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
