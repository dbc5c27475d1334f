import { setTimeout as sleep } from 'node:timers/promises';
import { HomelabError } from '../core/errors.js';
import { labNames } from './lab-id.js';
import type { LabMachine } from './lab-plan.js';
import { requireMachine, requireState } from './lab-state.js';
import { bootMachine, cutPower, leaderOf, waitForSsh } from './machine-process.js';
import { mustRun, runProgram, type ProgramOptions, type ProgramResult } from './run-program.js';

const REBOOT_TIMEOUT_MS = 60_000;

/** What root has on a machine; nothing of this computer's environment gets in. */
const MACHINE_ENVIRONMENT = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LANG=C.UTF-8',
];

function find(id: string, host: string) {
  const { plan } = requireState(id);
  const machine = requireMachine(plan, host);
  return { names: labNames(id), machine, index: plan.machines.indexOf(machine) };
}

/**
 * Runs a program on a machine as root, past SSH and the network (nsenter(1)).
 * @throws HomelabError `lab/not-up`, `lab/unknown-machine`; `lab/machine-off` where it is off or rebooting
 */
export async function runOnMachine(
  id: string,
  host: string,
  argv: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { names, machine } = find(id, host);
  const leader = leaderOf(names, machine);
  if (leader === undefined) throw machineOff(machine);
  const enter = ['nsenter', `--target=${leader}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
  return runProgram([...enter, '--', 'env', '-i', '-C', '/', ...MACHINE_ENVIRONMENT, ...argv], options);
}

/** Cuts the machine's power, as a pulled plug does. Off already: nothing happens. */
export async function stopMachine(id: string, host: string): Promise<void> {
  const { names, machine } = find(id, host);
  await cutPower(names, machine);
}

/** Switches the machine on, unless it is, and waits until its sshd answers. @throws HomelabError `lab/not-ready` */
export async function startMachine(id: string, host: string): Promise<void> {
  const { names, machine, index } = find(id, host);
  if (leaderOf(names, machine) === undefined) bootMachine(names, machine, index);
  await waitForSsh(names, machine);
}

/** Changes with every boot of the machine. */
export async function bootIdOf(id: string, host: string): Promise<string> {
  const { stdout } = await runOnMachine(id, host, ['cat', '/proc/sys/kernel/random/boot_id']);
  return stdout.trim();
}

/** Reboots the machine from inside and waits until the new boot's sshd answers. @throws HomelabError `lab/not-ready` */
export async function rebootMachine(id: string, host: string): Promise<void> {
  const { names, machine } = find(id, host);
  const before = leaderOf(names, machine);
  await runOnMachine(id, host, ['systemctl', 'reboot']);
  const deadline = Date.now() + REBOOT_TIMEOUT_MS;
  while (leaderOf(names, machine) === before) {
    if (Date.now() > deadline) throw notRebooting(machine);
    await sleep(50);
  }
  await waitForSsh(names, machine);
}

/** Plugs or pulls every network cable of the machine, at the switch. It runs on, and sees its carrier go. */
export async function setLink(id: string, host: string, state: 'up' | 'down'): Promise<void> {
  const { names, machine } = find(id, host);
  const lines = machine.interfaces.map(({ port }) => `link set ${port} ${state}\n`).join('');
  await mustRun(['ip', '-n', names.switchNamespace, '-batch', '-'], { stdin: lines });
}

function notRebooting(machine: LabMachine): HomelabError {
  return new HomelabError({
    code: 'lab/not-ready',
    message: `${machine.host} was asked to reboot and has not done so after ${REBOOT_TIMEOUT_MS / 1000} s`,
    hint: 'A service on it may be refusing to stop: see `systemctl list-jobs` there.',
    host: machine.host,
  });
}

function machineOff(machine: LabMachine): HomelabError {
  return new HomelabError({
    code: 'lab/machine-off',
    message: `The machine ${machine.host} is off`,
    hint: '`homelab lab up` switches it on.',
    host: machine.host,
  });
}
