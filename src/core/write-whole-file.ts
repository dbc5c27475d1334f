import { randomBytes } from 'node:crypto';
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file of this machine whole or not at all, synced: whoever looks meanwhile, or after a power cut, reads the old one
 * or the new one. `mode`: exactly so; undefined: as the umask leaves 0666.
 * @throws the error of the file system; nothing is left behind then
 */
export function writeWholeFile(path: string, text: string, mode?: number): void {
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
