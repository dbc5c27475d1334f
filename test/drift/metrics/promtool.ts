import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../src/lab/lab-id.js';
import { mustRun, runProgram, type ProgramResult } from '../../../src/lab/run-program.js';

/** Debian's package, which would start a server: only its files are taken. */
const PACKAGE = 'prometheus';

/** Runs promtool(1) of Prometheus, from a cache of this computer; it is fetched by apt where it is not there yet. */
export async function promtool(args: readonly string[], stdin = ''): Promise<ProgramResult> {
  return runProgram([await findPromtool(), ...args], { stdin });
}

async function findPromtool(): Promise<string> {
  const folder = join(cacheFolder(), '..', 'tools', PACKAGE);
  if (!existsSync(folder)) await fetchInto(folder);
  return join(folder, 'usr/bin/promtool');
}

async function fetchInto(folder: string): Promise<void> {
  mkdirSync(join(folder, '..'), { recursive: true });
  const candidate = mkdtempSync(`${folder}-`);
  try {
    const download = (): Promise<ProgramResult> =>
      runProgram(['apt-get', 'download', '-qq', PACKAGE], { cwd: candidate });
    if ((await download()).code !== 0) {
      // The lists are missing, or older than the mirror.
      await mustRun(['apt-get', '-o', 'DPkg::Lock::Timeout=300', 'update', '-qq']);
      await download();
    }
    const [name = ''] = readdirSync(candidate).filter((one) => one.endsWith('.deb'));
    await mustRun(['dpkg-deb', '-x', join(candidate, name), join(candidate, 'root')]);
    renameSync(join(candidate, 'root'), folder);
  } catch (thrown) {
    // Another test may have been faster.
    if (!existsSync(folder)) throw thrown;
  } finally {
    rmSync(candidate, { recursive: true, force: true });
  }
}
