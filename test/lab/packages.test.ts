import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryFile } from './fixtures/apt-repository.js';
import { become, PREPARE, REPOSITORIES, RESTORE, RPM_KEY } from './fixtures/distro-machine.js';
import { documentOf, hostOf, type HostDocument } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

const HOST = 'distro';
const rpm = { uri: `file://${REPOSITORIES}/rpm`, key: 'files/key.asc' };
const pacman = (version: string) => ({ uri: `file://${REPOSITORIES}/pacman-${version}`, trusted: true });

interface Manager {
  readonly manager: string;
  /** ID of os-release(5) on a system that has it. */
  readonly id: string;
  readonly old: string;
  readonly fresh: string;
  /** The repository while the old version is wanted, and then. */
  readonly repository: object;
  readonly later: object;
  /** What holds the package as it is, and what releases it; undefined where nothing does. */
  readonly hold?: { readonly on: string; readonly off: string };
  /** Marks the package as one that came for the sake of others, and prints those of this sort; undefined where homelab leaves that. */
  readonly auto?: { readonly on: string; readonly list: string };
}

const apk = { uri: `file://${REPOSITORIES}/apk` };

const MANAGERS: readonly Manager[] = [
  {
    manager: 'dnf',
    id: 'fedora',
    old: '1.0-1',
    fresh: '2.0-1',
    repository: rpm,
    later: rpm,
    hold: {
      on: 'mkdir -p /etc/dnf/plugins; echo "lab-hello-0:2.0-1.*" >/etc/dnf/plugins/versionlock.list',
      off: 'rm /etc/dnf/plugins/versionlock.list',
    },
  },
  {
    manager: 'zypper',
    id: 'opensuse-leap',
    old: '1.0-1',
    fresh: '2.0-1',
    repository: rpm,
    later: rpm,
    hold: {
      on: 'zypper --non-interactive addlock lab-hello >/dev/null',
      off: 'zypper --non-interactive removelock lab-hello >/dev/null',
    },
  },
  {
    manager: 'pacman',
    id: 'arch',
    old: '1.0-1',
    fresh: '2.0-1',
    repository: pacman('1.0'),
    later: pacman('2.0'),
    hold: {
      on: "sed -i '/^Architecture/a IgnorePkg = lab-hello' /etc/pacman.conf",
      off: "sed -i '/^IgnorePkg/d' /etc/pacman.conf",
    },
    auto: { on: 'pacman -Dq --asdeps lab-hello', list: 'pacman -Qdq || true' },
  },
  {
    manager: 'apk',
    id: 'alpine',
    old: '1.0-r1',
    fresh: '2.0-r1',
    repository: apk,
    later: apk,
  },
];

let lab: TestLab;
let key: string;

beforeAll(async () => {
  lab = await sharedLab();
  await lab.shell(HOST, PREPARE);
  key = await lab.shell(HOST, `cat ${RPM_KEY}`);
}, LAB_TIMEOUT_MS);

afterAll(() => lab.shell(HOST, RESTORE));

/** Runs over a play of these tasks: the exit code, and what it said of the machine. */
async function run(
  command: 'plan' | 'provision',
  tasks: readonly object[],
): Promise<{ readonly code: number; readonly host: HostDocument }> {
  const cwd = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([{ name: 'Packages', hosts: HOST, tasks }]),
    'files/key.asc': key,
    'files/other.asc': repositoryFile('other.asc'),
  });
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const result = await lab.homelab([command, HOST, ...flags], { cwd });
  return { code: result.code, host: hostOf(documentOf(result), HOST) };
}

const installed = () => lab.shell(HOST, 'cat /usr/share/lab-hello/version 2>/dev/null || echo none');
const statuses = ({ tasks }: HostDocument) => tasks.map(({ status, error }) => error?.message ?? status);

describe.each(MANAGERS)('$manager', ({ manager, id, old, fresh, repository, later, hold, auto }) => {
  const from = (where: object) => ({ package_repository: { name: 'house', ...where } });
  const wanted = (name: string, more: object = {}) => ({ package: { names: [name], ...more } });

  const converge = async (tasks: readonly object[], expected: readonly string[]): Promise<void> => {
    const applied = await run('provision', tasks);
    expect({ statuses: statuses(applied.host), code: applied.code }).toEqual({ statuses: expected, code: 0 });
    const planned = await run('plan', tasks);
    expect({ changes: planned.host.tasks.flatMap(({ changes }) => changes), code: planned.code }).toEqual({
      changes: [],
      code: 0,
    });
  };

  beforeAll(() => lab.shell(HOST, become(manager, id)));

  if (repository === rpm)
    test('what another key has signed is not installed', async () => {
      await lab.shell(HOST, 'rpm -e --allmatches gpg-pubkey 2>/dev/null || true');
      const { code, host } = await run('provision', [
        from({ ...rpm, key: 'files/other.asc' }),
        wanted('lab-hello'),
      ]);
      expect({ code, why: statuses(host).join('\n') }).toEqual({
        code: 1,
        why: expect.stringMatching(/GPG|[Ss]ignature/),
      });
      expect(await installed()).toBe('none\n');
      await lab.shell(HOST, 'rpm -e --allmatches gpg-pubkey 2>/dev/null || true');
      await run('provision', [{ package_repository: { name: 'house', state: 'absent' } }]);
    });

  test('a package in an old version, from a repository of its own', async () => {
    await converge([from(repository), wanted(`lab-hello=${old}`)], ['changed', 'changed']);
    expect(await installed()).toBe(`${old}\n`);
  });

  const moved = later === repository ? 'ok' : 'changed';

  test('becomes the newest', async () => {
    await converge([from(later), wanted('lab-hello', { state: 'latest' })], [moved, 'changed']);
    expect(await installed()).toBe(`${fresh}\n`);
  });

  if (hold !== undefined)
    test('is left as it is while somebody holds it', async () => {
      await lab.shell(HOST, hold.on);
      const { code, host } = await run('plan', [wanted(`lab-hello=${old}`)]);
      await lab.shell(HOST, hold.off);
      expect({ code, error: host.tasks[0]?.error?.code ?? host.error?.code }).toEqual({
        code: 1,
        error: 'task/package-held',
      });
    });

  if (auto !== undefined)
    test('is noted as wanted where it came for the sake of others', async () => {
      await lab.shell(HOST, auto.on);
      expect(await lab.shell(HOST, auto.list)).toBe('lab-hello\n');
      const { code, host } = await run('plan', [wanted('lab-hello')]);
      expect({ code, fields: host.tasks[0]?.changes.map(({ field }) => field) }).toEqual({
        code: 2,
        fields: ['marks.lab-hello'],
      });
      await converge([wanted('lab-hello')], ['changed']);
      expect(await lab.shell(HOST, auto.list)).toBe('');
      expect(await installed()).toBe(`${fresh}\n`);
    });

  test('goes back to an older version', async () => {
    await converge([from(repository), wanted(`lab-hello=${old}`)], [moved, 'changed']);
    expect(await installed()).toBe(`${old}\n`);
  });

  test('goes, and its repository', async () => {
    await converge(
      [wanted('lab-hello', { state: 'absent' }), { package_repository: { name: 'house', state: 'absent' } }],
      ['changed', 'changed'],
    );
    expect(await installed()).toBe('none\n');
    expect(
      await lab.shell(
        HOST,
        `grep -rl house /etc/yum.repos.d /etc/zypp/repos.d /etc/pacman* /etc/apk /etc/pki 2>/dev/null || true`,
      ),
    ).toBe('');
  });

  test('a repository that does not answer is not written down', async () => {
    const { code, host } = await run('provision', [
      from({ ...repository, uri: `file://${REPOSITORIES}/gone` }),
    ]);
    expect({ code, status: host.status }).toEqual({ code: 1, status: 'failed' });
    expect(await lab.shell(HOST, `find /etc -path '*house*' -newer ${RPM_KEY} ! -path '*/rpm-gpg/*'`)).toBe(
      '',
    );
  });
});
