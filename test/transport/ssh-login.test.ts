import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/core/host-config.js';
import { Secret } from '../../src/core/secret.js';
import type { TransportOptions } from '../../src/transport/create-transport.js';
import { makeKey, startSshd, type PrivateSshd } from './private-sshd.js';
import { testProject, type TestProject } from './test-project.js';

const PASSPHRASE = 'open sesame';
let project: TestProject;
let sshd: PrivateSshd;
const keys: Record<string, { file: string; line: string }> = {};

beforeAll(async () => {
  project = testProject(PASSPHRASE);
  keys['locked'] = makeKey(project.file('locked'), { passphrase: PASSPHRASE });
  keys['old'] = makeKey(project.file('old'), { type: 'rsa', passphrase: PASSPHRASE });
  execFileSync('ssh-keygen', [
    '-p',
    '-q',
    '-m',
    'PEM',
    '-P',
    PASSPHRASE,
    '-N',
    PASSPHRASE,
    '-f',
    project.file('old'),
  ]);
  keys['rsa'] = makeKey(project.file('rsa'), { type: 'rsa' });
  keys['ecdsa'] = makeKey(project.file('ecdsa'), { type: 'ecdsa' });
  keys['stranger'] = makeKey(project.file('stranger'));
  keys['stranger2'] = makeKey(project.file('stranger2'), { passphrase: 'something else' });
  const authorized = ['locked', 'old', 'rsa', 'ecdsa'].map((name) => keys[name]?.line ?? '');
  sshd = await startSshd({
    authorized: [project.key.line, ...authorized],
    config: ['MaxAuthTries 3', 'ListenAddress 127.0.0.2', 'ListenAddress 127.0.0.3'],
  });
});
afterAll(async () => {
  await project.dispose();
  await sshd.stop();
});

function target(settings: Partial<HostConfig> = {}): HostConfig {
  return project.host('target', { port: sshd.port, hostKeys: sshd.publicKeys, ...settings });
}
async function idOn(host: HostConfig, options: Partial<TransportOptions> = {}): Promise<string> {
  const shell = await project.transport(options).open(host);
  return (await shell.run([{ script: 'id -un' }]))[0]?.stdout.toString().trim() ?? '';
}
const USER = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();

async function typeSlowly(): Promise<Secret> {
  await sleep(3500);
  return new Secret(PASSPHRASE);
}
const typeWrongly = (): Promise<Secret> => Promise.resolve(new Secret('wrong'));
const typeNothing = (): Promise<undefined> => Promise.resolve(undefined);

describe('logs in', () => {
  test.each(['key', 'rsa', 'ecdsa'])('with the identity file %s', async (name) => {
    expect(await idOn(target({ identity: [project.file(name)] }))).toBe(USER);
  });

  test.each(['locked', 'old'])('with the encrypted file %s, asking once for three hosts', async (name) => {
    const before = project.questions.length;
    const transport = project.transport();
    const users = await Promise.all(
      ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map(async (address) => {
        const shell = await transport.open(target({ address, identity: [project.file(name)] }));
        return (await shell.run([{ script: 'id -un' }]))[0]?.stdout.toString().trim();
      }),
    );
    expect(users).toEqual([USER, USER, USER]);
    expect(project.questions.slice(before)).toEqual([`Passphrase of ${project.file(name)}`]);
  });

  test('although the server hung up while the passphrase was typed', async () => {
    const authorized = [keys['locked']?.line ?? ''];
    const impatient = await startSshd({ authorized, config: ['LoginGraceTime 3'] });
    const { port, publicKeys } = impatient;
    const host = target({ port, hostKeys: publicKeys, identity: [project.file('locked')] });
    try {
      expect(await idOn(host, { askSecret: typeSlowly, dialTimeoutMs: 3000 })).toBe(USER);
      expect(impatient.dials()).toBe(2);
    } finally {
      await impatient.stop();
    }
  });

  test('with the key in the default place, and nothing named', async () => {
    const home = project.file('other-home');
    mkdirSync(`${home}/.ssh`, { recursive: true });
    copyFileSync(project.file('key'), `${home}/.ssh/id_ed25519`);
    expect(await idOn(target({ identity: undefined }), { home })).toBe(USER);
  });
});

describe('with an agent', () => {
  let agent: ReturnType<typeof spawn>;
  let env: Record<string, string>;
  beforeAll(async () => {
    const socket = project.file('agent');
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    if (agent.stdout !== null) await once(agent.stdout, 'data');
    env = { PATH: process.env['PATH'] ?? '', SSH_AUTH_SOCK: socket };
    for (const name of ['stranger', 'key', 'rsa'])
      execFileSync('ssh-add', ['-q', project.file(name)], { env, stdio: 'ignore' });
  });
  afterAll(() => {
    agent.kill();
  });

  test.each([
    ['whatever it holds', undefined],
    ['a named file it holds, by its public half alone', ['rsa.pub']],
    ['a named key before the others', ['rsa']],
  ])('%s', async (_name, names) => {
    const identity = names?.map((name) => project.file(name));
    expect(await idOn(target({ identity }), { env, home: project.file('nobody') })).toBe(USER);
  });

  test('an agent that is not there is passed over', async () => {
    expect(await idOn(target(), { env: { ...env, SSH_AUTH_SOCK: project.file('nothing') } })).toBe(USER);
  });
});

describe('refuses, in one try', () => {
  const cases: [name: string, identity: string[], code: string, message: RegExp][] = [
    ['a key the server does not know', ['stranger'], 'auth-failed', /does not let .* in: tried .*stranger$/],
    [
      'an encrypted key the server does not know, without asking',
      ['stranger2'],
      'auth-failed',
      /tried .*stranger2$/,
    ],
    ['a key that is not there', ['absent'], 'no-identity', /is not there/],
    ['a file that is no key', ['inventory-file'], 'bad-identity', /is not a private key/],
  ];
  test.each(cases)('%s', async (_name, names, code, message) => {
    execFileSync('sh', ['-c', `echo hello > ${project.file('inventory-file')}`]);
    const [questions, dials] = [project.questions.length, sshd.dials()];
    const opened = project.transport().open(target({ identity: names.map((name) => project.file(name)) }));
    await expect(opened).rejects.toMatchObject({ code: `transport/${code}` });
    await expect(opened).rejects.toThrow(message);
    expect(project.questions.length).toBe(questions);
    expect(sshd.dials() - dials).toBeLessThanOrEqual(1);
  });

  test('a wrong passphrase', async () => {
    const opened = idOn(target({ identity: [project.file('locked')] }), { askSecret: typeWrongly });
    await expect(opened).rejects.toMatchObject({ code: 'transport/bad-passphrase' });
  });

  test('nobody there to type it', async () => {
    const opened = idOn(target({ identity: [project.file('locked')] }), { askSecret: typeNothing });
    await expect(opened).rejects.toMatchObject({ code: 'transport/bad-passphrase' });
  });

  test('no key at all', async () => {
    const opened = idOn(target({ identity: undefined }), { home: project.file('nobody') });
    await expect(opened).rejects.toMatchObject({
      code: 'transport/auth-failed',
      message: expect.stringContaining('there was no key to try') as unknown as string,
    });
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
    ['a program that is killed', ['sh', '-c', 'kill -9 $$'], '', 137, '', ''],
    ['the account’s own shell', [], 'echo $((6 * 7)); exit 3\n', 3, '42\n', ''],
  ])('%s', async (_name, command, typed, code, out, err) => {
    for (const transport of ['ssh2', 'local'] as const) {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      stdin.end(typed);
      const host = target({ transport });
      const env = { PATH: process.env['PATH'], SHELL: '/bin/sh' };
      expect(await project.transport({ env }).openLogin(host, { stdin, stdout, stderr, command })).toBe(code);
      expect([String(stdout.read() ?? ''), String(stderr.read() ?? '')]).toEqual([out, err]);
    }
  });
});

test('a run on this machine needs no sshd', async () => {
  expect(await idOn(project.host('here', { transport: 'local' }))).toBe(USER);
});
