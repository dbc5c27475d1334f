import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { LAB_HOSTS } from './harness/lab-inventory.js';
import { documentOf, statusesOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

const FILE = '/srv/commands';
const TASK = { file: { path: FILE, content: 'kept\n' } };
const NAMES = LAB_HOSTS.map(({ name }) => name);

let lab: TestLab;
let project: string;

beforeAll(async () => {
  lab = await sharedLab();
  project = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([{ name: 'Commands', hosts: 'all', tasks: [TASK] }]),
  });
}, LAB_TIMEOUT_MS);

const homelab = (args: readonly string[], stdin = '') => lab.homelab(args, { cwd: project, stdin });

describe('run', () => {
  test('shows what each host printed, by its name', async () => {
    const { code, stdout, stderr } = await homelab(['run', 'pi', 'vault', '--', 'hostname']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^pi +pi\nvault +vault\n$/);
  });

  test('words arrive as they are', async () => {
    const words = [
      "it's",
      'a "b"',
      '$(id)',
      '`id`',
      '*',
      '',
      ' x ',
      'a;b',
      '\\',
      'two\nlines',
      '--json',
      '~',
    ];
    const { stdout } = await homelab(['run', 'vault', '--json', '--', 'printf', '%s\\0', ...words]);
    const [answer] = RUN_DOCUMENT.parse(JSON.parse(stdout)).hosts;
    expect(answer?.stdout.split('\0')).toEqual([...words, '']);
  });

  const RUN_DOCUMENT = z.strictObject({
    command: z.literal('run'),
    version: z.literal(1),
    exitCode: z.int(),
    hosts: z.array(
      z.strictObject({
        host: z.string(),
        code: z.int(),
        stdout: z.string(),
        stderr: z.string(),
        truncated: z.boolean(),
      }),
    ),
  });

  test('a program that fails on one host: exit 1, its code and output are told, the others ran', async () => {
    const script = 'echo out; echo err >&2; [ "$(hostname)" != nas ] || exit 7';
    const { code, stdout } = await homelab(['run', 'dns1', 'nas', '--json', '--', 'sh', '-c', script]);
    expect(code).toBe(1);
    const answer = { stdout: 'out\n', stderr: 'err\n', truncated: false };
    expect(RUN_DOCUMENT.parse(JSON.parse(stdout))).toMatchObject({
      exitCode: 1,
      hosts: [
        { host: 'dns1', code: 0, ...answer },
        { host: 'nas', code: 7, ...answer },
      ],
    });
  });

  test('what a host prints is made safe for a terminal', async () => {
    const { stdout } = await homelab(['run', 'pi', '--', 'printf', '\\033]0;owned\\007\\033[31mred\\n']);
    expect(stdout).not.toMatch(/[\u001b\u0007]/);
    expect(stdout).toContain('red');
  });
});

test('facts are what the machines say of themselves', async () => {
  const { code, stdout } = await homelab(['facts', 'all', '--json']);
  expect(code).toBe(0);
  const { hosts } = JSON.parse(stdout) as { hosts: { host: string; facts: Record<string, unknown> }[] };
  expect(hosts.map(({ host }) => host)).toEqual(NAMES);
  for (const { host, facts } of hosts) {
    const [kernel, arch, hostname, cores, sshd = ''] = (
      await lab.shell(host, 'uname -r; dpkg --print-architecture; hostname; nproc; sshd -V 2>&1')
    ).split('\n');
    expect(facts).toMatchObject({
      os: { id: 'debian', family: 'debian', version: '12', codename: 'bookworm' },
      init: 'systemd',
      container: 'systemd-nspawn',
      package_manager: 'apt',
      kernel,
      arch,
      hostname,
      cores: Number(cores),
      openssh_version: /^OpenSSH_(\d+\.\d+)/.exec(sshd)?.[1],
    });
    expect((await lab.shell(host, 'hostname -I')).trim().split(' ').toSorted()).toEqual(
      (facts['addresses'] as string[]).toSorted(),
    );
  }
});

describe('ssh', () => {
  test.each(['pi', 'vault'])(
    '%s: a login whose input, output and exit code are the shell’s own',
    async (host) => {
      const { code, stdout } = await homelab(['ssh', host], 'id -un; hostname; exit 3\n');
      expect(code).toBe(3);
      expect(stdout).toContain(`admin\n${host}\n`);
    },
  );

  test('a shell that ends at once has its exit code too', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => homelab(['ssh', 'nas'], 'exit 4\n')));
    expect(answers.map(({ code }) => code)).toEqual([4, 4, 4, 4, 4, 4]);
  });
});

test('inventory list names every host and its way', async () => {
  const { code, stdout } = await homelab(['inventory', 'list', '--json']);
  expect(code).toBe(0);
  const { hosts } = JSON.parse(stdout) as { hosts: { name: string; via: string[]; port: number | null }[] };
  expect(hosts.map(({ name, via, port }) => ({ name, via, port }))).toEqual(
    LAB_HOSTS.map(({ name, via = [], port = null }) => ({ name, via, port })),
  );
});

const exists = async (host: string) => (await lab.onMachine(host, ['test', '-e', FILE])).code === 0;

describe('provision', () => {
  test('without --yes and without a terminal: shows the plan, refuses with 64, changes nothing', async () => {
    const { code, stdout, stderr } = await homelab(['provision', 'pi', 'nas'], 'y\n');
    expect(code).toBe(64);
    expect(stdout).toContain(`+ ${FILE}`);
    expect(stderr).toContain('--yes');
    expect([await exists('pi'), await exists('nas')]).toEqual([false, false]);
  });

  test.each([
    ['y\r', 0, true],
    ['n\r', 2, false],
  ])('on a terminal it asks: %j ends with %i', async (typed, code, isApplied) => {
    await lab.shell('pi', `rm -f ${FILE}`);
    const command = `${process.execPath} ${lab.cli} provision pi`;
    const run = lab.start(['script', '-qec', command, '/dev/null'], { cwd: project });
    await run.printed('[y/N]');
    expect(run.stdout).toContain(FILE);
    expect(await exists('pi')).toBe(false);
    run.type(typed);
    expect(await run.ended()).toBe(code);
    expect(await exists('pi')).toBe(isApplied);
  });

  test('--json: one document, and nothing else on stdout', async () => {
    await lab.shell('pi', `rm -f ${FILE}`);
    const planned = await homelab(['plan', 'pi', '--json']);
    expect([planned.code, statusesOf(documentOf(planned))]).toEqual([2, { pi: 'pending' }]);
    const provisioned = await homelab(['provision', 'pi', '--yes', '--json']);
    expect([provisioned.code, statusesOf(documentOf(provisioned))]).toEqual([0, { pi: 'changed' }]);
    expect(documentOf(provisioned).summary).toMatchObject({ hosts: 1, changed: 1, pending: 0 });
  });

  test('--json-events: one event a line, the last one tells the end', async () => {
    const { stdout } = await homelab(['provision', 'pi', 'gate', '--yes', '--json-events']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).toMatchObject({ type: 'run-started', hosts: ['gate', 'pi'] });
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', exitCode: 0, summary: { hosts: 2 } });
  });
});
