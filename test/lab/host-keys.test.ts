import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { HOUSE } from './harness/lab-inventory.js';
import { documentOf, hostOf, statusesOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

const TASKS = [{ command: { argv: ['true'], unless: 'true' } }];

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
}, LAB_TIMEOUT_MS);

/** A project that knows the host keys of `known` by its inventory, and of the others nothing. */
function projectThatKnows(known: readonly string[]): string {
  const unknown = lab.state.plan.machines.map(({ host }) => host).filter((host) => !known.includes(host));
  const ofHosts = Object.fromEntries(unknown.map((host) => [host, { host_key: undefined }]));
  return lab.project({
    'inventory/hosts.yml': lab.hostsFile({}, ofHosts),
    'playbooks/site.yml': JSON.stringify([{ name: 'Nothing', hosts: 'all', tasks: TASKS }]),
  });
}

const plan = async (cwd: string, args: readonly string[]) => {
  const result = await lab.homelab(['plan', ...args, '--json'], { cwd });
  return { code: result.code, document: documentOf(result) };
};
const trust = async (cwd: string, args: readonly string[]) => lab.homelab(['trust', ...args], { cwd });
const pinnedIn = (project: string): string => {
  const file = join(project, 'inventory/known_hosts');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};
/** As the machine's own console shows it. */
const fingerprintOn = async (host: string) =>
  (await lab.shell(host, 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1] ?? '';
const lineAbout = (output: string, fingerprint: string) =>
  output.split('\n').find((line) => line.includes(fingerprint));
const keyOf = (host: string) => lab.state.hostKeys[host]?.find((key) => key.startsWith('ssh-ed25519')) ?? '';

describe('a host that nothing is known about', () => {
  test('is refused, with its fingerprint and the command that trusts it; hosts behind it too', async () => {
    const project = projectThatKnows(['pi']);
    const { code, document } = await plan(project, HOUSE);
    expect(code).toBe(1);
    expect(statusesOf(document)).toEqual({
      gate: 'unreachable',
      pi: 'ok',
      dns1: 'unreachable',
      nas: 'unreachable',
      vault: 'unreachable',
    });
    expect(hostOf(document, 'gate').error).toMatchObject({
      code: 'transport/host-key-unknown',
      message: expect.stringContaining(await fingerprintOn('gate')),
      hint: expect.stringContaining('homelab trust gate'),
    });
    expect(hostOf(document, 'nas').error).toMatchObject({
      code: 'transport/jump-failed',
      message: expect.stringContaining('unreachable via gate: The host key of gate'),
      hint: expect.stringContaining('homelab trust gate'),
    });
    expect(pinnedIn(project)).toBe('');
  });

  test('trust shows the keys, and without --yes and a terminal it pins none', async () => {
    const project = projectThatKnows([]);
    const { code, stdout, stderr } = await trust(project, ['vault']);
    expect(code).toBe(64);
    expect(lineAbout(stdout, await fingerprintOn('gate'))).toMatch(/\bnew\b/);
    expect(stderr).toContain('--yes');
    expect(pinnedIn(project)).toBe('');
  });

  test('trust --yes pins it and the jump hosts before it; then it is reached', async () => {
    const project = projectThatKnows([]);
    const { code, stdout } = await trust(project, ['vault', '--yes', '--json']);
    expect(code).toBe(0);
    const { keys } = JSON.parse(stdout) as { keys: { host: string; type: string; fingerprint: string }[] };
    const shown = keys.filter(({ type }) => type === 'ssh-ed25519');
    expect(shown.map(({ host, fingerprint }) => `${host} ${fingerprint}`)).toEqual(
      await Promise.all(
        ['gate', 'dns1', 'vault'].map(async (host) => `${host} ${await fingerprintOn(host)}`),
      ),
    );
    for (const host of ['gate', 'dns1', 'vault']) expect(pinnedIn(project)).toContain(keyOf(host));
    const { document } = await plan(project, ['vault', 'pi']);
    expect(statusesOf(document)).toEqual({ vault: 'ok', pi: 'unreachable' });
  });

  test('--accept-new pins it on first sight, jump hosts included', async () => {
    const project = projectThatKnows([]);
    expect((await plan(project, ['nas', '--accept-new'])).code).toBe(0);
    const pinned = pinnedIn(project);
    for (const host of ['gate', 'nas']) expect(pinned).toContain(keyOf(host));
    expect((await plan(project, ['nas'])).code).toBe(0);
    expect(pinnedIn(project)).toBe(pinned);
  });
});

/** Gives the machine a new key for as long as `work` takes. */
async function withNewKey<T>(host: string, work: () => Promise<T>): Promise<T> {
  const key = '/etc/ssh/ssh_host_ed25519_key';
  await lab.shell(
    host,
    `mkdir /root/old-keys && mv /etc/ssh/ssh_host_* /root/old-keys/ && ssh-keygen -q -t ed25519 -N '' -f ${key} && systemctl restart ssh`,
  );
  try {
    return await work();
  } finally {
    await lab.shell(
      host,
      'rm /etc/ssh/ssh_host_* && mv /root/old-keys/* /etc/ssh/ && rmdir /root/old-keys && systemctl restart ssh',
    );
  }
}

describe('a host whose key has changed', () => {
  test.each([
    ['pinned by the inventory', 'pi', ['pi', 'gate'], { gate: 'ok' }],
    ['pinned by trust', 'pi', [], { gate: 'ok' }],
    ['a jump host', 'gate', ['pi', 'gate', 'nas'], { pi: 'ok', nas: 'unreachable' }],
  ])('%s: stops hard and shows both fingerprints, whatever was asked', async (_how, host, known, others) => {
    const project = projectThatKnows(known);
    if (known.length === 0) expect((await trust(project, ['pi', 'gate', '--yes'])).code).toBe(0);
    const [old, pinned] = [await fingerprintOn(host), pinnedIn(project)];
    await withNewKey(host, async () => {
      const fresh = await fingerprintOn(host);
      expect(fresh).not.toBe(old);
      for (const flags of [[], ['--accept-new']]) {
        const { code, document } = await plan(project, [host, ...Object.keys(others), ...flags]);
        expect(code).toBe(1);
        expect(statusesOf(document)).toEqual({ [host]: 'unreachable', ...others });
        const { error } = hostOf(document, host);
        expect(error?.code).toBe('transport/host-key-changed');
        expect([error?.message.includes(old), error?.message.includes(fresh)]).toEqual([true, true]);
      }
      const { code, stdout } = await trust(project, [host, '--yes']);
      expect(code).toBe(1);
      expect(lineAbout(stdout, fresh)).toMatch(/\bCHANGED\b/);
      expect(lineAbout(stdout, old)).toMatch(/\bpinned\b/);
      expect(pinnedIn(project)).toBe(pinned);
    });
    expect((await plan(project, [host])).code).toBe(0);
  });
});
