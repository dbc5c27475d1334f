import { mustRun, runProgram } from '../../src/lab/run-program.js';
import type { BenchLab } from '../bench-lab.js';

/** Debian's own: what is measured is what a user gets. */
const CONTROLLER_PACKAGES = ['ansible-core', 'ansible-mitogen', 'python3-mitogen'];
/** What Ansible's modules need on a machine; the apt module would install the second at its first use. */
const MACHINE_PACKAGES = ['python3', 'python3-apt'];

const install = (packages: readonly string[]) =>
  `DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${packages.join(' ')} >/dev/null </dev/null`;

/** Installs Ansible and Mitogen on this computer and Python on the machines, where they are missing. */
export async function ensureAnsible(
  lab: BenchLab,
  machines: readonly string[],
  onProgress: (message: string) => void,
): Promise<void> {
  const missing = await missingPackages(CONTROLLER_PACKAGES);
  if (missing.length > 0) {
    onProgress(`Installing ${missing.join(', ')} on this computer`);
    await mustRun(['sh', '-c', `apt-get update -qq && ${install(missing)}`]);
  }
  onProgress('Installing Python on the machines');
  await Promise.all(machines.map((machine) => lab.shell(machine, install(MACHINE_PACKAGES))));
}

/** Installs time(1), which tells what a program cost. */
export async function ensureTime(): Promise<void> {
  if ((await runProgram(['sh', '-c', 'command -v time'])).code === 0) return;
  await mustRun(['sh', '-c', `apt-get update -qq && ${install(['time'])}`]);
}

async function missingPackages(names: readonly string[]): Promise<string[]> {
  const installed = await Promise.all(
    names.map((name) => runProgram(['dpkg-query', '-W', '-f', '${db:Status-Status}', name])),
  );
  return names.filter((_, index) => installed[index]?.stdout !== 'installed');
}
