// Jest runs this once, in the process that ran the tests (--runInBand). It loads no TypeScript here, so a child does.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default function endSharedLab() {
  const program = fileURLToPath(new URL('end-labs.ts', import.meta.url));
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  spawnSync(process.execPath, ['--import', 'tsx', program, String(process.pid)], {
    cwd: root,
    stdio: 'inherit',
  });
}
