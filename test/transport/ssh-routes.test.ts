import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/core/host-config.js';
import { freePort } from '../free-port.js';
import { makeKey, startSshd, type PrivateSshd } from './private-sshd.js';
import { scratchFolder } from './local-shell.js';
import { testProject, type TestProject } from './test-project.js';

const folder = scratchFolder();
const key = makeKey(folder.file('key'));
let servers: Record<'gate' | 'mid' | 'inner' | 'closed', PrivateSshd>;
let project: TestProject;

beforeAll(async () => {
  const authorized = [key.line];
  const [gate, mid, inner, closed] = await Promise.all([
    startSshd({ authorized }),
    startSshd({ authorized }),
    // More than twelve unfinished logins at a time are turned away.
    startSshd({ authorized, hostKeys: ['ed25519', 'ecdsa', 'rsa'], config: ['MaxStartups 12:100:12'] }),
    startSshd({ authorized, config: ['AllowTcpForwarding no'] }),
  ]);
  servers = { gate, mid, inner, closed };
});
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  folder.dispose();
});
beforeEach(() => {
  project = testProject();
});
afterEach(() => project.dispose());

/** A host of the inventory that one of the servers stands for, known by its key. */
function on(
  server: keyof typeof servers,
  settings: Partial<HostConfig> = {},
  name: string = server,
): HostConfig {
  const { port, publicKeys } = servers[server];
  return project.host(name, { port, hostKeys: publicKeys, identity: [key.file], ...settings });
}

async function portSeenBy(host: HostConfig, transport = project.transport()): Promise<number> {
  const shell = await transport.open(host);
  const [result] = await shell.run([{ script: 'echo "${SSH_CONNECTION##* }"' }]);
  return Number(result?.stdout.toString());
}

describe('jump hosts', () => {
  test('a chain of three', async () => {
    on('gate');
    on('mid', { via: ['gate'] });
    const host = on('inner', { via: ['gate', 'mid'] });
    expect(await portSeenBy(host)).toBe(servers.inner.port);
    expect(await project.transport().routeOf(host)).toEqual(['gate', 'mid']);
  });

  test('twenty hosts behind one, and the jump host itself: one connection to it, one to each', async () => {
    const [gateDials, innerDials] = [servers.gate.dials(), servers.inner.dials()];
    const transport = project.transport();
    const jump = on('gate');
    const hosts = Array.from({ length: 20 }, (_, index) => on('inner', { via: ['gate'] }, `inner${index}`));
    const shells = await Promise.all([jump, ...hosts].map((host) => transport.open(host)));
    expect(shells).toHaveLength(21);
    expect(servers.gate.dials() - gateDials).toBe(1);
    expect(servers.inner.dials() - innerDials).toBe(20);
  });

  test('a jump host that is down fails every host behind it, with one dial', async () => {
    let dials = 0;
    const port = await freePort();
    const listener = createServer((socket) => {
      dials += 1;
      socket.destroy();
    }).listen(port, '127.0.0.1');
    project.host('gate', { port });
    const hosts = Array.from({ length: 5 }, (_, index) =>
      on('inner', { via: ['gate'], address: `127.0.0.${index + 1}` }, `inner${index}`),
    );
    const transport = project.transport();
    const outcomes = await Promise.allSettled(hosts.map((host) => transport.open(host)));
    const late = await Promise.allSettled([
      transport.open(on('inner', { via: ['gate'], address: '127.0.0.9' }, 'late')),
    ]);
    listener.close();
    for (const [index, outcome] of [...outcomes, ...late].entries())
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'transport/jump-failed', host: index < 5 ? `inner${index}` : 'late' },
      });
    expect((outcomes[0] as PromiseRejectedResult).reason.message).toMatch(
      /^unreachable via gate: gate \(127\.0\.0\.1:\d+\) ended the connection/,
    );
    expect(dials).toBe(1);
  });

  test('a failing first hop is named by hosts behind the second', async () => {
    project.host('gate', { port: await freePort() });
    on('mid', { via: ['gate'] });
    await expect(project.transport().open(on('inner', { via: ['gate', 'mid'] }))).rejects.toMatchObject({
      code: 'transport/jump-failed',
      host: 'inner',
      message: expect.stringMatching(/^unreachable via gate: .* refuses connections$/) as unknown as string,
    });
  });

  test.each([
    [
      'one that does not forward',
      'closed',
      'inner',
      'transport/forwarding-refused',
      /^closed does not forward connections to inner/,
    ],
    [
      'one from which nothing listens there',
      'gate',
      'dead',
      'transport/unreachable',
      /^gate could not reach dead .*refused/i,
    ],
  ] as const)('%s', async (_name, jump, target, code, message) => {
    on(jump);
    const host =
      target === 'inner'
        ? on('inner', { via: [jump] })
        : project.host('dead', { via: [jump], port: await freePort() });
    const opened = project.transport().open(host);
    await expect(opened).rejects.toMatchObject({ code, host: target });
    await expect(opened).rejects.toThrow(message);
  });

  test('one whose key is not known stops hosts behind it, and says what to do', async () => {
    on('gate', { hostKeys: [] });
    await expect(project.transport().open(on('inner', { via: ['gate'] }))).rejects.toMatchObject({
      code: 'transport/jump-failed',
      hint: expect.stringContaining('homelab trust gate') as unknown as string,
      cause: { code: 'transport/host-key-unknown' },
    });
  });
});

describe('a host that cannot be reached', () => {
  test('nothing listens', async () => {
    await expect(
      project.transport().open(project.host('dead', { port: await freePort() })),
    ).rejects.toMatchObject({
      code: 'transport/connection-refused',
      host: 'dead',
    });
  });

  test('its name means nothing', async () => {
    await expect(
      project.transport().open(project.host('nowhere', { address: 'no.such.host.invalid' })),
    ).rejects.toMatchObject({
      code: 'transport/unresolvable',
    });
  });

  test('it takes the connection and says nothing', async () => {
    const silent = createServer((socket) => void socket.resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const opened = project.transport({ dialTimeoutMs: 100 }).open(project.host('silent', { port }));
    await expect(opened).rejects.toMatchObject({ code: 'transport/timeout', host: 'silent' });
    silent.close();
  });

  test('what listens there is no sshd', async () => {
    const strange = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    ).listen(0, '127.0.0.1');
    await new Promise((resolve) => strange.once('listening', resolve));
    const address = strange.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(project.transport().open(project.host('web', { port }))).rejects.toMatchObject({
      code: 'transport/connection-lost',
    });
    strange.close();
  });

  test('it has no algorithm in common with us', async () => {
    const future = await startSshd({ config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] });
    const opened = project
      .transport()
      .open(project.host('future', { port: future.port, hostKeys: future.publicKeys }));
    await expect(opened).rejects.toMatchObject({
      code: 'transport/no-common-algorithm',
      host: 'future',
      hint: expect.stringContaining('transport: openssh') as unknown as string,
    });
    await future.stop();
  });

  test('a dial that failed is tried again when the host is asked for again', async () => {
    const port = await freePort();
    const transport = project.transport();
    await expect(transport.open(project.host('late', { port }))).rejects.toMatchObject({
      code: 'transport/connection-refused',
    });
    expect(await portSeenBy(on('inner', {}, 'late'), transport)).toBe(servers.inner.port);
  });

  test('a dial ends when the transport is closed', async () => {
    const silent = createServer((socket) => void socket.resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const transport = project.transport();
    const opened = transport.open(project.host('silent', { port }));
    opened.catch(() => undefined);
    await new Promise((resolve) => silent.once('connection', resolve));
    await transport.close();
    await expect(opened).rejects.toMatchObject({ code: 'transport/closed' });
    silent.close();
  });
});
