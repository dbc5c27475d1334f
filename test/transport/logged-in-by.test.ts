import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Login } from '../../src/core/shell.js';
import type { HostConfig } from '../../src/core/host-config.js';
import { opensshLogin } from '../../src/transport/openssh-login.js';
import { makeKey, startSshd, USER, type PrivateSshd } from './private-sshd.js';
import { testProject, type TestProject } from './test-project.js';

const TYPES = { ed25519: 'ssh-ed25519', rsa: 'ssh-rsa', ecdsa: 'ecdsa-sha2-nistp256' } as const;

let project: TestProject;
let sshd: PrivateSshd;
let agent: ChildProcess;
let env: Record<string, string>;

beforeAll(async () => {
  project = testProject();
  const lines = Object.keys(TYPES).map((type) => makeKey(project.file(type), { type }).line);
  makeKey(project.file('ca'));
  execFileSync('ssh-keygen', [
    '-q',
    '-s',
    project.file('ca'),
    '-I',
    'me',
    '-n',
    USER,
    project.file('rsa.pub'),
  ]);
  sshd = await startSshd({ authorized: [...lines, project.key.line] });
  const socket = project.file('agent');
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (agent.stdout !== null) await once(agent.stdout, 'data');
  env = { PATH: process.env['PATH'] ?? '', SSH_AUTH_SOCK: socket };
  makeKey(project.file('held'), { type: 'rsa' });
});
afterAll(async () => {
  agent.kill();
  await project.dispose();
  await sshd.stop();
});

function target(settings: Partial<HostConfig>): HostConfig {
  return project.host('target', { port: sshd.port, hostKeys: sshd.publicKeys, ...settings });
}
async function loginTo(host: HostConfig): Promise<Login | undefined> {
  const shell = await project.transport({ env }).open(host);
  await shell.run([{ script: 'true' }]);
  return shell.login;
}
/** What ssh-keygen says of it. */
function told(name: string): { bits: number; fingerprint: string } {
  const text = execFileSync('ssh-keygen', ['-l', '-f', `${project.file(name)}.pub`], { encoding: 'utf8' });
  const [bits, fingerprint = ''] = text.split(' ');
  return { bits: Number(bits), fingerprint };
}

describe.each(['ssh2', 'openssh'] as const)('by %s', (transport) => {
  test.each(Object.entries(TYPES))('a key file of the type %s', async (name, type) => {
    const login = await loginTo(target({ transport, identity: [project.file(name)] }));
    expect(login).toEqual({
      user: USER,
      method: 'publickey',
      port: sshd.port,
      key: { type, ...told(name) },
    });
  });

  test('of several keys the one that was accepted', async () => {
    const identity = ['held', 'ca', 'ed25519', 'rsa'].map((name) => project.file(name));
    const login = await loginTo(target({ transport, identity }));
    expect(login?.key).toEqual({ type: 'ssh-ed25519', ...told('ed25519') });
  });

  test('an RSA key that an agent holds, named by its public half', async () => {
    const other = await startSshd({
      authorized: [execFileSync('cat', [project.file('held.pub')], { encoding: 'utf8' })],
    });
    try {
      execFileSync('ssh-add', ['-q', project.file('held')], { env, stdio: 'ignore' });
      const { port, publicKeys: hostKeys } = other;
      const login = await loginTo(target({ transport, port, hostKeys, identity: undefined }));
      expect(login?.key).toEqual({ type: 'ssh-rsa', ...told('held') });
    } finally {
      execFileSync('ssh-add', ['-q', '-D'], { env, stdio: 'ignore' });
      await other.stop();
    }
  });
});

test('this machine is not logged in to', async () => {
  expect(await loginTo(target({ transport: 'local' }))).toBeUndefined();
});

test('a server that lets anybody in has accepted no key', async () => {
  const lines = ['debug1: Authentication succeeded (none).'];
  expect(await opensshLogin(lines, { user: 'me', port: 22 }, {})).toBeUndefined();
});

describe('what logs of ssh tell', () => {
  const who = { user: 'me', port: 2222 };
  const print = `SHA256:${'a'.repeat(43)}`;
  const accepts = (what: string) => `debug1: Server accepts key: /home/me/my keys/id ${what} ${print}`;
  const newer = 'Authenticated to nas ([10.0.0.1]:2222) using "publickey".';
  test.each<[what: string, lines: string[], login: Login | undefined]>([
    ['nothing', [], undefined],
    ['of a login that failed', [accepts('ED25519')], undefined],
    [
      'a key',
      [accepts('ED25519'), newer],
      { ...who, method: 'publickey', key: { type: 'ssh-ed25519', bits: 256, fingerprint: print } },
    ],
    [
      'a key, by an older program',
      [`${accepts('ED25519')} explicit agent`, 'debug1: Authentication succeeded (publickey).'],
      { ...who, method: 'publickey', key: { type: 'ssh-ed25519', bits: 256, fingerprint: print } },
    ],
    [
      'a certificate of a key in hardware',
      [accepts('ED25519-SK-CERT'), newer],
      {
        ...who,
        method: 'publickey',
        key: { type: 'sk-ssh-ed25519@openssh.com', bits: 256, fingerprint: print },
      },
    ],
    ['a key that nothing tells the length of', [accepts('RSA'), newer], { ...who, method: 'publickey' }],
    ['a password', [newer.replace('publickey', 'password')], { ...who, method: 'password' }],
  ])('%s', async (_what, lines, login) => {
    expect(await opensshLogin(lines, who, { PATH: process.env['PATH'] })).toEqual(login);
  });
});
