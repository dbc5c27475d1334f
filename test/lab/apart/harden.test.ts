import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { documentOf, hostOf, statusesOf } from '../harness/run-document.js';
import { bootLab, LAB_TIMEOUT_MS, type TestLab } from '../harness/shared-lab.js';

/** A jump host, two machines behind it. */
const HOSTS = [
  { name: 'gate', address: '192.168.79.2' },
  { name: 'first', address: '10.79.1.11', via: ['gate'] },
  { name: 'second', address: '10.79.1.12', via: ['gate'] },
];
const ID = `harden-${process.pid}`;

let lab: TestLab;
let keys: string;

beforeAll(async () => {
  lab = await bootLab({ id: ID, hosts: HOSTS });
  keys = lab.project({});
  await lab.run(['ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', join(keys, 'weak')]);
  const { stdout } = await lab.run(['cat', join(keys, 'weak.pub')]);
  await lab.shell('first', `echo '${stdout.trim()}' >>/home/admin/.ssh/authorized_keys`);
}, LAB_TIMEOUT_MS);

afterAll(() => stopLab(ID));

/** What needs no packages, so that the order is what takes the time. */
const ROLES = [{ name: 'Harden', hosts: 'all', roles: ['sudo', 'ssh-hardening'] }];
type Fields = Readonly<Record<string, unknown>>;

function project(ofHosts: Readonly<Record<string, Fields>> = {}, playbook: object | null = ROLES): string {
  return lab.project({
    'homelab.yml': 'guard_timeout: 30\n',
    'inventory/hosts.yml': lab.hostsFile({}, ofHosts),
    ...(playbook === null ? {} : { 'playbooks/harden.yml': JSON.stringify(playbook) }),
  });
}

async function harden(cwd: string, flags: readonly string[] = ['--yes']) {
  const result = await lab.homelab(['harden', 'all', '--json', ...flags], { cwd });
  return { code: result.code, document: documentOf(result) };
}

const LOCKED_OUT = { vars: { ssh_hardening: { allow_users: ['nobody'] } } };

describe('what is not hardened', () => {
  test('homelab has a playbook of its own where the project has none; --plan changes nothing', async () => {
    const { code, document } = await harden(project({}, null), ['--plan']);
    expect({ code, statuses: statusesOf(document) }).toEqual({
      code: 2,
      statuses: { gate: 'pending', first: 'pending', second: 'pending' },
    });
    const roles = new Set(document.hosts.flatMap(({ tasks }) => tasks.map(({ id }) => id.split('/')[1])));
    expect([...roles]).toEqual(expect.arrayContaining(['sudo', 'ssh-hardening', 'os-hardening', 'firewall']));
    expect(await lab.shell('first', 'ls /etc/ssh/sshd_config.d /etc/sudoers.d')).not.toContain('homelab');
  });

  test.each<[string, Fields, string, RegExp]>([
    ['a key that would not be let in afterwards', {}, 'guard/weak-key', /RSA key of 2048 bits/],
    ['a login that does not become root', { become: 'none' }, 'guard/no-root', /does not become root/],
  ])('%s', async (_name, fields, code, message) => {
    const weak = code === 'guard/weak-key' ? { identity: join(keys, 'weak') } : {};
    const { code: exitCode, document } = await harden(project({ first: { ...fields, ...weak } }));
    const { status, error } = hostOf(document, 'first');
    expect({ exitCode, status, error: error?.code }).toEqual({ exitCode: 1, status: 'failed', error: code });
    expect(error?.message).toMatch(message);
    // The jump host of a host that is not done waits; the other one behind it does not.
    expect(statusesOf(document)).toEqual({ gate: 'skipped', first: 'failed', second: 'changed' });
    expect(hostOf(document, 'gate').notes).toEqual([
      'left alone: first is reached through it, and is not done',
    ]);
    expect(await lab.shell('first', 'ls /etc/ssh/sshd_config.d')).not.toContain('homelab');
    await lab.shell(
      'second',
      'rm -f /etc/ssh/sshd_config.d/00-homelab.conf /etc/sudoers.d/00-homelab /etc/sudoers.d/zz-homelab; systemctl reload ssh',
    );
  });

  test('the others, where the canary would be locked out', async () => {
    const { code, document } = await harden(project({ first: LOCKED_OUT }));
    expect(code).toBe(1);
    expect(statusesOf(document)).toEqual({ gate: 'skipped', first: 'failed', second: 'skipped' });
    expect(hostOf(document, 'first').error?.message).toMatch(/AllowUsers nobody does not name admin/);
    expect(hostOf(document, 'second').notes).toEqual(['left alone: first was to go first, and failed']);
    expect(await lab.shell('second', 'ls /etc/ssh/sshd_config.d')).not.toContain('homelab');
  });
});

describe('a network is hardened', () => {
  test('one machine first, the jump host last and alone; what was found is told', async () => {
    const { code, document } = await harden(project(), ['--yes', '--report']);
    expect({ code, statuses: statusesOf(document) }).toEqual({
      code: 0,
      statuses: { gate: 'changed', first: 'changed', second: 'changed' },
    });
    const names = document.findings?.map(({ host, before, after }) => [
      host,
      before.length > 0,
      after.length,
    ]);
    expect(names).toEqual([
      ['gate', true, 0],
      ['first', true, 0],
      ['second', true, 0],
    ]);
    const ofSshd = document.findings?.[1]?.before.find(({ name }) => name === 'settings of sshd');
    expect(ofSshd?.changes).toContainEqual({ field: 'passwordauthentication', before: 'yes', after: 'no' });
    const { stdout } = await lab.homelab(['history', 'last', '--json'], { cwd: project() });
    expect(stdout).toBeDefined();
  });

  test('again: nothing changes', async () => {
    const { code, document } = await harden(project());
    expect({ code, statuses: statusesOf(document) }).toEqual({
      code: 0,
      statuses: { gate: 'ok', first: 'ok', second: 'ok' },
    });
  });

  test('in its order, as the events tell', async () => {
    for (const host of ['gate', 'first', 'second'])
      await lab.shell(host, 'rm /etc/ssh/sshd_config.d/00-homelab.conf; systemctl reload ssh');
    const { code, stdout } = await lab.homelab(['harden', 'all', '--yes', '--json-events'], {
      cwd: project(),
    });
    expect(code).toBe(0);
    const started = stdout
      .split('\n')
      .filter((line) => line.includes('"play-started"'))
      .map((line) => (JSON.parse(line) as { hosts: string[] }).hosts);
    expect(started).toEqual([['first'], ['second'], ['gate']]);
  });
});
