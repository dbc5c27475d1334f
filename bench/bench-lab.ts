import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sshConfigFile } from '../src/lab/controller-home.js';
import { labNames } from '../src/lab/lab-id.js';
import type { LabState } from '../src/lab/lab-state.js';
import { runOnMachine } from '../src/lab/machine-control.js';
import { planLab } from '../src/lab/plan-lab.js';
import { startLab } from '../src/lab/start-lab.js';
import { GATE, inventoryOf, type BenchMachine } from './machines.js';

/** The machines that everything is measured on. */
export interface BenchLab {
  readonly id: string;
  readonly state: LabState;
  /** The settings of OpenSSH's client for these machines. Absolute. */
  readonly sshConfig: string;
  /** A folder that goes with the lab. Absolute. */
  readonly folder: string;
  /** What a shell script prints on a machine, as root and past SSH; throws where its code is not 0. */
  shell(host: string, script: string): Promise<string>;
}

/** Boots the jump host and `machines`, or finds them up from a run with `--keep`. */
export async function openLab(
  id: string,
  machines: readonly BenchMachine[],
  onProgress: (message: string) => void,
): Promise<BenchLab> {
  const { state } = await startLab(planLab(inventoryOf([GATE, ...machines])), { id, onProgress });
  const names = labNames(id);
  const folder = join(names.folder, 'bench');
  mkdirSync(folder, { recursive: true });
  return {
    id,
    state,
    sshConfig: sshConfigFile(names),
    folder,
    shell: async (host, script) => {
      const { code, stdout, stderr } = await runOnMachine(id, host, ['sh', '-c', script]);
      if (code !== 0) throw new Error(`${host}: exit code ${code} of: ${script.slice(0, 200)}\n${stderr}`);
      return stdout;
    },
  };
}

/** Writes `files` (path to text) below `folder`, which is made. Returns `folder`. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
