import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { documentOf, hostOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { waitUntil } from './harness/wait-until.js';

/** Behind the jump host; systemd listens there in sshd's stead while this file runs, as on Ubuntu. */
const HOST = 'left';

let lab: TestLab;

const isActive = async (unit: string) =>
  (await lab.onMachine(HOST, ['systemctl', 'is-active', '-q', unit])).code === 0;

beforeAll(async () => {
  lab = await sharedLab();
  await lab.shell(HOST, 'systemctl stop ssh.service; systemctl start ssh.socket');
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  await lab.shell(
    HOST,
    `systemctl stop ssh.socket ssh.service
     rm -rf /etc/systemd/system/ssh.socket.d /etc/ssh/sshd_config.d/01-homelab-port.conf
     systemctl daemon-reload; systemctl start ssh.service`,
  );
  await waitUntil('sshd listens by itself again', () => isActive('ssh.service'));
});

const listens = () => lab.shell(HOST, `ss -Hltn | sed -n 's/.*:\\(22[0-9]*\\) .*/\\1/p' | sort -u`);

/** What a run says of the port where the inventory has `ports`. */
async function run(command: 'plan' | 'provision', params: object, ports: readonly number[]) {
  const cwd = lab.project({
    'inventory/hosts.yml': lab.hostsFile({}, { [HOST]: { port: ports } }),
    'playbooks/site.yml': JSON.stringify([{ name: 'P', hosts: HOST, tasks: [{ sshd_port: params }] }]),
  });
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const document = documentOf(await lab.homelab([command, HOST, ...flags], { cwd }));
  const [task] = hostOf(document, HOST).tasks;
  return task?.error?.message ?? [task?.status, ...(task?.changes ?? []).map(({ field }) => field)].join(' ');
}

test.each<[string, object, readonly number[], string, string]>([
  ['a second port is opened', { port: 2222 }, [22, 2222], 'port.2222', '22\n2222\n'],
  ['the first one is closed', { port: 2222, others: 'close' }, [2222, 22], 'port.22', '2222\n'],
  ['it moves back', { port: 22, others: 'close' }, [22, 2222], 'port.22 port.2222', '22\n'],
])('%s, and stays so', async (_name, params, ports, fields, listening) => {
  expect(await isActive('ssh.socket')).toBe(true);
  expect(await run('provision', params, ports)).toBe(`changed ${fields}`);
  expect(await listens()).toBe(listening);
  expect(await run('plan', params, ports)).toBe('ok');
  expect(await isActive('ssh.socket')).toBe(true);
});
