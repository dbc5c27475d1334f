import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execInLab } from '../../src/lab/exec-in-lab.js';
import { writeFiles, type BenchLab } from '../bench-lab.js';
import type { BenchHost } from '../forty-project.js';
import { PEERS } from '../machines.js';
import type { TimedProgram } from '../measure/stopwatch.js';
import type { Contender } from './contender.js';

const PLAYBOOK_FOLDER = fileURLToPath(new URL('../ansible', import.meta.url));
/** Whole runs of half a minute: these do not scatter by much. */
const MAX_ROUNDS = 3;

interface AnsibleOptions {
  readonly name: string;
  /** Name of the strategy plugin that runs the tasks. */
  readonly strategy: 'linear' | 'mitogen_linear';
  /** Connections that an earlier run left open (ControlPersist) are used. */
  readonly isWarm: boolean;
}

/** ansible-core with pipelining and ControlPersist; a run finds no connection open, as the first of the day does. */
export const ANSIBLE: AnsibleOptions = { name: 'ansible', strategy: 'linear', isWarm: false };
/** The same shortly after another run. */
export const ANSIBLE_WARM: AnsibleOptions = { name: 'ansible-warm', strategy: 'linear', isWarm: true };
/** The same playbook run by Mitogen, which keeps no connection between runs. */
export const MITOGEN: AnsibleOptions = { name: 'mitogen', strategy: 'mitogen_linear', isWarm: false };

interface AnsibleProject {
  readonly name: string;
  /** Settings of OpenSSH's client. Absolute path. */
  readonly sshConfig: string;
  readonly hosts: readonly BenchHost[];
}

/** Copies the playbook into the lab, with an inventory of the hosts. Returns what makes contenders of it. */
export function createAnsibleProject(lab: BenchLab, { name, sshConfig, hosts }: AnsibleProject) {
  const folder = join(lab.folder, name);
  mkdirSync(folder, { recursive: true });
  cpSync(PLAYBOOK_FOLDER, folder, { recursive: true });
  writeFiles(folder, { 'hosts.json': inventoryFile(hosts) });
  return (options: AnsibleOptions): Contender & { apply(hosts: readonly string[]): TimedProgram } => {
    const run = (hosts: readonly string[], args: readonly string[]): TimedProgram => ({
      argv: ['ansible-playbook', '-i', 'hosts.json', '--limit', hosts.join(','), ...args, 'site.yml'],
      cwd: folder,
      env: environment(sshConfig, options),
    });
    return {
      name: options.name,
      maxRounds: MAX_ROUNDS,
      check: (hosts) => run(hosts, ['--check']),
      apply: (hosts) => run(hosts, []),
      prepare: async (hosts) => {
        await closeConnections(lab);
        if (options.isWarm) await openConnections(lab, run(hosts, ['--tags', 'none']));
      },
      isInSync: (code, output) => code === 0 && recap(output).every(({ changed }) => changed === 0),
      tells,
    };
  };
}

const inventoryEntry = ({ name, machine = name, address }: BenchHost) => [name, { machine, address }];

/** JSON is YAML, which is what Ansible reads from a file of this name. */
function inventoryFile(hosts: readonly BenchHost[]): string {
  return JSON.stringify({
    all: {
      hosts: Object.fromEntries(hosts.map(inventoryEntry)),
      children: { inner: { hosts: Object.fromEntries(PEERS.map((peer) => [peer, {}])) } },
    },
  });
}

function environment(sshConfig: string, { strategy }: AnsibleOptions): Record<string, string> {
  return {
    ANSIBLE_CONFIG: 'ansible.cfg',
    ANSIBLE_STRATEGY: strategy,
    ANSIBLE_SSH_ARGS: `-F ${sshConfig} -o ControlMaster=auto -o ControlPersist=60s`,
    LC_ALL: 'C.UTF-8',
  };
}

/** Ends the connections that ControlPersist keeps. */
async function closeConnections(lab: BenchLab): Promise<void> {
  const folder = join(lab.state.home, '.ansible/cp');
  let sockets: string[] = [];
  try {
    sockets = readdirSync(folder);
  } catch {
    // No run has made it yet.
  }
  for (const socket of sockets)
    await execInLab(lab.id, ['ssh', '-o', `ControlPath=${join(folder, socket)}`, '-O', 'exit', 'any']);
}

/** Runs `program` for the connections that it leaves open. They hold its output too, which nobody waits for then. */
async function openConnections(lab: BenchLab, { argv, cwd, env }: TimedProgram): Promise<void> {
  const quiet = ['sh', '-c', '"$@" >/dev/null 2>&1', 'sh', ...argv];
  const { code } = await execInLab(lab.id, quiet, { cwd, env });
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`);
}

/** What the last lines tell of each host. */
function recap(output: string): { host: string; changed: number }[] {
  const lines = output.matchAll(/^(\S+)\s+: ok=\d+\s+changed=(\d+) /gm);
  return Array.from(lines, ([, host = '', changed]) => ({ host, changed: Number(changed) }));
}

/** `TASK [name] ***`, then `changed: [host] => (item=label)` for what `--check` would change. */
function tells(output: string, host: string, subject: string): boolean {
  let task = '';
  for (const line of output.split('\n')) {
    task = /^TASK \[(.*)\] \*+$/.exec(line)?.[1] ?? task;
    if (line.startsWith(`changed: [${host}]`) && `${task} ${line}`.includes(subject)) return true;
  }
  return false;
}
