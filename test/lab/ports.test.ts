import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitUntil } from './harness/wait-until.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

/** Behind the jump host. */
const HOST = 'left';
const ADDRESS = '10.77.1.31';
const WANTED = 2222;
const PORTS = [WANTED, 22];

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
  await lab.shell(
    HOST,
    'DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends nftables >/dev/null 2>&1 </dev/null',
  );
}, LAB_TIMEOUT_MS);
afterAll(async () => {
  await moveTo([22]);
  await lab.shell(
    HOST,
    `rm -f /etc/ssh/sshd_config.d/00-ports.conf; systemctl restart ssh
     DEBIAN_FRONTEND=noninteractive apt-get purge -yqq nftables >/dev/null 2>&1 </dev/null`,
  );
});

/** Has sshd listen on these ports and no others, by hand. */
async function moveTo(ports: readonly number[]): Promise<void> {
  const lines = ports.map((port) => `Port ${port}\\n`).join('');
  await lab.shell(
    HOST,
    `nft delete table inet ports 2>/dev/null; printf '${lines}' > /etc/ssh/sshd_config.d/00-ports.conf
     systemctl reset-failed ssh; systemctl restart ssh`,
  );
  for (const port of ports)
    await waitUntil(`${HOST} listens on ${port}`, async () => {
      const { code } = await lab.onMachine(HOST, ['bash', '-c', `exec 3<>/dev/tcp/${ADDRESS}/${port}`]);
      return code === 0;
    });
}

/** A project whose jump host has a wanted port that refuses, and whose host keys are in known_hosts. */
function projectOf(transport: string): string {
  // Without sudo, which would hide how the login was made.
  const left = { port: PORTS, host_key: undefined, transport, become: 'none' };
  const hosts = { [HOST]: left, gate: { port: [2200, 22], transport } };
  return lab.project({
    'inventory/hosts.yml': lab.hostsFile({}, hosts),
    'inventory/known_hosts': `${ADDRESS} ${lab.state.hostKeys[HOST]?.[0]}\n`,
  });
}
/** The port that a run gets to. */
async function portOf(cwd: string): Promise<number> {
  const args = ['run', HOST, '--', 'sh', '-c', 'echo "at ${SSH_CONNECTION##* }"'];
  const { code, stdout, stderr } = await lab.homelab(args, { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Number(/at (\d+)/.exec(stdout)?.[1]);
}
const pinned = (cwd: string) =>
  readFileSync(join(cwd, 'inventory/known_hosts'), 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter((name) => name !== '');

describe.each(['ssh2', 'openssh'])('a host that moves to another port, by %s', (transport) => {
  test('is found at its old, its new, and its only port, without an edit between', async () => {
    const project = projectOf(transport);
    await moveTo([22]);
    expect(await portOf(project)).toBe(22);
    expect(pinned(project)).toEqual([ADDRESS]);
    await moveTo([WANTED, 22]);
    expect(await portOf(project)).toBe(WANTED);
    expect(pinned(project)).toEqual([ADDRESS, `[${ADDRESS}]:${WANTED}`]);
    await moveTo([WANTED]);
    expect(await portOf(project)).toBe(WANTED);
    const trusted = await lab.homelab(['trust', HOST, '--json'], { cwd: project });
    expect(JSON.parse(trusted.stdout)).toMatchObject({ exitCode: 0 });
    expect((JSON.parse(trusted.stdout) as { keys: { status: string }[] }).keys).not.toContainEqual(
      expect.objectContaining({ status: 'changed' }),
    );
  });

  test('is found at its old port while a firewall swallows the wanted one', async () => {
    const project = projectOf(transport);
    await moveTo([WANTED, 22]);
    await lab.shell(
      HOST,
      `nft -f - <<'RULES'
table inet ports { chain input { type filter hook input priority 0; tcp dport ${WANTED} drop; }; }
RULES`,
    );
    expect(await portOf(project)).toBe(22);
  });

  test('is logged in to by homelab ssh there', async () => {
    const project = projectOf(transport);
    await moveTo([22]);
    const login = lab.startHomelab(['ssh', HOST], { cwd: project });
    login.type('echo "at ${SSH_CONNECTION##* }"; exit 3\n');
    expect(await login.ended()).toBe(3);
    expect(login.stdout).toContain('\nat 22\n');
  });

  test('with another key at the wanted port is refused there, and not tried elsewhere', async () => {
    const project = projectOf(transport);
    await moveTo([22]);
    await lab.shell(
      HOST,
      `rm -f /run/other_key*; ssh-keygen -q -t ed25519 -N '' -f /run/other_key
       mkdir -p /run/sshd; /usr/sbin/sshd -f /dev/null -o PidFile=/run/other.pid -o HostKey=/run/other_key -p ${WANTED}`,
    );
    const { code, stdout } = await lab.homelab(['facts', HOST, '--json', '--accept-new'], { cwd: project });
    await lab.shell(HOST, 'kill "$(cat /run/other.pid)"; rm -f /run/other_key*');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ hosts: [{ error: { code: 'transport/host-key-changed' } }] });
    expect(pinned(project)).toEqual([ADDRESS]);
  });
});
