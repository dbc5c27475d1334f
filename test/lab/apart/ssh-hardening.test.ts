import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { SSH_BASELINE } from '../../roles/ssh-baseline.js';
import { SshAudit } from '../fixtures/ssh-audit.js';
import { documentOf, statusesOf } from '../harness/run-document.js';
import { bootLab, LAB_TIMEOUT_MS, type TestLab } from '../harness/shared-lab.js';

/** A jump host of Debian 12, and behind it a machine of Debian 13 whose sshd is to move to another port. */
const HOSTS = [
  { name: 'old', address: '192.168.78.2' },
  { name: 'new', address: '10.78.1.13', via: ['old'] },
];
const NEW_PORT = 2222;
const PASSWORD = 'correct horse';
const ID = `hard-${process.pid}`;

let lab: TestLab;
let keys: string;

beforeAll(async () => {
  lab = await bootLab({ id: ID, hosts: HOSTS, suites: new Map([['new', 'trixie']]) });
  keys = lab.project({ 'askpass.sh': `#!/bin/sh\necho '${PASSWORD}'\n` });
  await lab.run(['chmod', '0755', join(keys, 'askpass.sh')]);
  for (const [name, type, bits] of KEYS)
    await lab.run(['ssh-keygen', '-q', '-t', type, '-b', bits, '-N', '', '-f', join(keys, name)]);
  const { stdout } = await lab.run(['sh', '-c', `cat ${keys}/*.pub`]);
  for (const [host, bits] of [
    ['old', 2048],
    ['new', 3072],
  ] as const)
    await lab.shell(
      host,
      `echo 'admin:${PASSWORD}' | chpasswd; echo '${stdout}' >>/home/admin/.ssh/authorized_keys
       ssh-keygen -q -t rsa -b ${bits} -N '' -f /etc/ssh/ssh_host_rsa_key; systemctl reload ssh`,
    );
}, LAB_TIMEOUT_MS);

afterAll(() => stopLab(ID));

const KEYS = [
  ['rsa-2048', 'rsa', '2048'],
  ['rsa-3072', 'rsa', '3072'],
  ['ecdsa', 'ecdsa', '256'],
  ['ed25519', 'ed25519', '256'],
] as const;

/** A real client of OpenSSH that knows nothing but `options`, on the jump host. */
async function ssh(options: readonly string[], remote: readonly string[] = ['true']) {
  const words = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  const env = { SSH_ASKPASS: join(keys, 'askpass.sh'), SSH_ASKPASS_REQUIRE: 'force' };
  const argv = ['ssh', ...words, '-o', 'IdentitiesOnly=yes', ...options, 'admin@192.168.78.2', ...remote];
  const { code, stderr } = await lab.run(argv, { env });
  return { code, stderr };
}

const PASSWORD_ONLY = [
  '-o',
  'PubkeyAuthentication=no',
  '-o',
  'PreferredAuthentications=password,keyboard-interactive',
];
/** With one key and nothing else. */
const by = (name: string): string[] => ['-o', 'PreferredAuthentications=publickey', '-i', join(keys, name)];

function project(transport: string): string {
  const hosts = { old: { transport }, new: { transport, port: [NEW_PORT, 22] } };
  return lab.project({
    'inventory/hosts.yml': lab.hostsFile({}, hosts),
    'playbooks/site.yml': JSON.stringify([
      {
        name: 'Hardening',
        hosts: 'all',
        roles: [{ role: 'ssh-hardening', trusted_networks: ['10.78.1.0/24', '192.168.78.0/24'] }],
      },
    ]),
  });
}

async function run(command: 'plan' | 'provision', transport = 'ssh2') {
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const result = await lab.homelab([command, 'all', ...flags], { cwd: project(transport) });
  return { code: result.code, document: documentOf(result) };
}

describe('before', () => {
  test('a password lets in, and so do weak keys', async () => {
    const codes = [PASSWORD_ONLY, by('rsa-2048'), by('ecdsa')].map(
      async (options) => (await ssh(options)).code,
    );
    expect(await Promise.all(codes)).toEqual([0, 0, 0]);
  });

  test('is hardened in one run, the port moved', async () => {
    const { code, document } = await run('provision');
    const errors = document.hosts.flatMap(({ host, error, tasks }) =>
      [error, ...tasks.map((task) => task.error)].flatMap((one) => (one === null ? [] : [host, one.message])),
    );
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(statusesOf(document)).toEqual({ old: 'changed', new: 'changed' });
  });
});

describe('afterwards', () => {
  test.each(['ssh2', 'openssh'])(
    'homelab comes in by %s, and a second run changes nothing',
    async (transport) => {
      const planned = await run('plan', transport);
      expect({ code: planned.code, ...statusesOf(planned.document) }).toEqual({
        code: 0,
        old: 'ok',
        new: 'ok',
      });
      const applied = await run('provision', transport);
      expect({ code: applied.code, ...statusesOf(applied.document) }).toEqual({
        code: 0,
        old: 'ok',
        new: 'ok',
      });
    },
  );

  test('the old port is closed', async () => {
    expect(await lab.shell('new', `ss -Hltn | sed -n 's/.*[]0]:\\(22[0-9]*\\) .*/\\1/p' | sort -u`)).toBe(
      `${NEW_PORT}\n`,
    );
  });

  test('ssh-audit has nothing against either', async () => {
    const audit = await SshAudit.fetch(lab, 'new');
    expect(await audit.look('old', '192.168.78.2', 22)).toEqual({ findings: [], hostKeys: ['ssh-ed25519'] });
    expect(await audit.look('old', '10.78.1.13', NEW_PORT)).toEqual({
      findings: [],
      hostKeys: expect.arrayContaining(['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256']) as unknown,
    });
  });

  test.each<[string, () => string[], boolean]>([
    ['a password', () => PASSWORD_ONLY, false],
    ['a short RSA key', () => by('rsa-2048'), false],
    ['a key on a curve of NIST', () => by('ecdsa'), false],
    ['a long RSA key', () => by('rsa-3072'), true],
    ['an Ed25519 key', () => by('ed25519'), true],
  ])('whether %s lets in', async (_name, options, isLetIn) => {
    const { code, stderr } = await ssh(options());
    expect({ isLetIn: code === 0, isDenied: stderr.includes('Permission denied') }).toEqual({
      isLetIn,
      isDenied: !isLetIn,
    });
  });

  test.each([
    ['10.78.1.13:2222', true],
    ['10.78.1.13:22', true],
    ['10.78.1.13:80', false],
    ['10.78.1.1:22', false],
    ['127.0.0.1:22', false],
  ])('the jump host forwards to %s: %p', async (destination, isAllowed) => {
    const { stderr } = await ssh([...by('ed25519'), '-W', destination], []);
    expect(/administratively prohibited/.test(stderr)).toBe(!isAllowed);
  });

  test.each(['old', 'new'])('%s meets the controls of ssh-baseline', async (host) => {
    const effective = new Set((await lab.shell(host, 'sshd -T')).toLowerCase().split('\n'));
    const client = new Set((await lab.shell(host, 'ssh -G somewhere')).toLowerCase().split('\n'));
    const has = (lines: ReadonlySet<string>, wanted: string): boolean =>
      [...lines].some((line) => line === wanted || (wanted.endsWith(':') && line.startsWith(wanted)));
    const missed: string[] = [];
    for (const { id, judged } of SSH_BASELINE) {
      const lacking = (lines: ReadonlySet<string>, wanted: readonly string[]): string[] =>
        wanted.map((one) => one.toLowerCase()).filter((one) => !has(lines, one));
      if ('sshd' in judged) missed.push(...lacking(effective, judged.sshd).map((one) => `${id} ${one}`));
      if ('ssh' in judged) missed.push(...lacking(client, judged.ssh).map((one) => `${id} ${one}`));
      if ('shell' in judged && (await lab.shell(host, judged.shell)) !== judged.prints) missed.push(id);
    }
    expect(missed).toEqual([]);
  });
});
