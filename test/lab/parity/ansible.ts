import { join } from 'node:path';
import { sshCommand } from '../../../src/lab/exec-in-lab.js';
import { mustRun, runProgram } from '../../../src/lab/run-program.js';
import type { TestLab } from '../harness/shared-lab.js';
import { saidByAnsible, type SaidByName } from './outcomes.js';
import { ANSIBLE_HOSTS, TWINS } from './playbooks.js';

/** Debian's package with ansible-core and the collection ansible.posix, which has authorized_key, mount and sysctl. */
const PACKAGE = 'ansible';

/** Installs Ansible on this computer where it is missing. Throws where apt cannot. */
export async function ensureAnsible(): Promise<void> {
  const found = await runProgram(['dpkg-query', '-W', '-f', '${db:Status-Status}', PACKAGE]);
  if (found.stdout === 'installed') return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  await mustRun(['apt-get', ...wait, 'update', '-qq'], { env });
  await mustRun(['apt-get', ...wait, 'install', '-yqq', '--no-install-recommends', PACKAGE], { env });
}

/** The project's ansible.cfg and inventory: pipelining, and one connection for both runs. */
export function ansibleFiles(lab: TestLab): Record<string, string> {
  const [, ...options] = sshCommand(lab.id, TWINS.ansible);
  const sshOptions = options.slice(0, -1).join(' ');
  return {
    'ansible.cfg': `[defaults]
inventory = hosts.ini
stdout_callback = ansible.posix.json
interpreter_python = /usr/bin/python3
retry_files_enabled = false
[privilege_escalation]
become = true
[ssh_connection]
pipelining = true
ssh_args = ${sshOptions} -o ControlMaster=auto -o ControlPersist=300
`,
    'hosts.ini': ANSIBLE_HOSTS,
  };
}

const environment = (folder: string): Record<string, string> => ({
  ANSIBLE_CONFIG: join(folder, 'ansible.cfg'),
  ANSIBLE_LOCAL_TEMP: join(folder, 'tmp'),
  ANSIBLE_SSH_CONTROL_PATH_DIR: join(folder, 'cp'),
  LC_ALL: 'C.UTF-8',
});

/** Runs the playbook of the project at `folder` as the lab's controller. Returns what Ansible said of each task. */
export async function runAnsible(lab: TestLab, folder: string): Promise<SaidByName> {
  const { code, stdout, stderr } = await lab.run(['ansible-playbook', 'site.yml'], {
    cwd: folder,
    env: environment(folder),
  });
  if (code !== 0) throw new Error(`ansible-playbook ended with ${code}:\n${stdout.slice(-2000)}\n${stderr}`);
  return saidByAnsible(stdout);
}

/** Ends the connection that Ansible keeps open for its next run. */
export async function endAnsible(lab: TestLab, folder: string): Promise<void> {
  const sockets = await lab.run(['find', join(folder, 'cp'), '-type', 's']);
  for (const socket of sockets.stdout.split('\n').filter((path) => path !== ''))
    await lab.run(['ssh', '-O', 'exit', '-o', `ControlPath=${socket}`, TWINS.ansible]);
}
