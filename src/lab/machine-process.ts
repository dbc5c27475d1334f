import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HomelabError } from '../core/errors.js';
import { inGroup, rebooting, startInBackground } from './background-process.js';
import { processesIn } from './control-group.js';
import { kill, killAll } from './kill-processes.js';
import type { LabNames } from './lab-id.js';
import { addressOf, type LabMachine } from './lab-plan.js';
import { waitForTcp } from './network.js';
import { lastLines } from './run-program.js';

const BOOT_TIMEOUT_MS = 60_000;

/** The clock and the kernel are this computer's own: a rehearsal must not set the one or load modules into the other. */
const DROPPED_CAPABILITIES = 'CAP_SYS_TIME,CAP_SYS_MODULE';

/** What a container engine inside needs and systemd-nspawn(1) forbids: keyrings, and BPF for the devices of cgroups. */
const MORE_SYSTEM_CALLS = '@keyring bpf';

const groupOf = (names: LabNames, machine: LabMachine) => `${names.prefix}/machine.${machine.hostname}`;

/** What everything the machine says on its console is added to. */
export function consoleLog(names: LabNames, machine: LabMachine): string {
  return join(names.machineFolder(machine.hostname), 'console.log');
}

/** The name systemd-nspawn(1) gets; at most 64 characters, unlike host names. */
export function containerName(names: LabNames, index: number): string {
  return `homelab-${names.id}-${index}`;
}

/** Switches a machine on. It is booted again each time it asks for a reboot. `index` is its place in the plan. */
export function bootMachine(names: LabNames, machine: LabMachine, index: number): void {
  const container = [
    'systemd-nspawn',
    '--register=no',
    '--keep-unit',
    '--capability=all',
    `--drop-capability=${DROPPED_CAPABILITIES}`,
    `--system-call-filter=${MORE_SYSTEM_CALLS}`,
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    `--network-namespace-path=/run/netns/${names.machineNamespace(machine.hostname)}`,
    `--machine=${containerName(names, index)}`,
    `--hostname=${machine.hostname}`,
    `--directory=${join(names.machineFolder(machine.hostname), 'root')}`,
    '--boot',
  ];
  startInBackground({
    argv: inGroup(`${names.prefix}/loops`, rebooting(inGroup(groupOf(names, machine), container))),
    logFile: consoleLog(names, machine),
    // Settings of the machine's own network may be changed inside (sysctl net.*); no others.
    env: { SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
  });
}

/** Waits until the machine's sshd answers at its address and lets everybody in. @throws HomelabError `lab/not-ready` with the end of its console */
export async function waitForSsh(names: LabNames, machine: LabMachine): Promise<void> {
  const { host, port } = machine;
  const address = addressOf(machine);
  try {
    await waitForTcp({
      namespace: names.switchNamespace,
      address,
      port,
      greeting: 'SSH-',
      timeoutMs: BOOT_TIMEOUT_MS,
    });
    await waitForLogins(names, machine);
  } catch (cause) {
    throw new HomelabError({
      code: 'lab/not-ready',
      message: `${host} does not answer at ${address}:${port}${lastLines(readLog(consoleLog(names, machine)))}`,
      hint: 'The end of its console is above. Try `homelab lab up` again.',
      host,
      cause,
    });
  }
}

/** Sshd may answer before systemd has opened the machine to accounts other than root (pam_nologin(8)). */
async function waitForLogins(names: LabNames, machine: LabMachine): Promise<void> {
  const deadline = Date.now() + BOOT_TIMEOUT_MS;
  const isClosed = () => existsSync(`/proc/${leaderOf(names, machine) ?? 'none'}/root/run/nologin`);
  while (isClosed() && Date.now() < deadline) await sleep(20);
}

/** Cuts the machine's power: every process of it ends at once, and it stays off. */
export async function cutPower(names: LabNames, machine: LabMachine): Promise<void> {
  const leader = leaderOf(names, machine);
  // With its process 1 the kernel ends all others (pid_namespaces(7)); one after the other, those left would tell of it.
  if (leader !== undefined) kill(leader);
  await killAll(() => processesIn(groupOf(names, machine)));
}

/** The id, on this computer, of the machine's process 1; undefined while it is off or between two boots. */
export function leaderOf(names: LabNames, machine: LabMachine): number | undefined {
  return processesIn(groupOf(names, machine)).find((id) => isFirstProcess(id));
}

/** `NSpid` lists the ids of a process from the outermost namespace inwards (proc_pid_status(5)). */
function isFirstProcess(id: number): boolean {
  const status = readLog(`/proc/${id}/status`);
  const [, ...inner] = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
  return inner.length === 1 && inner[0] === '1';
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
