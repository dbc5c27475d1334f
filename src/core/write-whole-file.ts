import { randomBytes } from 'node:crypto';
import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/**
 * Writes a file of this machine whole or not at all, synced: whoever looks meanwhile, or after a power cut, reads the old one
 * or the new one. What is there and is no file stays: root could put one in the place of /dev/null. `mode`: exactly so; undefined:
 * as the umask leaves 0666.
 * @throws the error of the file system; nothing is left behind then
 */
export function writeWholeFile(path: string, text: string, mode?: number): void {
  requireFileOrNothing(path);
  const candidate = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(candidate, text, { mode: mode ?? 0o666, flag: 'wx', flush: true });
    if (mode !== undefined) chmodSync(candidate, mode);
    renameSync(candidate, path);
  } catch (thrown) {
    rmSync(candidate, { force: true });
    throw thrown;
  }
}

/** @throws NodeJS.ErrnoException `EISDIR`, `EINVAL` where a folder, a device, a pipe or a socket is there, or a link to one */
export function requireFileOrNothing(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return;
  const code = found.isDirectory() ? 'EISDIR' : 'EINVAL';
  throw Object.assign(new Error(`${code}: ${path} is no file`), { code });
}
