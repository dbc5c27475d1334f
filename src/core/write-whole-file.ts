import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file of this machine whole or not at all: whoever looks meanwhile reads the old one or the new one.
 * @throws the error of the file system; nothing is left behind then
 */
export function writeWholeFile(path: string, text: string, mode: number = 0o666): void {
  const candidate = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(candidate, text, { mode, flag: 'wx' });
    renameSync(candidate, path);
  } catch (thrown) {
    rmSync(candidate, { force: true });
    throw thrown;
  }
}
