import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/core/host-config.js';
import type { TransportOptions } from '../../src/transport/create-transport.js';
import type { HomelabTransport } from '../../src/transport/homelab-transport.js';
import { freePort } from '../free-port.js';
import { scratchFolder } from './local-shell.js';
import { makeKey, startSshd, USER, type PrivateSshd } from './private-sshd.js';
import { testProject, type TestProject } from './test-project.js';

const PASSPHRASE = 'correct horse';

const folder = scratchFolder();
const key = makeKey(folder.file('key'));
const locked = makeKey(folder.file('locked'), { passphrase: PASSPHRASE });
const stranger = makeKey(folder.file('stranger'));
let servers: Record<'gate' | 'inner' | 'closed' | 'narrow', PrivateSshd>;
let project: TestProject;

beforeAll(async () => {
  const authorized = [key.line, locked.line];
  const [gate, inner, closed, narrow] = await Promise.all([
    startSshd({ authorized }),
    startSshd({ authorized, hostKeys: ['ed25519', 'ecdsa', 'rsa'] }),
    startSshd({ authorized, config: ['AllowTcpForwarding no'] }),
    startSshd({ authorized, config: ['MaxSessions 1'] }),
  ]);
  servers = { gate, inner, closed, narrow };
});
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  folder.dispose();
});
beforeEach(() => {
  project = testProject(PASSPHRASE);
  mkdirSync(project.file('.ssh'));
});
afterEach(() => project.dispose());

/** A host of the inventory that one of the servers stands for, known by its key. */
function on(
  server: keyof typeof servers,
  settings: Partial<HostConfig> = {},
  name: string = server,
): HostConfig {
  const { port, publicKeys } = servers[server];
  const own = { port, hostKeys: publicKeys, identity: [key.file], transport: 'openssh' as const };
  return project.host(name, { ...own, ...settings });
}

async function answer(host: HostConfig, script: string, transport = project.transport()): Promise<string> {
  const shell = await transport.open(host);
  return (await shell.run([{ script }]))[0]?.stdout.toString().trim() ?? '';
}
const idOn = (host: HostConfig, options: Partial<TransportOptions> = {}) =>
  answer(host, 'id -un', project.transport(options));
const portOf = (host: HostConfig, transport?: HomelabTransport) =>
  answer(host, 'echo "${SSH_CONNECTION##* }"', transport);
const containing = (text: string) => expect.stringContaining(text) as unknown as string;

describe('the way', () => {
  test('directly, and through a chain of two', async () => {
    on('gate');
    const mid = on('inner', { via: ['gate'] }, 'mid');
    const far = on('inner', { via: ['gate', 'mid'] }, 'far');
    expect(await portOf(mid)).toBe(`${servers.inner.port}`);
    expect(await portOf(far)).toBe(`${servers.inner.port}`);
    expect(await project.transport().routeOf(far)).toEqual(['gate', 'mid']);
  });

  test('of a host behind a jump host that goes by openssh', async () => {
    on('gate');
    expect(await portOf(on('inner', { via: ['gate'], transport: 'ssh2' }))).toBe(`${servers.inner.port}`);
  });

  test('one connection to a jump host, and one to each host behind it', async () => {
    const [gateDials, innerDials] = [servers.gate.dials(), servers.inner.dials()];
    const transport = project.transport();
    const jump = on('gate');
    const hosts = Array.from({ length: 6 }, (_, index) => on('inner', { via: ['gate'] }, `inner${index}`));
    await Promise.all([jump, ...hosts].map((host) => transport.open(host)));
    expect(servers.gate.dials() - gateDials).toBe(1);
    expect(servers.inner.dials() - innerDials).toBe(6);
  });

  test('more shells than a connection has room for get another one', async () => {
    const dials = servers.inner.dials();
    const transport = project.transport();
    const host = on('inner');
    const ports = await Promise.all(Array.from({ length: 12 }, () => portOf(host, transport)));
    expect(ports).toEqual(Array.from({ length: 12 }, () => `${servers.inner.port}`));
    expect(servers.inner.dials() - dials).toBe(2);
  });
});

describe('host keys are as strict as with ssh2', () => {
  const known = (line: string, server: keyof typeof servers = 'inner') =>
    `[127.0.0.1]:${servers[server].port} ${line}\n`;
  const ed25519 = () => servers.inner.publicKeys[0] ?? '';
  const loose = (settings: Partial<HostConfig> = {}) => on('inner', { hostKeys: [], ...settings });

  test.each<[what: string, lines: () => string, code: string]>([
    ['unknown', () => '', 'host-key-unknown'],
    ['changed', () => known(stranger.line), 'host-key-changed'],
    ['revoked', () => `${known(ed25519())}@revoked ${known(ed25519())}`, 'host-key-revoked'],
    ['of another host', () => known(ed25519(), 'gate'), 'host-key-unknown'],
    [
      'vouched for by an authority that it is not',
      () => `@cert-authority ${known(ed25519())}`,
      'host-key-unknown',
    ],
  ])('refused when %s', async (what, lines, code) => {
    writeFileSync(project.file('.ssh/known_hosts'), lines());
    const isNew = what === 'unknown' || what === 'of another host';
    for (const acceptNew of isNew ? [false] : [false, true]) {
      const opened = project.transport({ acceptNew }).open(loose());
      await expect(opened).rejects.toMatchObject({ code: `transport/${code}`, host: 'inner' });
      await expect(opened).rejects.toThrow('SHA256:');
    }
    expect(existsSync(project.file('inventory/known_hosts'))).toBe(false);
  });

  test('accepted when a file knows them, whatever ssh_config says of checking', async () => {
    writeFileSync(project.file('.ssh/known_hosts'), known(ed25519()));
    writeFileSync(
      project.file('.ssh/config'),
      'Host *\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n',
    );
    expect(await idOn(loose())).toBe(USER);
    writeFileSync(project.file('.ssh/known_hosts'), '');
    await expect(idOn(loose())).rejects.toMatchObject({ code: 'transport/host-key-unknown' });
  });

  test('those of the inventory alone decide', async () => {
    writeFileSync(project.file('.ssh/known_hosts'), known(ed25519()));
    await expect(idOn(loose({ hostKeys: [stranger.line] }))).rejects.toMatchObject({
      code: 'transport/host-key-changed',
      message: containing('host_key of the inventory'),
    });
  });

  test('--accept-new pins on first sight, on the whole way; the next login knows them', async () => {
    on('gate', { hostKeys: [] });
    const host = loose({ via: ['gate'] });
    expect(await idOn(host, { acceptNew: true })).toBe(USER);
    const pinned = readFileSync(project.file('inventory/known_hosts'), 'utf8');
    expect(pinned).toBe(known(servers.gate.publicKeys[0] ?? '', 'gate') + known(ed25519()));
    expect(await idOn(host)).toBe(USER);
  });

  test('trust shows every key without logging in', async () => {
    on('gate');
    const host = loose({ via: ['gate'] });
    const transport = project.transport();
    const keys = await transport.scanHostKeys(host);
    expect(keys.map(({ type, blob }) => `${type} ${blob.toString('base64')}`)).toEqual(
      servers.inner.publicKeys,
    );
    expect(await transport.pinHostKeys(host, keys)).toBe(3);
    expect(await transport.knownHostKeys(host)).toHaveLength(3);
    await expect(
      transport.scanHostKeys(project.host('dead', { transport: 'openssh', port: await freePort() })),
    ).rejects.toMatchObject({ code: 'transport/connection-refused' });
  });
});

describe('what fails is told as ssh2 tells it', () => {
  test.each<[string, () => HostConfig | Promise<HostConfig>, string, RegExp]>([
    [
      'a wrong key',
      () => on('inner', { identity: [stranger.file] }),
      'auth-failed',
      /does not let .* in: tried \S*stranger$/,
    ],
    ['no key', () => on('inner', { identity: ['none'] }), 'auth-failed', /there was no key to try/],
    ['a key that is not there', () => on('inner', { identity: ['~/.ssh/absent'] }), 'no-identity', /absent/],
    [
      'a closed port',
      async () => on('inner', { port: await freePort() }),
      'connection-refused',
      /refuses connections/,
    ],
    [
      'a name that means nothing',
      () => on('inner', { address: 'no.such.host.invalid' }),
      'unresolvable',
      /no\.such\.host\.invalid/,
    ],
    [
      'a jump host that does not forward',
      () => {
        on('closed');
        return on('inner', { via: ['closed'] });
      },
      'forwarding-refused',
      /^closed does not forward connections to inner/,
    ],
    [
      'a port closed behind a jump host',
      async () => {
        on('gate');
        return on('inner', { via: ['gate'], port: await freePort() });
      },
      'unreachable',
      /^gate could not reach inner .*refused/i,
    ],
    [
      'a jump host with a closed port',
      async () => {
        on('gate', { port: await freePort() });
        return on('inner', { via: ['gate'] });
      },
      'jump-failed',
      /^unreachable via gate: gate \(127.*refuses connections$/,
    ],
    [
      'a jump host whose key is not known',
      () => {
        on('gate', { hostKeys: [] });
        return on('inner', { via: ['gate'] });
      },
      'jump-failed',
      /^unreachable via gate: The host key of gate .* is not known/,
    ],
  ])('%s', async (_what, host, code, message) => {
    const opened = idOn(await host());
    await expect(opened).rejects.toMatchObject({ code: `transport/${code}`, host: 'inner' });
    await expect(opened).rejects.toThrow(message);
  });

  test('no ssh program', async () => {
    await expect(idOn(on('inner'), { env: { PATH: '/nonexistent' } })).rejects.toMatchObject({
      code: 'transport/no-ssh-program',
    });
  });

  test('a server with room for no further program', async () => {
    const transport = project.transport();
    expect(await portOf(on('narrow'), transport)).toBe(`${servers.narrow.port}`);
    await expect(portOf(on('narrow'), transport)).rejects.toMatchObject({
      code: 'transport/no-shell',
      hint: containing('MaxSessions'),
    });
  });

  test('a server that is frozen', async () => {
    const frozen = await startSshd({ authorized: [key.line] });
    const host = on('inner', { port: frozen.port, hostKeys: frozen.publicKeys });
    const shell = await project.transport({ keepaliveMs: 1000 }).open(host);
    const answered = shell.run([{ script: 'echo ready; sleep 60' }]);
    answered.catch(() => undefined);
    frozen.freeze();
    await expect(answered).rejects.toMatchObject({
      code: 'transport/connection-lost',
      message: containing('no longer answers'),
    });
    await frozen.stop();
  });
});

describe('secrets', () => {
  const lockedHost = (name = 'inner') => on('inner', { identity: [locked.file] }, name);

  test('a passphrase is asked for once, and is in no file of the run', async () => {
    const transport = project.transport({
      env: { PATH: process.env['PATH'], XDG_RUNTIME_DIR: project.home },
    });
    await Promise.all(['one', 'two', 'three'].map((name) => transport.open(lockedHost(name))));
    expect(project.questions).toEqual([`Passphrase of ${locked.file}`]);
    const run = readdirSync(project.home).find((name) => name.startsWith('hl-')) ?? '';
    const filesWith = (text: string) =>
      execFileSync('sh', ['-c', 'grep -rlF -D skip -- "$1" "$2" || true', 'sh', text, project.file(run)], {
        encoding: 'utf8',
      });
    expect(filesWith('use strict')).toContain('askpass');
    expect(filesWith(PASSPHRASE)).toBe('');
    await transport.close();
    expect(readdirSync(project.home).filter((name) => name.startsWith('hl-'))).toEqual([]);
  });

  test.each([
    ['nobody answers', undefined, 'auth-failed', 'ssh-add'],
    ['the answer is wrong', 'wrong', 'bad-passphrase', 'ssh-add'],
  ])('%s', async (_what, given, code, hint) => {
    const other = testProject(given);
    const host = other.host('inner', { ...lockedHost() });
    await expect(other.transport().open(host)).rejects.toMatchObject({
      code: `transport/${code}`,
      hint: containing(hint),
    });
    expect(other.questions).toHaveLength(1);
    await other.dispose();
  });
});

describe('an interactive login', () => {
  test.each([
    [
      'a program, its output and its code',
      ['sh', '-c', 'cat; echo "a b" >&2; exit 5'],
      'typed\n',
      5,
      'typed\n',
      'a b\n',
    ],
    ['words stay words', ['printf', '%s|', 'a b', '$HOME', "it's"], '', 0, "a b|$HOME|it's|", ''],
    ['a code that is ssh’s own too', ['sh', '-c', 'exit 255'], '', 255, '', ''],
    ['the account’s own shell', [], 'echo $((6 * 7)); exit 3\n', 3, '42\n', ''],
  ])('%s', async (_name, command, typed, code, out, err) => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdin.end(typed);
    expect(await project.transport().openLogin(on('inner'), { stdin, stdout, stderr, command })).toBe(code);
    expect([String(stdout.read() ?? ''), String(stderr.read() ?? '')]).toEqual([out, err]);
  });
});

test('ways of ssh_config count where the inventory gives none', async () => {
  const pipe = project.file('pipe.cjs');
  writeFileSync(
    pipe,
    "const way = require('node:net').connect(process.argv[2], '127.0.0.1'); process.stdin.pipe(way).pipe(process.stdout);",
  );
  const { port } = servers.inner;
  writeFileSync(
    project.file('.ssh/config'),
    `Host inner\n  ProxyCommand ${process.execPath} ${pipe} ${port}\n`,
  );
  expect(
    await portOf(on('inner', { address: '192.0.2.1', port: undefined, hostKeys: servers.inner.publicKeys })),
  ).toBe(`${port}`);
  writeFileSync(
    project.file('.ssh/config'),
    "Host inner\n  ProxyCommand sh -c 'echo no way >&2; read banner'\n",
  );
  await expect(portOf(on('inner'))).rejects.toMatchObject({
    code: 'transport/jump-failed',
    message: containing('no way'),
  });
  expect(await portOf(on('inner', { via: [] }))).toBe(`${port}`);
});
