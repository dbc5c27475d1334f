import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchLab } from './bench-lab.js';
import type { BenchHost } from './forty-project.js';
import { MACHINES } from './machines.js';

/** Of the first sshd on each machine; the others follow it. */
export const FIRST_PORT = 2201;

/** `count` hosts that are further sshd of the machines, a quarter on each: real logins and reads, few disks. */
export function fleetOf(count: number): BenchHost[] {
  return Array.from({ length: count }, (_, index) => {
    const machine = MACHINES[index % MACHINES.length];
    if (!machine) throw new Error('The bench has no machines');
    const place = Math.floor(index / MACHINES.length);
    return {
      ...machine,
      name: `${machine.name}-${place + 1}`,
      machine: machine.name,
      port: FIRST_PORT + place,
    };
  });
}

/**
 * Starts one sshd process for each host of the fleet, each with its own limit of logins at a time (MaxStartups,
 * sshd_config(5)). VERBOSE: the log then has a line for each connection, see {@link readLogins}.
 */
export async function startFleet(lab: BenchLab, count: number): Promise<void> {
  const last = FIRST_PORT + Math.ceil(count / MACHINES.length) - 1;
  const loop = `for port in $(seq ${FIRST_PORT} ${last}); do
    /usr/sbin/sshd -D -p "$port" -o PidFile=none -o LogLevel=VERBOSE &
  done; wait`;
  await Promise.all(
    MACHINES.map(({ name }) =>
      lab.shell(
        name,
        `systemctl stop fleet 2>/dev/null
         systemd-run -q --unit=fleet --property=TasksMax=infinity -- sh -c '${loop}'
         until bash -c 'exec 3<>/dev/tcp/127.0.0.1/${last}' 2>/dev/null; do sleep 0.1; done`,
      ),
    ),
  );
}

/** Ends the fleet's sshd. */
export async function stopFleet(lab: BenchLab): Promise<void> {
  await Promise.all(MACHINES.map(({ name }) => lab.shell(name, 'systemctl stop fleet')));
}

/** The lab's settings for OpenSSH with an entry for each host of the fleet. Returns the file's path. */
export function writeFleetSshConfig(lab: BenchLab, name: string, hosts: readonly BenchHost[]): string {
  const entries = hosts.flatMap(({ name, address, port, via }) => [
    `Host ${name}`,
    `  HostName ${address}`,
    `  HostKeyAlias ${address}`,
    `  Port ${port}`,
    '  User admin',
    ...(via ? [`  ProxyJump ${via.join(',')}`] : []),
  ]);
  const path = join(lab.folder, `${name}.ssh_config`);
  // An Include within `Host` is read only for that host (ssh_config(5)).
  writeFileSync(path, [...entries, 'Match all', `  Include ${lab.sshConfig}`, ''].join('\n'));
  return path;
}
