import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/core/host-config.js';
import { scratchFolder } from './local-shell.js';
import { makeKey, startSshd, USER, type PrivateSshd } from './private-sshd.js';
import { testProject, type TestProject } from './test-project.js';

const folder = scratchFolder();
const key = makeKey(folder.file('key'));
const certified = makeKey(folder.file('certified'));
const authority = makeKey(folder.file('authority'));
const hostKey = makeKey(folder.file('host'));
let servers: Record<'plain' | 'future' | 'certified' | 'wary', PrivateSshd>;
let project: TestProject;

/** Signs a public key for whoever is named; the certificate lies beside it. */
function certify(file: string, names: string, ...more: string[]): void {
  execFileSync('ssh-keygen', ['-q', '-s', authority.file, '-I', 'test', '-n', names, ...more, `${file}.pub`]);
}

beforeAll(async () => {
  certify(certified.file, USER);
  certify(hostKey.file, '127.0.0.1', '-h');
  const authorized = [key.line];
  const [plain, future, certifiedHost, wary] = await Promise.all([
    startSshd({ authorized }),
    startSshd({ authorized, config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] }),
    startSshd({
      authorized,
      config: [
        `HostKey ${hostKey.file}`,
        `HostCertificate ${hostKey.file}-cert.pub`,
        'HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com',
      ],
    }),
    startSshd({ config: [`TrustedUserCAKeys ${authority.file}.pub`] }),
  ]);
  servers = { plain, future, certified: certifiedHost, wary };
});
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  folder.dispose();
});
beforeEach(() => {
  project = testProject();
  mkdirSync(project.file('.ssh'));
});
afterEach(() => project.dispose());

type Case = [what: string, host: () => Partial<HostConfig>, code: string];
const knownKeys = (server: PrivateSshd) => ({
  port: server.port,
  hostKeys: server.publicKeys,
  identity: [key.file],
});

const CASES: readonly Case[] = [
  ['a server with post-quantum key exchange only', () => knownKeys(servers.future), 'no-common-algorithm'],
  [
    'a host known by an authority only',
    () => {
      const names = `[127.0.0.1]:${servers.certified.port}`;
      writeFileSync(project.file('.ssh/known_hosts'), `@cert-authority ${names} ${authority.line}\n`);
      return { ...knownKeys(servers.certified), hostKeys: [] };
    },
    'no-common-algorithm',
  ],
  [
    'the same by a pattern without the port',
    () => {
      writeFileSync(project.file('.ssh/known_hosts'), `@cert-authority 127.* ${authority.line}\n`);
      return { ...knownKeys(servers.certified), hostKeys: [] };
    },
    'no-common-algorithm',
  ],
  [
    'a certificate beside the key',
    () => ({ ...knownKeys(servers.wary), identity: [certified.file] }),
    'auth-failed',
  ],
  [
    'a ProxyCommand in ssh_config',
    () => {
      const pipe = project.file('pipe.cjs');
      writeFileSync(
        pipe,
        "const way = require('node:net').connect(process.argv[2], '127.0.0.1'); process.stdin.pipe(way).pipe(process.stdout);",
      );
      const command = `ProxyCommand ${process.execPath} ${pipe} ${servers.plain.port}`;
      writeFileSync(project.file('.ssh/config'), `Host target\n  ${command}\n`);
      return knownKeys(servers.plain);
    },
    'proxy-command',
  ],
];

test.each(CASES)('%s: ssh2 says to use openssh, which does it', async (_what, settings, code) => {
  const host = project.host('target', settings());
  await expect(project.transport().open(host)).rejects.toMatchObject({
    code: `transport/${code}`,
    hint: expect.stringContaining('transport: openssh') as unknown as string,
  });
  const shell = await project.transport().open({ ...host, transport: 'openssh' });
  expect((await shell.run([{ script: 'id -un' }]))[0]?.stdout.toString()).toBe(`${USER}\n`);
});

test('a plain key where only an authority is known: ssh2 says to use openssh', async () => {
  writeFileSync(project.file('.ssh/known_hosts'), `@cert-authority 127.0.0.1 ${authority.line}\n`);
  const host = project.host('target', { ...knownKeys(servers.plain), hostKeys: [] });
  await expect(project.transport({ acceptNew: true }).open(host)).rejects.toMatchObject({
    code: 'transport/host-certificate-only',
    hint: expect.stringContaining('transport: openssh') as unknown as string,
  });
});

test('a certificate that names another host is refused', async () => {
  const other = makeKey(project.file('other-host'));
  certify(other.file, 'elsewhere.lan', '-h');
  const config = [
    `HostKey ${other.file}`,
    `HostCertificate ${other.file}-cert.pub`,
    'HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com',
  ];
  const server = await startSshd({ authorized: [key.line], config });
  writeFileSync(project.file('.ssh/known_hosts'), `@cert-authority * ${authority.line}\n`);
  const host = project.host('target', { ...knownKeys(server), hostKeys: [], transport: 'openssh' });
  await expect(project.transport().open(host)).rejects.toMatchObject({
    code: 'transport/host-certificate-invalid',
    message: expect.stringContaining('principal') as unknown as string,
  });
  await server.stop();
});

test('a key in hardware: ssh2 asks for no passphrase and says to use openssh', async () => {
  const field = (bytes: Buffer | string): Buffer => {
    const body = Buffer.from(bytes as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, body]);
  };
  const publicHalf = Buffer.concat([
    field('sk-ssh-ed25519@openssh.com'),
    field(Buffer.alloc(32, 1)),
    field('ssh:'),
  ]);
  const one = Buffer.from([0, 0, 0, 1]);
  const cipher = [field('none'), field('none'), field('')];
  const halves = [field(publicHalf), field(Buffer.alloc(64))];
  const bytes = Buffer.concat([Buffer.from('openssh-key-v1\0'), ...cipher, one, ...halves]);
  const file = project.file('hardware');
  writeFileSync(
    file,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`,
  );
  copyFileSync(file, project.file('.ssh/id_ed25519'));
  const host = project.host('target', { ...knownKeys(servers.plain), identity: [file] });
  await expect(project.transport().open(host)).rejects.toMatchObject({
    code: 'transport/bad-identity',
    hint: expect.stringContaining('transport: openssh') as unknown as string,
  });
  expect(project.questions).toEqual([]);
});
