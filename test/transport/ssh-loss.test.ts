import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/core/host-config.js';
import { startSshd, type PrivateSshd } from './private-sshd.js';
import { testProject, type TestProject } from './test-project.js';

let project: TestProject;
let gate: PrivateSshd;
let inner: PrivateSshd;
beforeEach(async () => {
  project = testProject();
  [gate, inner] = await Promise.all([
    startSshd({ authorized: [project.key.line] }),
    startSshd({ authorized: [project.key.line] }),
  ]);
});
afterEach(async () => {
  await project.dispose();
  await Promise.all([gate.stop(), inner.stop()]);
});

const gateHost = (): HostConfig => project.host('gate', { port: gate.port, hostKeys: gate.publicKeys });
const innerHost = (): HostConfig =>
  project.host('inner', { port: inner.port, hostKeys: inner.publicKeys, via: ['gate'] });
const LOST = { code: 'transport/connection-lost' };

test('a host that is swallowed by the network is noticed by its keepalives', async () => {
  const shell = await project.transport({ keepaliveMs: 50 }).open(gateHost());
  await shell.run([{ script: 'true' }]);
  const running = shell.run([{ script: 'sleep 30' }]);
  const waiting = shell.run([{ script: 'echo never' }]);
  gate.freeze();
  await expect(running).rejects.toMatchObject({ ...LOST, host: 'gate' });
  await expect(running).rejects.toThrow('no longer answers');
  await expect(waiting).rejects.toMatchObject(LOST);
  expect(shell.roundTrips).toBe(1);
});

test('a jump host that is swallowed takes the hosts behind it along', async () => {
  gateHost();
  const shell = await project.transport({ keepaliveMs: 50 }).open(innerHost());
  await shell.run([{ script: 'true' }]);
  const running = shell.run([{ script: 'sleep 30' }]);
  gate.freeze();
  await expect(running).rejects.toMatchObject({
    code: expect.stringMatching(/^transport\/(jump-failed|connection-lost)$/) as unknown as string,
    host: 'inner',
  });
});

test('a server that is killed in the middle of an answer is a lost connection, never an answer', async () => {
  const shell = await project.transport().open(gateHost());
  await shell.run([{ script: 'true' }]);
  const running = shell.run([{ script: 'head -c 300000000 /dev/zero' }], { outputLimitBytes: 300_000_000 });
  await gate.stop();
  await expect(running).rejects.toMatchObject(LOST);
  await expect(shell.run([{ script: 'true' }])).rejects.toMatchObject(LOST);
});

test('a host that went away while nobody asked is dialled anew when it is opened again', async () => {
  const transport = project.transport();
  const shell = await transport.open(gateHost());
  await expect(shell.run([{ script: 'kill -9 $PPID; sleep 5' }])).rejects.toMatchObject(LOST);
  const again = await transport.open(gateHost());
  expect((await again.run([{ script: 'echo back' }]))[0]?.stdout.toString()).toBe('back\n');
  expect(gate.dials()).toBe(2);
});

test('the scratch folder goes when the connection does', async () => {
  const transport = project.transport();
  const shell = await transport.open(gateHost());
  const watcher = await transport.open(innerHostDirect());
  const [scratch] = await shell.run([{ script: 'printf %s "$h_dir"' }]);
  await expect(shell.run([{ script: 'kill -9 $PPID; sleep 0.1' }])).rejects.toMatchObject(LOST);
  const script = `i=0; while [ -e '${scratch?.stdout.toString()}' ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i+1)); done; [ ! -e '${scratch?.stdout.toString()}' ]`;
  expect((await watcher.run([{ script }]))[0]?.code).toBe(0);
});

function innerHostDirect(): HostConfig {
  return project.host('watcher', { port: inner.port, hostKeys: inner.publicKeys });
}

test('a closed transport leaves nothing that keeps the program alive', async () => {
  // Tests before this one may still hold sockets of their own, which go meanwhile.
  for (let turn = 0; turn < 300 && openSockets() > 0; turn += 1) await sleep(10);
  const before = openSockets();
  const transport = project.transport();
  gateHost();
  const shells = await Promise.all([transport.open(innerHost()), transport.open(gateHost())]);
  await Promise.all(shells.map((shell) => shell.run([{ script: 'true' }])));
  expect(openSockets()).toBeGreaterThan(before);
  await transport.close();
  // A socket that was let go is gone a turn later; one that is held would stay.
  for (let turn = 0; turn < 300 && openSockets() > before; turn += 1) await sleep(10);
  expect(openSockets()).toBeLessThanOrEqual(before);
  await expect(transport.open(gateHost())).rejects.toMatchObject({ code: 'transport/closed' });
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCPSocket')).length;
}
