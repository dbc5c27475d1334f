import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LabNames } from './lab-id.js';
import { addressOf, type LabPlan } from './lab-plan.js';
import { mustRun } from './run-program.js';

/** The controller's home directory. */
export function homeFolder(names: LabNames): string {
  return join(names.folder, 'home');
}

/** The settings that OpenSSH's client gets for the lab: not the controller's ~/.ssh/config, which homelab would read. */
export function sshConfigFile(names: LabNames): string {
  return join(names.folder, 'ssh_config');
}

/**
 * Makes the controller's home: a fresh key, no known hosts. The key is put under the inventory's own names too.
 * Returns the public key, one line.
 */
export async function createHome(plan: LabPlan, names: LabNames): Promise<string> {
  const home = homeFolder(names);
  const key = join(home, '.ssh/id_ed25519');
  mkdirSync(dirname(key), { recursive: true, mode: 0o700 });
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `lab-${names.id}`, '-f', key]);
  writeFileSync(join(home, '.ssh/known_hosts'), '', { mode: 0o600 });
  for (const file of plan.controller.identityFiles.filter((file) => join(home, file) !== key)) {
    mkdirSync(dirname(join(home, file)), { recursive: true, mode: 0o700 });
    for (const end of ['', '.pub']) copyFileSync(key + end, join(home, file) + end);
  }
  return readFileSync(`${key}.pub`, 'utf8').trim();
}

/** Writes what OpenSSH needs to log into every machine by its name, host keys checked. */
export function writeSshFiles(
  plan: LabPlan,
  names: LabNames,
  hostKeys: Readonly<Record<string, readonly string[]>>,
): void {
  const knownHosts = join(names.folder, 'known_hosts');
  writeFileSync(knownHosts, knownHostsLines(plan, hostKeys).join('\n') + '\n');
  const hosts = plan.machines.flatMap((machine) => [
    `Host ${machine.hostname}`,
    `  HostName ${addressOf(machine)}`,
    `  Port ${machine.port}`,
    `  User ${machine.user}`,
    ...(machine.via.length > 0 ? [`  ProxyJump ${jumpNames(plan, machine.via)}`] : []),
  ]);
  const everywhere = [
    'Host *',
    `  IdentityFile ${join(homeFolder(names), '.ssh/id_ed25519')}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${knownHosts}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
  ];
  writeFileSync(sshConfigFile(names), [...hosts, ...everywhere, ''].join('\n'));
}

/** sshd(8), known_hosts: every key of every machine, under the address it is dialled at. */
export function knownHostsLines(
  plan: LabPlan,
  hostKeys: Readonly<Record<string, readonly string[]>>,
): string[] {
  return plan.machines.flatMap((machine) => {
    const address = addressOf(machine);
    const name = machine.port === 22 ? address : `[${address}]:${machine.port}`;
    return (hostKeys[machine.host] ?? []).map((key) => `${name} ${key}`);
  });
}

const jumpNames = (plan: LabPlan, via: readonly string[]): string =>
  via.map((host) => plan.machines.find((machine) => machine.host === host)?.hostname ?? host).join(',');
