import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import type { Mount } from '../../src/probes/mounts.js';
import mountOptions from '../../src/tasks/mount_options.js';
import { ALPINE, fakeHost, fileEntry } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const UNIT = '/etc/systemd/system/dev-shm.mount';
const OTHER = '# of somebody\nUUID=x\t/  ext4 defaults 0 1\n';
const mounted = (options: Partial<Mount> = {}): Mount => ({
  device: '0:44',
  root: '/',
  path: '/dev/shm',
  options: ['rw', 'nosuid', 'nodev', 'relatime'],
  type: 'tmpfs',
  source: 'tmpfs',
  superOptions: ['rw', 'size=1024k'],
  ...options,
});
const ALL = ['rw', 'nosuid', 'nodev', 'noexec'];
const ROOT = mounted({ path: '/', device: '8:2', type: 'ext4', source: '/dev/sda2' });

interface Situation {
  readonly fstab?: string | undefined;
  readonly unit?: string | undefined;
  readonly mount?: Mount | undefined;
  readonly facts?: typeof FACT_EXAMPLES;
}

function having({ fstab, unit, mount, facts = FACT_EXAMPLES }: Situation) {
  const texts = { '/etc/fstab': fstab, [UNIT]: unit };
  const answers = (of: (text: string) => unknown) =>
    Object.fromEntries(
      Object.entries(texts).map(([path, text]) => [path, text === undefined ? null : of(text)]),
    );
  return fakeHost(
    {
      files: answers(() => fileEntry()),
      'file-contents': answers((text) => ({ bytes: Buffer.from(text), isComplete: true })),
      mounts: { '': mount === undefined ? [ROOT] : [ROOT, mount] },
    },
    { facts },
  );
}

const wanted = { path: '/dev/shm', options: ['noexec', 'nosuid', 'nodev'] };
const FULL = 'nosuid,nodev,noexec';
const REMOUNT = 'mount -o remount,bind,rw,nosuid,nodev,relatime,nosuid,nodev,noexec -- tmpfs /dev/shm';
const write = (path: string, text: string): string => `write ${path} 0644 root:root ${JSON.stringify(text)}`;

describe('mount_options', () => {
  test.each<[string, Situation, readonly string[], readonly string[]]>([
    ['nothing is mounted there', { fstab: OTHER }, [], []],
    ['it is mounted when it is entered', { fstab: OTHER, mount: mounted({ type: 'autofs' }) }, [], []],
    [
      'something unknown mounts it',
      { fstab: OTHER, mount: mounted({ type: 'zfs', source: 'rpool/shm' }) },
      [],
      [],
    ],
    [
      'in sync by fstab',
      {
        fstab: `${OTHER}tmpfs /dev/shm tmpfs rw,nosuid,nodev,noexec 0 0\n`,
        mount: mounted({ options: ALL }),
      },
      [],
      [],
    ],
    [
      'in memory, without a line of its own',
      { fstab: OTHER, mount: mounted({ superOptions: ['rw', 'size=9k', 'mode=1777'] }) },
      [`now: nosuid,nodev -> ${FULL}`, `at_boot:  -> ${FULL}`],
      [
        `${write('/etc/fstab', `${OTHER}tmpfs /dev/shm tmpfs mode=1777,nosuid,nodev,noexec 0 0\n`)} (validated)`,
        'systemctl daemon-reload',
        REMOUNT,
      ],
    ],
    [
      'a line of fstab keeps its other options; what undoes the wanted ones goes',
      {
        fstab: 'LABEL=shm /dev/shm ext4 defaults,noatime,exec,nodev 0 2 # tail\n',
        mount: mounted({ type: 'ext4', source: '/dev/sdb1', options: ALL }),
      },
      [`at_boot: nodev -> ${FULL}`],
      [
        `${write('/etc/fstab', 'LABEL=shm /dev/shm ext4 defaults,noatime,nodev,nosuid,noexec 0 2\n')} (validated)`,
        'systemctl daemon-reload',
      ],
    ],
    [
      "an administrator's unit wins over fstab",
      {
        fstab: OTHER,
        unit: '[Unit]\nDescription=x\n\n[Mount]\nWhat=tmpfs\nOptions=size=1g,nosuid\n',
        mount: mounted({ options: ALL }),
      },
      [`at_boot: nosuid -> ${FULL}`],
      [
        write(UNIT, '[Unit]\nDescription=x\n\n[Mount]\nWhat=tmpfs\nOptions=size=1g,nosuid,nodev,noexec\n'),
        'systemctl daemon-reload',
      ],
    ],
    [
      'remounted by hand',
      { fstab: 'tmpfs /dev/shm tmpfs nosuid,nodev,noexec 0 0\n', mount: mounted() },
      [`now: nosuid,nodev -> ${FULL}`],
      [REMOUNT],
    ],
    [
      'without systemd',
      { fstab: 'tmpfs /dev/shm tmpfs defaults 0 0\n', mount: mounted({ options: ALL }), facts: ALPINE },
      [`at_boot:  -> ${FULL}`],
      [`${write('/etc/fstab', 'tmpfs /dev/shm tmpfs defaults,nosuid,nodev,noexec 0 0\n')} (validated)`],
    ],
  ])('%s', async (_name, situation, changes, steps) => {
    const planned = await plan(mountOptions, wanted, having(situation));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps.map((step) => step.replace(/ \(validate [^]*$/, ' (validated)'))).toEqual(steps);
  });

  test.each<[string, object, string]>([
    ['the root', { path: '/', options: ['nosuid'] }, 'path: holds the system itself'],
    ['programs', { path: '/usr', options: ['noexec'] }, 'path: holds the system itself'],
    ['devices', { path: '/dev', options: ['nosuid', 'nodev'] }, 'path: holds the devices: nodev must not'],
    ['scripts of packages', { path: '/var', options: ['noexec'] }, 'path: holds the scripts of packages'],
    ['another option', { path: '/tmp', options: ['ro'] }, 'options.0: '],
    ['no option', { path: '/tmp', options: [] }, 'options: '],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(mountOptions, params).join('\n')).toContain(problem);
  });

  test.each([
    ['/dev', ['nosuid', 'noexec']],
    ['/var', ['nodev', 'nosuid']],
    ['/var/tmp', ['noexec']],
  ])('%s may have %p', (path, options) => {
    expect(problems(mountOptions, { path, options })).toEqual([]);
  });

  test('touches what says it at boot, and the mount', () => {
    expect(mountOptions.touches?.(mountOptions.params.parse({ ...wanted, path: '/a-b' }))).toEqual([
      'path:/etc/fstab',
      'path:/etc/systemd/system/a\\x2db.mount',
      'path:/a-b',
    ]);
  });
});
