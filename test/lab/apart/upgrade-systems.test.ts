import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../../src/core/facts.js';
import type { RemoteShell } from '../../../src/core/shell.js';
import { sshCommand } from '../../../src/lab/exec-in-lab.js';
import { labNames } from '../../../src/lab/lab-id.js';
import { requireState } from '../../../src/lab/lab-state.js';
import { inNamespace } from '../../../src/lab/network.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { hostJobs } from '../../../src/rolling/job/host-jobs.js';
import { newFailures, settledState } from '../../../src/rolling/restarts/settled-state.js';
import { restartScript, staleServices } from '../../../src/rolling/restarts/stale-services.js';
import { systemOf } from '../../../src/rolling/systems/system-of.js';
import type { PendingUpgrade } from '../../../src/rolling/systems/upgrade-system.js';
import { FramedShell } from '../../../src/transport/framed-shell.js';
import { openLocalChannel } from '../../../src/transport/local-channel.js';
import { OFFER_UPGRADES } from '../fixtures/upgrade-repository.js';
import { bootLab, LAB_TIMEOUT_MS, type TestLab } from '../harness/shared-lab.js';
import { waitUntil } from '../harness/wait-until.js';

/** A lab of its own: packages are left half installed here. */
const ID = `upgrades-${process.pid}`;
const HOST = 'up';
const ALL = { only: 'all', packages: undefined } as const;
const facts = FACT_EXAMPLES;
const apt = systemOf(facts);

let lab: TestLab;
let shell: RemoteShell;

/** Over the lab's network, as homelab logs in; root by sudo. */
function connect(): RemoteShell {
  const argv = inNamespace(labNames(ID).controllerNamespace, sshCommand(ID, HOST, ['sudo', 'sh']));
  const env = { ...process.env, HOME: requireState(ID).home };
  return new FramedShell({
    host: HOST,
    helloTimeoutMs: 20_000,
    source: { open: () => openLocalChannel({ argv, env, cwd: '/' }) },
  });
}

beforeAll(async () => {
  lab = await bootLab({ id: ID, hosts: [{ name: HOST, address: '192.168.77.26' }] });
  await lab.shell(
    HOST,
    `${OFFER_UPGRADES}
systemctl daemon-reload; systemctl start lab-service; echo mine >>/etc/lab-service.conf`,
  );
  shell = connect();
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  await shell?.close();
  await stopLab(ID);
}, LAB_TIMEOUT_MS);

/** Everything of apt and dpkg, with owners, modes and times. */
const everything = () =>
  lab.shell(
    HOST,
    `find /var/lib /var/cache /etc -mindepth 1 -not -path '/var/lib/systemd*' \\( -type f -o -type d \\) -printf '%p %m %U %T@ %s\\n' | sort
find /var/lib/apt /var/lib/dpkg /var/cache/apt -type f -exec sha256sum {} + | sort`,
  );
const versions = () => lab.shell(HOST, "dpkg-query -W -f '${Package} ${Version}\\n' 'lab-*'");
const pendingNames = ({ packages }: PendingUpgrade) =>
  packages.map(({ name, from, to, isSecurity }) => `${name} ${from} ${to}${isSecurity ? ' security' : ''}`);

async function obstacles(pending: PendingUpgrade): Promise<string> {
  return (await apt.obstacles(shell, facts, pending)).map(({ message }) => message).join('\n');
}

const NOTHING = { packages: [], added: [], removed: [], held: [], needsBytes: 0, bringsKernel: false };

async function endOf(id: string) {
  await waitUntil(`the job ${id} is over`, async () => (await hostJobs.look(shell, id)).is !== 'running');
  return hostJobs.look(shell, id);
}

test('what is pending is told, and nothing is changed', async () => {
  const before = await everything();
  const pending = await apt.pending(shell, facts, ALL);
  expect(pendingNames(pending)).toEqual(['lab-secure 1.0 2.0 security', 'lab-service 1.0 2.0']);
  expect(pending.held).toEqual(['lab-held']);
  expect(await obstacles(pending)).toBe('');
  const secure = await apt.pending(shell, facts, { only: 'security', packages: undefined });
  expect(pendingNames(secure)).toEqual(['lab-secure 1.0 2.0 security']);
  const named = await apt.pending(shell, facts, { only: 'all', packages: ['lab-service', 'lab-held'] });
  expect(pendingNames(named)).toEqual(['lab-service 1.0 2.0']);
  expect(await everything()).toBe(before);
});

test('lists that cannot be fetched are told in the words of apt', async () => {
  await lab.shell(HOST, "echo 'deb [trusted=yes] file:/srv/nothing ./' >/etc/apt/sources.list.d/gone.list");
  await expect(apt.pending(shell, facts, ALL)).rejects.toMatchObject({
    code: 'rolling/lists',
    message: expect.stringContaining('/srv/nothing'),
  });
  expect(
    await lab.shell(HOST, 'rm /etc/apt/sources.list.d/gone.list; ls -d /var/lib/homelab-* || true'),
  ).toBe('');
});

test('too little room is an obstacle', async () => {
  await lab.shell(HOST, 'mount -t tmpfs -o size=1m tmpfs /var/cache/apt');
  expect(await obstacles({ ...NOTHING, needsBytes: 2_000_000 })).toMatch(
    /^\/var\/cache\/apt has \d MiB free/,
  );
  await lab.shell(HOST, 'umount /var/cache/apt');
});

test('a job outlives its connection; killed, it is lost, and what it left is told', async () => {
  await lab.shell(HOST, 'touch /run/lab-service.wait');
  const job = { id: 'first', script: apt.upgradeScript(facts, ALL), limitSeconds: 300 };
  await hostJobs.start(shell, job);
  const status = () => lab.shell(HOST, "dpkg-query -W -f '${db:Status-Status}' lab-service");
  await waitUntil('it is in the middle', async () => (await status()) === 'half-configured');
  await lab.shell(HOST, "pkill -KILL -f 'sshd: [a]dmin'; systemctl daemon-reexec");
  await expect(hostJobs.look(shell, 'first')).rejects.toMatchObject({ code: 'transport/connection-lost' });
  shell = connect();
  expect(await hostJobs.look(shell, 'first')).toEqual({ is: 'running' });
  expect(await obstacles(NOTHING)).toMatch(/holds \/var\/lib\/dpkg\/lock/);
  await hostJobs.start(shell, job);
  await lab.shell(HOST, 'systemctl kill -s KILL homelab-job-first');
  expect(await endOf('first')).toEqual({ is: 'lost' });
  expect(await obstacles(NOTHING)).toMatch(
    /^packages are installed in part: .*lab-service \(half-configured\)/,
  );
});

test('a further job ends what was cut off, and keeps what somebody changed', async () => {
  await lab.shell(HOST, 'rm /run/lab-service.wait');
  await hostJobs.start(shell, { id: 'second', script: apt.upgradeScript(facts, ALL), limitSeconds: 300 });
  expect(await endOf('second')).toMatchObject({ is: 'ended', code: 0 });
  expect(await versions()).toBe('lab-held 1.0\nlab-secure 2.0\nlab-service 2.0\n');
  expect(await lab.shell(HOST, 'cat /etc/lab-*.conf')).toBe('version 1.0\nversion 2.0\nversion 1.0\nmine\n');
  expect(await obstacles(NOTHING)).toBe('');
});

test('a service that runs what was replaced is found, and restarted', async () => {
  const before = await settledState(shell, facts);
  const { services, onlyByBoot } = await staleServices(shell, facts);
  expect(services).toEqual([
    {
      unit: 'lab-service.service',
      why: 'runs a replaced /usr/lib/lab-service/library.so',
      isDisruptive: false,
    },
  ]);
  expect(onlyByBoot).toEqual([]);
  const [restarted] = await shell.run([{ script: restartScript(facts, ['lab-service.service']) }]);
  expect(restarted?.code).toBe(0);
  expect((await staleServices(shell, facts)).services).toEqual([]);
  expect(newFailures(before, await settledState(shell, facts))).toEqual([]);
});

test('it goes back to what was there', async () => {
  const packages = [{ name: 'lab-service', from: '1.0', to: '2.0' }];
  const script = apt.rollbackScript?.(facts, packages) ?? 'false';
  await hostJobs.start(shell, { id: 'back', script, limitSeconds: 300 });
  expect(await endOf('back')).toMatchObject({ is: 'ended', code: 0 });
  expect(await versions()).toBe('lab-held 1.0\nlab-secure 2.0\nlab-service 1.0\n');
  expect(await lab.shell(HOST, 'apt-mark showhold')).toBe('lab-held\nlab-service\n');
});
