import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/core/host-config.js';
import type { TransportOptions } from '../../src/transport/create-transport.js';
import type { HomelabTransport } from '../../src/transport/homelab-transport.js';
import { freePort } from '../free-port.js';
import { scratchFolder } from './local-shell.js';
import { makeKey, startSshd, type PrivateSshd } from './private-sshd.js';
import { testProject, type TestProject } from './test-project.js';

const folder = scratchFolder();
const key = makeKey(folder.file('key'));
const stranger = makeKey(folder.file('stranger'));
let first: PrivateSshd;
let second: PrivateSshd;
let locked: PrivateSshd;
let gate: PrivateSshd;
let project: TestProject;
const listeners: Server[] = [];
/** A port that nobody listens on. */
let closed: number;

beforeAll(async () => {
  [first, second, locked] = await Promise.all([
    startSshd({ authorized: [key.line] }),
    startSshd({ authorized: [key.line] }),
    startSshd(),
  ]);
  gate = await startSshd({
    authorized: [key.line],
    config: [`PermitOpen 127.0.0.1:${second.port} 127.0.0.1:${locked.port}`],
  });
  closed = await freePort();
});
afterAll(async () => {
  for (const listener of listeners) listener.close();
  await Promise.all([first, second, locked, gate].map((server) => server.stop()));
  folder.dispose();
});
beforeEach(() => {
  project = testProject();
});
afterEach(() => project.dispose());

/** A port where something else than sshd listens. */
async function listening(onConnection: (socket: Socket) => void): Promise<number> {
  const port = await freePort();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  server.unref();
  listeners.push(server);
  return port;
}

async function portOn(host: HostConfig, transport: HomelabTransport): Promise<number> {
  const shell = await transport.open(host);
  const [result] = await shell.run([{ script: 'echo "${SSH_CONNECTION##* }"' }]);
  expect(shell.login?.port).toBe(Number(result?.stdout));
  return Number(result?.stdout);
}

describe.each(['ssh2', 'openssh'] as const)('by %s', (transport) => {
  const hostAt = (ports: readonly number[], settings: Partial<HostConfig> = {}): HostConfig => {
    const [port, ...otherPorts] = ports;
    const hostKeys = [first, second, locked].flatMap((server) => server.publicKeys);
    const identity = [key.file];
    return project.host('nas', { port, otherPorts, hostKeys, identity, transport, ...settings });
  };
  const answering = (host: HostConfig, options: Partial<TransportOptions> = {}) =>
    portOn(host, project.transport(options));

  test('the wanted port is used where both answer, and the other one is left alone', async () => {
    const before = second.dials();
    expect(await answering(hostAt([first.port, second.port]))).toBe(first.port);
    expect(second.dials()).toBe(before);
  });

  test.each<[what: string, wanted: () => number | Promise<number>]>([
    ['that refuses', () => closed],
    ['that hangs up', () => listening((socket) => socket.destroy())],
    [
      'that speaks something else',
      () => listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ],
    ['that says nothing', () => listening(() => undefined)],
  ])('the next one is used in place of one %s', async (_what, wanted) => {
    const ports = [await wanted(), closed, second.port];
    // Longer than a test may take: the silent one is not waited for.
    expect(await answering(hostAt(ports), { dialTimeoutMs: 60_000 })).toBe(second.port);
  });

  test('as the jump host', async () => {
    project.host('gate', {
      port: closed,
      otherPorts: [gate.port],
      hostKeys: gate.publicKeys,
      identity: [key.file],
      transport,
    });
    expect(await answering(hostAt([second.port], { via: ['gate'] }))).toBe(second.port);
  });

  test('behind a jump host that forwards to one of the ports only', async () => {
    const { port, publicKeys: hostKeys } = gate;
    project.host('gate', { port, hostKeys, identity: [key.file], transport });
    expect(await answering(hostAt([first.port, second.port], { via: ['gate'] }))).toBe(second.port);
  });

  test.each<[what: string, settings: () => Partial<HostConfig>, wanted: () => number, code: string]>([
    ['with another host key', () => ({ hostKeys: [stranger.line] }), () => first.port, 'host-key-changed'],
    ['and lets nobody in', () => ({}), () => locked.port, 'auth-failed'],
  ])('one that answers %s has answered', async (_what, settings, wanted, code) => {
    const before = second.dials();
    const host = hostAt([wanted(), second.port], settings());
    await expect(answering(host)).rejects.toMatchObject({ code: `transport/${code}`, host: 'nas' });
    expect(second.dials()).toBe(before);
  });

  test('where none answers, what is wrong with each is told', async () => {
    const opened = answering(hostAt([closed, await listening((socket) => socket.destroy())]));
    await expect(opened).rejects.toMatchObject({
      code: 'transport/connection-refused',
      message: expect.stringMatching(
        /^nas \(127\.0\.0\.1:\d+\) refuses connections; nas \(127\.0\.0\.1:\d+\) ended the connection/,
      ) as unknown as string,
    });
  });

  test('a jump host that is not there is told once', async () => {
    project.host('gate', { port: closed, hostKeys: gate.publicKeys, transport });
    const opened = answering(hostAt([first.port, second.port], { via: ['gate'] }));
    await expect(opened).rejects.toMatchObject({ code: 'transport/jump-failed' });
    await expect(opened).rejects.toThrow(/^unreachable via gate: [^;]*$/);
  });

  test('the port that answered is tried first again, and by a new transport the wanted one', async () => {
    const wanted = await freePort();
    const host = hostAt([wanted, second.port]);
    const own = project.transport();
    expect(await portOn(host, own)).toBe(second.port);
    let dials = 0;
    const late = createServer((socket) => {
      dials += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => void late.listen(wanted, '127.0.0.1', resolve));
    try {
      const lost = (await own.open(host)).run([{ script: 'kill -KILL "$PPID"; sleep 9' }]);
      await expect(lost).rejects.toMatchObject({ code: 'transport/connection-lost' });
      expect(await portOn(host, own)).toBe(second.port);
      expect(dials).toBe(0);
      expect(await answering(host)).toBe(second.port);
      expect(dials).toBeGreaterThan(0);
    } finally {
      late.close();
    }
  });

  test('host keys are shown from the port that answers, and the login goes there', async () => {
    const host = hostAt([closed, second.port]);
    const own = project.transport();
    const shown = (await own.scanHostKeys(host)).map(
      ({ type, blob }) => `${type} ${blob.toString('base64')}`,
    );
    expect(shown).toEqual(second.publicKeys);
    const stdout = new PassThrough();
    const streams = { stdin: new PassThrough().end(), stdout, stderr: new PassThrough() };
    const command = ['sh', '-c', 'echo "${SSH_CONNECTION##* }"'];
    expect(await own.openLogin(host, { ...streams, command })).toBe(0);
    expect(String(stdout.read())).toBe(`${second.port}\n`);
  });

  describe('a host key', () => {
    const lineAt = (port: number, line: string) =>
      `[127.0.0.1]:${port} ${line.split(' ').slice(0, 2).join(' ')}\n`;
    const pinned = () => readFileSync(project.file('inventory/known_hosts'), 'utf8');
    const pin = (text: string) => {
      mkdirSync(project.file('inventory'), { recursive: true });
      writeFileSync(project.file('inventory/known_hosts'), text);
    };
    const keyOf = (server: PrivateSshd) => server.publicKeys[0] ?? '';

    test('that is known at one port counts at the other, and is known there from then on', async () => {
      pin(lineAt(closed, keyOf(second)));
      expect(await answering(hostAt([closed, second.port], { hostKeys: [] }))).toBe(second.port);
      expect(pinned()).toBe(lineAt(closed, keyOf(second)) + lineAt(second.port, keyOf(second)));
      expect(await answering(hostAt([second.port], { hostKeys: [] }))).toBe(second.port);
    });

    test('of another host at the other port does not count without the list', async () => {
      pin(lineAt(closed, keyOf(second)));
      const host = hostAt([second.port], { hostKeys: [] });
      await expect(answering(host)).rejects.toMatchObject({ code: 'transport/host-key-unknown' });
    });

    test.each([
      ['known at the other port', () => closed],
      ['known at its own port, whatever the other says', () => second.port],
    ])('that is another than the one %s is refused', async (_what, port) => {
      const right = port() === closed ? '' : lineAt(closed, keyOf(second));
      pin(lineAt(port(), stranger.line) + right);
      const host = hostAt([closed, second.port], { hostKeys: [] });
      const opened = answering(host, { acceptNew: true });
      await expect(opened).rejects.toMatchObject({ code: 'transport/host-key-changed' });
      expect(pinned()).toBe(lineAt(port(), stranger.line) + right);
    });

    test('that is revoked at the other port is refused', async () => {
      pin(`${lineAt(second.port, keyOf(second))}@revoked ${lineAt(closed, keyOf(second))}`);
      const host = hostAt([closed, second.port], { hostKeys: [] });
      await expect(answering(host)).rejects.toMatchObject({ code: 'transport/host-key-revoked' });
    });

    test('that is new is pinned for the port it was seen at', async () => {
      expect(await answering(hostAt([closed, second.port], { hostKeys: [] }), { acceptNew: true })).toBe(
        second.port,
      );
      expect(pinned()).toBe(lineAt(second.port, keyOf(second)));
    });
  });
});
