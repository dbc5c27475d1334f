import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execInLab, type LabExecOptions } from '../../../src/lab/exec-in-lab.js';
import { labNames } from '../../../src/lab/lab-id.js';
import { labIds, type LabState } from '../../../src/lab/lab-state.js';
import { runOnMachine } from '../../../src/lab/machine-control.js';
import { planLab } from '../../../src/lab/plan-lab.js';
import type { ProgramOptions, ProgramResult } from '../../../src/lab/run-program.js';
import { startLab } from '../../../src/lab/start-lab.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { inventoryOf, LAB_HOSTS } from './lab-inventory.js';
import { isAbandoned, testLabId } from './test-lab-id.js';

const CLI = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));

/** The first build of an image takes longest; give `beforeAll` this much. */
export const LAB_TIMEOUT_MS = 300_000;

/** The lab of this run of the tests: one for all test files, ended by global-teardown.mjs. */
export interface TestLab {
  readonly id: string;
  readonly state: LabState;
  /** Runs a program as the controller. */
  run(argv: readonly string[], options?: LabExecOptions): Promise<ProgramResult>;
  /** Runs the built `homelab` as the controller. */
  homelab(args: readonly string[], options?: LabExecOptions): Promise<ProgramResult>;
  /** Runs a program on a machine as root, past SSH. */
  onMachine(host: string, argv: readonly string[], options?: ProgramOptions): Promise<ProgramResult>;
  /** What a shell script prints on a machine, as root, past SSH; throws where its code is not 0. */
  shell(host: string, script: string): Promise<string>;
  /** A new project folder with these files (path to text); it goes with the lab. Returns its path. */
  project(files: Readonly<Record<string, string>>): string;
  /** The lab's hosts as `inventory/hosts.yml`, host keys pinned; `more` is merged into its top level. */
  hostsFile(more?: Readonly<Record<string, unknown>>): string;
}

/** The shared lab; the first call of a run boots it. Machines keep what a test did to them: use paths of your own. */
export async function sharedLab(): Promise<TestLab> {
  for (const id of labIds().filter(isAbandoned)) await stopLab(id);
  const id = testLabId();
  const { state } = await startLab(planLab(inventoryOf(LAB_HOSTS)), { id });
  return {
    id,
    state,
    run: (argv, options) => execInLab(id, argv, options),
    homelab: (args, options) => execInLab(id, [process.execPath, CLI, ...args], options),
    onMachine: (host, argv, options) => runOnMachine(id, host, argv, options),
    shell: async (host, script) => {
      const { code, stdout, stderr } = await runOnMachine(id, host, ['sh', '-c', script]);
      if (code !== 0) throw new Error(`${host}: exit code ${code} of: ${script}\n${stderr}`);
      return stdout;
    },
    project: (files) => createProject(id, files),
    hostsFile: (more = {}) => hostsFile(state, more),
  };
}

function createProject(id: string, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(labNames(id).folder, 'project-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** JSON is YAML too. */
function hostsFile(state: LabState, more: Readonly<Record<string, unknown>>): string {
  const hosts = LAB_HOSTS.map(({ name, address, port, via }) => [
    name,
    { address, port, via: via?.slice(), host_key: state.hostKeys[name]?.[0] },
  ]);
  const defaults = { user: 'admin', become: 'sudo' };
  return JSON.stringify({ defaults, hosts: Object.fromEntries(hosts), ...more }, null, 2);
}
