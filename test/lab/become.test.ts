import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { documentOf, hostOf, statusesOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

/** Two machines whose account may become root with its password alone. */
const HOSTS = ['pi', 'nas'];
const USER = 'carol';
const CANARY = 'canary-Zq7-horse';
const FILE = '/srv/become';

let lab: TestLab;
let project: string;

beforeAll(async () => {
  lab = await sharedLab();
  for (const host of HOSTS) {
    await lab.shell(
      host,
      `useradd --create-home --shell /bin/bash --groups sudo ${USER}
       install -d -m 700 -o ${USER} -g ${USER} /home/${USER}/.ssh
       install -m 600 -o ${USER} -g ${USER} /home/admin/.ssh/authorized_keys /home/${USER}/.ssh/`,
    );
    const { code } = await lab.onMachine(host, ['chpasswd'], { stdin: `${USER}:${CANARY}\n` });
    expect(code).toBe(0);
  }
  const account = { user: USER };
  project = lab.project({
    'inventory/hosts.yml': lab.hostsFile({}, Object.fromEntries(HOSTS.map((host) => [host, account]))),
    'playbooks/site.yml': JSON.stringify([
      {
        name: 'Become',
        hosts: 'all',
        tasks: [{ file: { path: FILE, content: 'kept\n', owner: 'root', mode: '0600' } }],
      },
    ]),
  });
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  for (const host of HOSTS) await lab.shell(host, `userdel --remove ${USER} 2>/dev/null; rm -f ${FILE}`);
});

const homelab = (args: readonly string[], password?: string) =>
  lab.homelab(args, {
    cwd: project,
    ...(password === undefined ? {} : { env: { HOMELAB_BECOME_PASSWORD: password } }),
  });
const errorsOf = (result: Awaited<ReturnType<typeof homelab>>) => {
  const document = documentOf(result);
  return Object.fromEntries(document.hosts.map(({ host, error }) => [host, error?.code]));
};
/** How often sudo on the machines was given a wrong password so far. */
async function refusals(): Promise<number> {
  const counts = HOSTS.map((host) =>
    lab.shell(
      host,
      `journalctl --sync; journalctl -q -t sudo --grep 'pam_unix.*authentication failure' | grep -c user=${USER} || true`,
    ),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + Number(count), 0);
}

describe('sudo with a password', () => {
  test('from the environment: works on every host', async () => {
    const result = await homelab(['provision', ...HOSTS, '--yes', '--json'], CANARY);
    expect(result.code).toBe(0);
    expect(statusesOf(documentOf(result))).toEqual({ pi: 'changed', nas: 'changed' });
    for (const host of HOSTS) expect(await lab.shell(host, `stat -c '%U %a' ${FILE}`)).toBe('root 600\n');
  });

  test('none, and no terminal to ask: says so, and does not try', async () => {
    const before = await refusals();
    const result = await homelab(['plan', ...HOSTS, '--json']);
    expect(result.code).toBe(1);
    expect(errorsOf(result)).toEqual({
      pi: 'transport/sudo-password-needed',
      nas: 'transport/sudo-password-needed',
    });
    expect(hostOf(documentOf(result), 'pi').error?.hint).toContain('HOMELAB_BECOME_PASSWORD');
    expect(await refusals()).toBe(before);
  });

  test('a wrong one: is tried once on one host only', async () => {
    const before = await refusals();
    const result = await homelab(['plan', ...HOSTS, 'gate', '--json'], 'wrong');
    expect(result.code).toBe(1);
    expect(errorsOf(result)).toEqual({
      pi: 'transport/sudo-password-wrong',
      nas: 'transport/sudo-password-wrong',
      gate: undefined,
    });
    expect(await refusals()).toBe(before + 1);
  });

  test('is never what a command reads', async () => {
    const result = await homelab(['run', ...HOSTS, '--', 'cat'], CANARY);
    expect(result).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('the password is nowhere to be found', () => {
  test('not among the processes of a machine, their arguments and environments, while it is in use', async () => {
    const script = `cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; id -u`;
    const { code, stdout } = await homelab(['run', ...HOSTS, '--', 'sh', '-c', script], CANARY);
    expect(code).toBe(0);
    expect(stdout).toContain('sudo');
    expect(stdout).toContain('pi  0\n');
    expect(stdout).not.toContain(CANARY);
  });

  test.each([
    ['a run that works', ['provision', 'all', '--yes'], CANARY],
    ['a run that is refused', ['plan', 'all'], `${CANARY}-wrong`],
  ])('not in what is said at most detail: %s', async (_what, args, password) => {
    for (const form of [[], ['--json-events']]) {
      const { stdout, stderr } = await homelab([...args, '--debug', ...form], password);
      expect(stdout + stderr).not.toBe('');
      expect(stdout + stderr).not.toContain(CANARY);
    }
  });

  test.each(HOSTS)('not in the journal or a file of %s', async (host) => {
    const everything = `journalctl --sync
      journalctl -q -o export
      find /etc /home /root /run /srv /tmp /var/lib /var/log /var/tmp -xdev -type f -size -8M -exec cat {} + 2>/dev/null`;
    const count = (word: string) => lab.shell(host, `{ ${everything}; } | grep -a -c -F ${word} || true`);
    expect(Number(await count(USER))).toBeGreaterThan(0);
    expect(Number(await count(CANARY))).toBe(0);
  });

  test('not in a file of the controller', async () => {
    const { stdout } = await lab.run(['grep', '-rlF', CANARY, project, lab.state.home]);
    expect(stdout).toBe('');
  });
});

test('on a terminal it is asked for once, unseen, for all hosts', async () => {
  for (const host of HOSTS) await lab.shell(host, `rm -f ${FILE}`);
  const command = `${process.execPath} ${lab.cli} provision ${HOSTS.join(' ')} --yes --no-color`;
  const run = lab.start(['script', '-qec', command, '/dev/null'], { cwd: project });
  await run.printed('sudo password');
  run.type(`${CANARY}\r`);
  expect(await run.ended()).toBe(0);
  expect(run.stdout.split('sudo password')).toHaveLength(2);
  expect(run.stdout).not.toContain(CANARY);
  for (const host of HOSTS) expect(await lab.shell(host, `cat ${FILE}`)).toBe('kept\n');
});
