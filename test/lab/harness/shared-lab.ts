import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { execInLab, spawnInLab, type LabExecOptions } from '../../../src/lab/exec-in-lab.js';
import { labNames } from '../../../src/lab/lab-id.js';
import { labIds, type LabState } from '../../../src/lab/lab-state.js';
import { runOnMachine } from '../../../src/lab/machine-control.js';
import { planLab } from '../../../src/lab/plan-lab.js';
import type { ProgramOptions, ProgramResult } from '../../../src/lab/run-program.js';
import { startLab } from '../../../src/lab/start-lab.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { inventoryOf, LAB_HOSTS, type HostSketch } from './lab-inventory.js';
import { RunningProgram } from './running-program.js';
import { isAbandoned, testLabId } from './test-lab-id.js';

// `HOMELAB_CLI=bin/dev.js` runs the sources: slower, but without a build.
const CLI = fileURLToPath(new URL(`../../../${process.env['HOMELAB_CLI'] ?? 'bin/run.js'}`, import.meta.url));

/** Files of a project by their path in it. */
export type ProjectContents = Readonly<Record<string, string | Uint8Array>>;
type Fields = Readonly<Record<string, unknown>>;

/** What hangs ends after this; machines share the cores with whatever else runs, so it is far more than anything takes. */
export const LAB_TIMEOUT_MS = 600_000;

// Machines boot and packages install: Jest's five seconds are no measure for any test that uses a lab.
jest.setTimeout(LAB_TIMEOUT_MS);

/** The lab of this run of the tests: one for all test files, ended by global-teardown.mjs. */
export interface TestLab {
  readonly id: string;
  readonly state: LabState;
  /** Absolute path of the built `homelab`, a program for Node. */
  readonly cli: string;
  /** Runs a program as the controller. */
  run(argv: readonly string[], options?: LabExecOptions): Promise<ProgramResult>;
  /** Runs the built `homelab` as the controller. */
  homelab(args: readonly string[], options?: LabExecOptions): Promise<ProgramResult>;
  /** Starts a program as the controller, for a test that sends signals or answers questions. */
  start(
    argv: readonly string[],
    options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
  ): RunningProgram;
  /** {@link start} for the built `homelab`. */
  startHomelab(
    args: readonly string[],
    options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
  ): RunningProgram;
  /** Runs a program on a machine as root, past SSH. */
  onMachine(host: string, argv: readonly string[], options?: ProgramOptions): Promise<ProgramResult>;
  /** What a shell script prints on a machine, as root, past SSH; throws where its code is not 0. */
  shell(host: string, script: string): Promise<string>;
  /** A new project folder with these files (path to what they hold); it goes with the lab. Returns its path. */
  project(files: ProjectContents): string;
  /**
   * The lab's hosts as `inventory/hosts.yml`, host keys pinned; `more` is merged into its top level, `ofHosts` into
   * single hosts (a key that is undefined there is left out).
   */
  hostsFile(more?: Fields, ofHosts?: Readonly<Record<string, Fields>>): string;
}

/** The shared lab; the first call of a run boots it. Machines keep what a test did to them: use paths of your own. */
export async function sharedLab(): Promise<TestLab> {
  for (const id of labIds().filter(isAbandoned)) await stopLab(id);
  return bootLab({ id: testLabId(), hosts: LAB_HOSTS });
}

/**
 * A lab beside the shared one, for what spoils machines or needs other ones. Whoever boots it ends it (`stopLab`).
 * `suites`: releases of single machines, codename by host.
 */
export async function bootLab(of: {
  readonly id: string;
  readonly hosts: readonly HostSketch[];
  readonly suites?: ReadonlyMap<string, string>;
}): Promise<TestLab> {
  const { id, hosts, suites } = of;
  const { state } = await startLab(planLab(inventoryOf(hosts), suites), { id });
  return {
    id,
    state,
    cli: CLI,
    run: (argv, options) => execInLab(id, argv, options),
    homelab: (args, options) => execInLab(id, [process.execPath, CLI, ...args], options),
    start: (argv, options) => new RunningProgram(spawnInLab(id, argv, options)),
    startHomelab: (args, options) =>
      new RunningProgram(spawnInLab(id, [process.execPath, CLI, ...args], options)),
    onMachine: (host, argv, options) => runOnMachine(id, host, argv, options),
    shell: async (host, script) => {
      const { code, stdout, stderr } = await runOnMachine(id, host, ['sh', '-c', script]);
      if (code !== 0) throw new Error(`${host}: exit code ${code} of: ${script}\n${stderr}`);
      return stdout;
    },
    project: (files) => createProject(id, files),
    hostsFile: (more = {}, ofHosts = {}) => hostsFile({ hosts, state }, more, ofHosts),
  };
}

function createProject(id: string, files: ProjectContents): string {
  const folder = mkdtempSync(join(labNames(id).folder, 'project-'));
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  return folder;
}

/** JSON is YAML too. */
function hostsFile(
  { hosts: sketches, state }: { readonly hosts: readonly HostSketch[]; readonly state: LabState },
  more: Fields,
  ofHosts: Readonly<Record<string, Fields>>,
): string {
  const hosts = sketches.map(({ name, address, port, via }) => [
    name,
    { address, port, via: via?.slice(), host_key: state.hostKeys[name]?.[0], ...ofHosts[name] },
  ]);
  const defaults = { user: 'admin', become: 'sudo' };
  return JSON.stringify({ defaults, hosts: Object.fromEntries(hosts), ...more }, null, 2);
}
