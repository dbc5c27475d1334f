import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { homeFolder } from '../../../src/lab/controller-home.js';
import { labNames } from '../../../src/lab/lab-id.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { scheduleName } from '../../../src/drift/schedule/schedule-name.js';
import { HOMELAB, makeController } from '../fixtures/controller-machine.js';
import { bootLab, LAB_TIMEOUT_MS, type TestLab } from '../harness/shared-lab.js';
import { waitUntil } from '../harness/wait-until.js';

/** A machine that checks another one by itself: by a timer of its systemd, with a key that is another account's. */
const ID = `schedule-${process.pid}`;
/** Every sign that systemd or a shell could take for something else. */
const PROJECT = `/srv/my 50%h $HOME's "house"`;
const NAME = scheduleName(PROJECT);
const KEY = '/home/admin/keys/id';
const PORT = 8099;
/** Takes what is posted to it, a line of JSON each. */
const RECEIVER = `const { appendFileSync, writeFileSync } = require('node:fs');
require('node:http').createServer((request, response) => {
  let body = '';
  request.on('data', (text) => (body += text));
  request.on('end', () => { appendFileSync('/var/tmp/posts', body + '\\n'); response.end(); });
}).listen(${PORT}, '127.0.0.1', () => writeFileSync('/var/tmp/listens', ''));
`;

interface Status {
  readonly isScheduled: boolean;
  readonly scheduled?: string;
  readonly notes?: readonly string[];
  readonly schedule: {
    readonly last: { readonly isRunning: boolean; readonly exitCode: number | null } | null;
    readonly next: string | null;
    readonly words: readonly string[];
  } | null;
}

let lab: TestLab;

/** homelab on the controller, in the project, as root. */
async function homelab(...words: readonly string[]) {
  return lab.onMachine('gate', ['env', '-C', PROJECT, ...HOMELAB, ...words]);
}

async function document(...words: readonly string[]): Promise<Status> {
  const { code, stdout, stderr } = await homelab('schedule', 'drift', ...words, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Status;
}

const onGate = (script: string): Promise<string> => lab.shell('gate', script);

async function write(path: string, text: string): Promise<void> {
  const script = 'mkdir -p "$(dirname "$1")" && cat >"$1"';
  const { code } = await lab.onMachine('gate', ['sh', '-c', script, 'sh', path], { stdin: text });
  expect(code).toBe(0);
}

beforeAll(async () => {
  lab = await bootLab({
    id: ID,
    hosts: [
      { name: 'gate', address: '192.168.77.2' },
      { name: 'dns1', address: '10.77.1.11', via: ['gate'] },
    ],
  });
  await makeController(ID, 'gate');
  const host_key = lab.state.hostKeys['dns1']?.[0];
  const hosts = {
    one: { address: '10.77.1.11', host_key },
    two: { address: 'again.lan', host_key, transport: 'openssh' },
  };
  const defaults = { user: 'admin', become: 'sudo', identity: KEY };
  const tasks = [{ file: { path: '/etc/kept', content: 'kept\n' } }];
  await write(`${PROJECT}/inventory/hosts.yml`, JSON.stringify({ defaults, hosts }));
  await write(`${PROJECT}/playbooks/site.yml`, JSON.stringify([{ name: 'Kept', hosts: 'all', tasks }]));
  const notify = [{ webhook: `http://127.0.0.1:${PORT}/` }];
  await write(`${PROJECT}/homelab.yml`, JSON.stringify({ notify }));
  await write('/opt/receiver.cjs', RECEIVER);
  await write('/var/tmp/key', readFileSync(join(homeFolder(labNames(ID)), '.ssh/id_ed25519'), 'utf8'));
  await onGate(`echo '10.77.1.11 again.lan' >>/etc/hosts
    install -d -m 700 -o admin -g admin /home/admin/keys
    install -m 600 -o admin -g admin /var/tmp/key ${KEY}
    install -m 600 -o admin -g admin /var/tmp/key ${KEY}.locked
    ssh-keygen -q -p -P '' -N secret -f ${KEY}.locked >/dev/null
    rm /var/tmp/key
    systemd-run --quiet --unit=receiver /usr/local/bin/node /opt/receiver.cjs`);
  await waitUntil('the receiver listens', async () => (await onGate('ls /var/tmp')).includes('listens'));
  await lab.shell('dns1', 'echo kept >/etc/kept');
}, LAB_TIMEOUT_MS);

afterAll(() => stopLab(ID));

/** What systemd has of the schedule anywhere. */
const traces = (): Promise<string> =>
  onGate(`ls -d /etc/systemd/system/${NAME}* /etc/systemd/system/*/${NAME}* /var/lib/systemd/timers/*${NAME}* \
    /run/credentials/${NAME}* 2>/dev/null || true; systemctl list-units --all --plain --no-legend '${NAME}*'`);

const statusOf = async () => (await document('--status')).schedule;

/** Waits until `count` checks more than now have come to this, by the last line of what each says in the journal. */
async function checksEnd(summary: string, count: number): Promise<void> {
  const counted = `journalctl -q -u ${NAME}.service -o cat | grep -c '^2 hosts: 2 ${summary}'`;
  await onGate(`goal=$(( $(${counted} || true) + ${count} ))
    timeout 40 sh -c "until [ \\$(${counted}) -ge $goal ]; do sleep 0.2; done"`);
}

/** Host and change of each transition that was posted, sorted; a check may see what is done meanwhile on one host only. */
async function posted(): Promise<string[]> {
  const lines = (await onGate('cat /var/tmp/posts 2>/dev/null || true'))
    .split('\n')
    .filter((line) => line !== '');
  const told = lines.flatMap((line) => {
    const post = JSON.parse(line) as {
      document: { transitions: readonly { host: string; change: string }[] };
    };
    return post.document.transitions.map(({ host, change }) => `${host} ${change}`);
  });
  return told.toSorted();
}

test('a key that somebody would have to open is refused, and nothing is written', async () => {
  await onGate(`mv ${KEY} ${KEY}.open; mv ${KEY}.locked ${KEY}`);
  const { code, stdout } = await homelab('schedule', 'drift', '--every', 'daily', '--json');
  await onGate(`mv ${KEY}.open ${KEY}`);
  expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
    code: 1,
    error: { code: 'schedule/locked-key' },
  });
  expect(await traces()).toBe('');
});

describe('a timer', () => {
  const EVERY = ['--every', '*:*:0/3', '--notify'];

  test('is written once, and is sound', async () => {
    expect(await document(...EVERY)).toMatchObject({ isScheduled: true, scheduled: 'new', notes: [] });
    expect(await document(...EVERY)).toMatchObject({ scheduled: 'unchanged' });
    const units = `/etc/systemd/system/${NAME}.service /etc/systemd/system/${NAME}.timer`;
    expect(await onGate(`systemd-analyze verify --man=no ${units} 2>&1`)).toBe('');
    const exposure = await onGate(`systemd-analyze security --no-pager ${NAME}.service | tail -n 1`);
    expect(Number(/level for \S+: ([\d.]+) OK/.exec(exposure)?.[1])).toBeLessThan(3);
  });

  test('fires, and the check logs in with a key that root may not read there, by ssh2 and by openssh', async () => {
    await checksEnd('in sync', 1);
    // So that none is running when it is asked, however long they take here.
    await onGate(`systemctl stop ${NAME}.timer
      timeout 40 sh -c 'until systemctl show -p ActiveState --value ${NAME}.service | grep -qx inactive; do sleep 0.2; done'`);
    expect(await statusOf()).toMatchObject({
      words: ['drift', '--notify'],
      isActive: false,
      last: { isRunning: false, exitCode: 0 },
    });
    await onGate(`systemctl start ${NAME}.timer`);
    expect(await homelab('schedule', 'drift', '--status')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^next {5}(\d{4}-|known once)/m) as unknown,
    });
    expect(await onGate(`systemctl show -p CapabilityBoundingSet --value ${NAME}.service`)).toBe('\n');
    expect(await posted()).toEqual([]);
  });

  test('finds what somebody changed, which is no failed unit, and tells it once', async () => {
    await lab.shell('dns1', 'echo changed >/etc/kept');
    await checksEnd('drifted', 2);
    expect((await lab.onMachine('gate', ['systemctl', 'is-failed', `${NAME}.service`])).code).not.toBe(0);
    expect(await posted()).toEqual(['one drift', 'two drift']);
  });

  test('does not mind a check by hand beside it, which knows what it found', async () => {
    const { code, stdout } = await homelab('drift', '--json');
    expect(code).toBe(2);
    const causes = JSON.parse(stdout) as { hosts: { tasks: { drift: { cause: string } }[] }[] };
    expect(causes.hosts.map(({ tasks }) => tasks[0]?.drift.cause)).toEqual(['host', 'host']);
  });

  test('tells once that it is well again', async () => {
    await lab.shell('dns1', 'echo kept >/etc/kept');
    await checksEnd('in sync', 2);
    expect(await posted()).toEqual(['one cleared', 'one drift', 'two cleared', 'two drift']);
  });

  test('a check that fails is a failed unit', async () => {
    await onGate('ip link set eth1 down');
    await waitUntil('the unit has failed', async () => {
      const { code } = await lab.onMachine('gate', ['systemctl', 'is-failed', '--quiet', `${NAME}.service`]);
      return code === 0;
    });
    await onGate('ip link set eth1 up');
  });

  test('goes, and leaves nothing', async () => {
    expect(await traces()).toContain(`${NAME}.timer`);
    const removed = (): Promise<object> => document('--remove');
    expect(await removed()).toMatchObject({ wasThere: true });
    expect(await traces()).toBe('');
    expect(await removed()).toMatchObject({ wasThere: false });
    expect(await document('--status')).toMatchObject({ isScheduled: false, schedule: null });
  });
});
