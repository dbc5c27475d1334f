import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES, type Facts } from '../../src/core/facts.js';
import { quoteAll } from '../../src/core/quote.js';
import type { MountSource } from '../../src/probes/mount-sources.js';
import type { Mount } from '../../src/probes/mounts.js';
import mount from '../../src/tasks/mount.js';
import { ALPINE, fakeHost, fileEntry } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const PATH = '/srv/a';
const LINE = 'scratch /srv/a tmpfs size=1m 0 0';
const OTHER = '# of somebody\nUUID=x\t/  ext4 defaults 0 1\n';

const mounted = (options: Partial<Mount> = {}): Mount => ({
  device: '0:44',
  root: '/',
  path: PATH,
  options: ['rw', 'relatime'],
  type: 'tmpfs',
  source: 'scratch',
  superOptions: ['rw'],
  ...options,
});
const ROOT = mounted({ path: '/', device: '8:2', type: 'ext4', source: '/dev/sda2' });

interface Situation {
  readonly fstab?: string;
  readonly table?: readonly Mount[];
  readonly sources?: Readonly<Record<string, MountSource | null>>;
  readonly facts?: Facts;
  readonly hasHelper?: boolean;
  readonly isSourceMissing?: boolean;
}

function having({
  fstab,
  table = [],
  sources = {},
  facts = FACT_EXAMPLES,
  hasHelper = true,
  isSourceMissing = false,
}: Situation) {
  return fakeHost(
    {
      files: { '/etc/fstab': fstab === undefined ? null : fileEntry() },
      'file-contents': {
        '/etc/fstab': fstab === undefined ? null : { bytes: Buffer.from(fstab), isComplete: true },
      },
      mounts: { '': [ROOT, ...table] },
      programs: { 'mount.nfs': hasHelper },
      existence: { 'source:/data': sources['/data'] !== null && !isSourceMissing },
      'mount-sources': { [PATH]: { path: PATH, device: undefined }, ...sources },
    },
    { facts },
  );
}

const params = { path: PATH, source: 'scratch', type: 'tmpfs', options: ['size=1m'] };
const words = (path: string, ...rest: readonly string[]): string =>
  quoteAll(['sh', '-s', '--', path, path, '60', ...rest]);
const DO_MOUNT = words(PATH, 'tmpfs', 'size=1m', 'scratch');
const MAKE = quoteAll(['sh', '-s', '--', PATH, '60']);
const RELOAD = 'systemctl daemon-reload';
const write = (text: string, owner = 'root:root'): string =>
  `write /etc/fstab 0644 ${owner} ${JSON.stringify(text)}`;
/** Steps without the scripts and checks they carry. */
const bare = (steps: readonly string[]): string[] =>
  steps.map((step) => step.split(' < ')[0]?.split(' (validate')[0] ?? '');

describe('mount', () => {
  test.each<[string, object, Situation, readonly string[], readonly string[]]>([
    ['in sync', params, { fstab: `${OTHER}${LINE}`, table: [mounted()] }, [], []],
    [
      'new: mounted before fstab says so',
      params,
      { fstab: OTHER },
      [`fstab: null -> ${LINE}`, 'mounted: null -> scratch (tmpfs)'],
      [DO_MOUNT, write(`${OTHER}${LINE}\n`), RELOAD],
    ],
    [
      'without any fstab, on another init',
      params,
      { facts: ALPINE },
      [`fstab: null -> ${LINE}`, 'mounted: null -> scratch (tmpfs)'],
      [DO_MOUNT, write(`${LINE}\n`, ':')],
    ],
    ['not mounted', params, { fstab: LINE }, ['mounted: null -> scratch (tmpfs)'], [DO_MOUNT]],
    [
      'something else is mounted there',
      params,
      { fstab: LINE, table: [mounted({ type: 'ext4', source: '/dev/sdb1' })] },
      ['mounted: /dev/sdb1 (ext4) -> scratch (tmpfs)'],
      [DO_MOUNT],
    ],
    [
      'other options: where it is, then in fstab',
      params,
      { fstab: `scratch ${PATH} tmpfs size=2m\n`, table: [mounted()] },
      [`fstab: scratch ${PATH} tmpfs size=2m 0 0 -> ${LINE}`],
      [words(PATH, 'tmpfs', 'size=1m', 'scratch', 'remount,size=1m'), write(`${LINE}\n`), RELOAD],
    ],
    [
      'a flag that somebody took away',
      { ...params, options: 'noexec,nosuid' },
      {
        fstab: `scratch ${PATH} tmpfs noexec,nosuid`,
        table: [mounted({ options: ['rw', 'nosuid'] })],
      },
      ['flags: nosuid,exec -> nosuid,noexec'],
      [words(PATH, 'tmpfs', 'noexec,nosuid', 'scratch', 'remount,noexec,nosuid')],
    ],
    [
      'a view of a folder, in sync',
      { path: PATH, source: '/data', type: 'none', options: 'bind,ro' },
      {
        fstab: `/data ${PATH} none bind,ro 0 0`,
        table: [
          mounted({ device: '8:2', root: '/data', type: 'ext4', source: '/dev/sda2', options: ['ro'] }),
        ],
        sources: { '/data': { path: '/data', device: undefined } },
      },
      [],
      [],
    ],
    [
      'a device by its UUID, in sync',
      { path: PATH, source: 'UUID=y', type: 'ext4', dump: 1, pass: 2 },
      {
        fstab: `UUID=y ${PATH} ext4 defaults 1 2`,
        table: [mounted({ device: '8:17', type: 'ext4', source: '/dev/sdb1' })],
        sources: { 'UUID=y': { path: '/dev/sdb1', device: '8:17' } },
      },
      [],
      [],
    ],
    [
      'unmounted: in fstab alone',
      { ...params, state: 'unmounted', timeout: 5 },
      { fstab: OTHER, table: [mounted()] },
      [`fstab: null -> ${LINE}`, 'mounted: scratch (tmpfs) -> null'],
      [
        write(`${OTHER}${LINE}\n`),
        RELOAD,
        'systemctl stop -- srv-a.automount (successCodes [0,5])',
        `sh -s -- ${PATH} ${PATH} 5`,
      ],
    ],
    [
      'listed: in fstab, and left as it is mounted',
      { ...params, state: 'listed' },
      { fstab: OTHER, table: [mounted({ type: 'ext4', source: '/dev/sdb1' })] },
      [`fstab: null -> ${LINE}`],
      [write(`${OTHER}${LINE}\n`), RELOAD],
    ],
    ['listed, in sync', { ...params, state: 'listed' }, { fstab: LINE }, [], []],
    [
      'listed: what is mounted needs not be there',
      { path: PATH, source: 'nas:/a', type: 'nfs', state: 'listed' },
      { hasHelper: false },
      [`fstab: null -> nas:/a ${PATH} nfs defaults 0 0`],
      [MAKE, write(`nas:/a ${PATH} nfs defaults 0 0\n`, ':'), RELOAD],
    ],
    ['unmounted, in sync', { ...params, state: 'unmounted' }, { fstab: LINE }, [], []],
    [
      'absent',
      { path: PATH, state: 'absent' },
      { fstab: `${LINE}\n${OTHER}`, table: [mounted()], facts: ALPINE },
      [`fstab: ${LINE} -> null`, 'mounted: scratch (tmpfs) -> null'],
      [write(OTHER), words(PATH)],
    ],
    ['absent and gone', { path: PATH, state: 'absent' }, { fstab: OTHER }, [], []],
    [
      'mounted when it is entered',
      { ...params, options: 'noauto,x-systemd.automount' },
      { fstab: '' },
      [
        `fstab: null -> scratch ${PATH} tmpfs noauto,x-systemd.automount 0 0`,
        'mounted: null -> scratch (tmpfs)',
      ],
      [
        MAKE,
        write(`scratch ${PATH} tmpfs noauto,x-systemd.automount 0 0\n`),
        RELOAD,
        words(PATH),
        'systemctl start -- srv-a.automount',
      ],
    ],
    [
      'mounted when it is entered, not yet',
      { ...params, options: 'ro,x-systemd.automount' },
      {
        fstab: `scratch ${PATH} tmpfs ro,x-systemd.automount`,
        table: [mounted({ type: 'autofs', source: 'systemd-1' })],
      },
      [],
      [],
    ],
  ])('%s', async (_name, wanted, situation, changes, steps) => {
    const planned = await plan(mount, wanted, having(situation));
    expect(planned.changes).toEqual(changes);
    expect(bare(planned.steps)).toEqual(steps);
  });

  test('a new fstab is checked before it is taken', async () => {
    const { rawSteps } = await plan(mount, params, having({ fstab: OTHER }));
    const written = rawSteps.find((step) => step.do === 'write');
    expect(written?.do === 'write' && written.validate?.join(' ')).toContain('findmnt --verify --tab-file');
  });

  test('the mount itself is never looked at: its server may be dead', async () => {
    const nas = { path: PATH, source: 'nas:/x', type: 'nfs' };
    const host = having({ fstab: '', table: [mounted({ type: 'nfs4', source: 'nas:/x' })] });
    await plan(mount, nas, host);
    expect(host.asked).toEqual([
      'files /etc/fstab',
      'file-contents /etc/fstab',
      'mounts ',
      'programs mount.nfs',
    ]);
  });

  test.each<[string, object, Situation, string | undefined]>([
    [
      'a folder that is not there',
      { ...params, source: '/data', type: 'none', options: 'bind' },
      { sources: { '/data': null } },
      '/data does not exist',
    ],
    [
      'a folder whose last part is not there',
      { ...params, source: '/data', type: 'none', options: 'bind' },
      { isSourceMissing: true, sources: { '/data': { path: '/data', device: undefined } } },
      '/data does not exist',
    ],
    [
      'a device that is not there',
      { ...params, source: 'UUID=1', type: 'ext4' },
      { sources: { 'UUID=1': null } },
      'UUID=1 does not exist',
    ],
    [
      'a program that is not there',
      { ...params, source: 'nas:/x', type: 'nfs' },
      { hasHelper: false },
      'mount.nfs is not installed (package nfs-common)',
    ],
    [
      'a program that busybox can do without',
      { ...params, source: 'nas:/x', type: 'nfs' },
      { hasHelper: false, facts: ALPINE },
      undefined,
    ],
    [
      'what is mounted when it is entered',
      { ...params, source: 'UUID=1', type: 'ext4', options: 'x-systemd.automount' },
      { sources: { 'UUID=1': null } },
      undefined,
    ],
    ['what is in fstab alone', { ...params, source: '/data', state: 'unmounted' }, {}, undefined],
  ])('waits for what it is mounted from: %s', async (_name, wanted, situation, unknown) => {
    expect((await plan(mount, wanted, having({ fstab: OTHER, ...situation }))).unknown).toBe(unknown);
  });

  test('a path through a link is refused, where it would be mounted', async () => {
    const host = having({ fstab: '', sources: { [PATH]: { path: '/data/a', device: undefined } } });
    await expect(plan(mount, params, host)).rejects.toMatchObject({
      code: 'task/wrong-path',
      hint: expect.stringContaining('/data/a'),
    });
  });

  test.each<[string, object, string]>([
    ['no source', { path: PATH, type: 'nfs' }, 'source: says not what to mount'],
    ['no type', { path: PATH, source: 'x' }, 'type: says not which kind'],
    ['no path', { ...params, path: 'none' }, 'path: has to be an absolute path'],
    ['the root gone', { path: '/', state: 'absent' }, 'path: is the root of everything'],
    ['two lines', { ...params, source: 'a\nb / c' }, 'source: must not hold control characters'],
    ['an empty option', { ...params, options: 'ro,,rw' }, 'options: has an empty option'],
    ['no option', { ...params, options: [] }, 'options'],
    ['two options in one', { ...params, options: ['a,b'] }, 'is one option'],
    ['a password for all to see', { ...params, options: 'user=x,password=y' }, 'holds a password'],
    ['what is no option of fstab', { ...params, options: 'remount,ro' }, 'options: hold `remount`'],
    ['an option as a type', { ...params, type: '-o' }, 'type: must be the name'],
  ])('%s is refused', (_name, wanted, problem) => {
    expect(problems(mount, wanted).join('\n')).toContain(problem);
  });

  test('touches its path, fstab, and what it shows', () => {
    const touched = mount.touches?.(
      mount.params.parse({ path: PATH, source: '/data', type: 'none', options: 'bind' }),
    );
    expect(touched).toEqual([`path:${PATH}`, 'path:/etc/fstab', 'path:/data']);
  });
});
