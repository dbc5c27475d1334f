import { describe, expect, test } from '@jest/globals';
import type { PackageEntry } from '../../src/probes/packages.js';
import packageTask from '../../src/tasks/package.js';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { fakeHost, type Answers } from './fake-host.js';
import { HOSTILE_WORDS } from '../hostile-words.js';
import { plan, problems } from './plan-task.js';

const installed = (version: string, options: Partial<PackageEntry> = {}): PackageEntry => ({
  status: 'installed',
  version,
  isHeld: false,
  ...options,
});
const offer = (...versions: readonly string[]) => versions;
const lists = (ageSeconds: number | undefined): Answers => ({ 'apt-lists': { '': { ageSeconds } } });

const ENV =
  ' (env {"DEBIAN_FRONTEND":"noninteractive","NEEDRESTART_SUSPEND":"1","APT_LISTCHANGES_FRONTEND":"none"})';
const OPTIONS =
  "-y -q -o 'DPkg::Lock::Timeout=300' -o 'Dpkg::Options::=--force-confdef' -o 'Dpkg::Options::=--force-confold'";
const install = (names: string, more = ''): string =>
  `apt-get install ${OPTIONS} --no-remove${more} -- ${names}${ENV}`;
const UPDATE = [
  expect.stringContaining('/proc/locks'),
  `apt-get update -q -o 'Acquire::Retries=3'${ENV}`,
  'touch -- /var/lib/apt/lists',
] as unknown as readonly string[];

type Row = readonly [string, object, Answers, readonly string[], readonly string[]];

const ROWS: readonly Row[] = [
  [
    'in sync',
    { names: ['htop', 'g++'] },
    { packages: { htop: installed('3'), 'g++': installed('12') } },
    [],
    [],
  ],
  [
    'missing, all in one call',
    { names: ['htop', 'tmux', 'bash'] },
    {
      packages: {
        htop: null,
        tmux: { status: 'config-files', version: '', isHeld: false },
        bash: installed('5'),
      },
      'package-candidates': { htop: offer('3'), tmux: offer('3') },
      ...lists(90_000),
    },
    ['names.htop: absent -> present', 'names.tmux: absent -> present'],
    [install('htop tmux')],
  ],
  [
    'without what they recommend',
    { names: ['htop'], recommends: false },
    { packages: { htop: null }, 'package-candidates': { htop: offer('3') }, ...lists(1) },
    ['names.htop: absent -> present'],
    [install('htop', ' --no-install-recommends')],
  ],
  [
    'no candidate: the lists are fetched',
    { names: ['htop'] },
    { packages: { htop: null }, 'package-candidates': { htop: offer() }, ...lists(10) },
    ['names.htop: absent -> present'],
    [...UPDATE, install('htop')],
  ],
  [
    'no lists at all',
    { names: ['htop'] },
    { packages: { htop: null }, 'package-candidates': { htop: offer('3') }, ...lists(undefined) },
    ['names.htop: absent -> present'],
    [...UPDATE, install('htop')],
  ],
  [
    'lists older than they may be',
    { names: ['htop'], cache_max_age: 600 },
    { packages: { htop: null }, 'package-candidates': { htop: offer('3') }, ...lists(601) },
    ['names.htop: absent -> present'],
    [...UPDATE, install('htop')],
  ],
  [
    'a name with a dot is no regular expression for apt',
    { names: ['python3.11'] },
    { packages: { 'python3.11': null }, 'package-candidates': { 'python3.11': offer('3') }, ...lists(1) },
    ['names.python3.11: absent -> present'],
    [install("'^python3\\.11$'")],
  ],
  ['pinned, in sync', { names: ['nginx=1.22-1'] }, { packages: { nginx: installed('1.22-1') } }, [], []],
  [
    'pinned to another version',
    { names: ['nginx=1.22-1'] },
    {
      packages: { nginx: installed('1.24-1') },
      'package-candidates': { nginx: offer('1.24-1', '1.22-1') },
      ...lists(1),
    },
    ['names.nginx: 1.24-1 -> 1.22-1'],
    [install("'nginx=1.22-1'", ' --allow-downgrades')],
  ],
  [
    'pinned to a version that is not in the lists',
    { names: ['nginx=1.22-1'] },
    { packages: { nginx: null }, 'package-candidates': { nginx: offer('1.24-1') }, ...lists(1) },
    ['names.nginx: absent -> 1.22-1'],
    [...UPDATE, install("'nginx=1.22-1'", ' --allow-downgrades')],
  ],
  [
    'latest, in sync',
    { names: ['openssl'], state: 'latest', cache_max_age: 600 },
    { packages: { openssl: installed('3.0') }, 'package-upgrades': { openssl: null }, ...lists(600) },
    [],
    [],
  ],
  [
    'latest, something newer and something missing',
    { names: ['openssl', 'bash', 'htop'], state: 'latest' },
    {
      packages: { openssl: installed('3.0'), bash: installed('5'), htop: null },
      'package-upgrades': { openssl: '3.1', bash: null, htop: null },
      'package-candidates': { openssl: offer('3.1', '3.0'), htop: offer('3') },
      ...lists(1),
    },
    ['names.openssl: 3.0, 3.1 is offered -> latest', 'names.htop: absent -> latest'],
    [install('htop openssl')],
  ],
  [
    'latest, and nobody knows what is newest',
    { names: ['openssl', 'bash'], state: 'latest', cache_max_age: 600 },
    {
      packages: { openssl: installed('3.0'), bash: installed('5') },
      'package-upgrades': { openssl: null, bash: null },
      ...lists(700),
    },
    ['lists: old -> fresh'],
    [...UPDATE, install('openssl bash')],
  ],
  [
    'absent',
    { names: ['telnetd', 'rsh'], state: 'absent' },
    { packages: { telnetd: installed('1'), rsh: null } },
    ['names.telnetd: present -> absent'],
    [`apt-get remove ${OPTIONS} -- telnetd${ENV}`],
  ],
  [
    'left half-way by a dpkg that was killed',
    { names: ['htop'] },
    {
      packages: { htop: installed('3', { status: 'half-configured' }) },
      'package-candidates': { htop: offer('3') },
      ...lists(1),
    },
    ['names.htop: half-configured -> present'],
    [`dpkg --configure -a --force-confdef --force-confold${ENV}`, install('htop')],
  ],
  [
    'installed for the sake of others',
    { names: ['htop', 'tmux', 'nginx=1.22-1'] },
    {
      packages: {
        htop: installed('3', { isAuto: true }),
        tmux: installed('3', { isAuto: false }),
        nginx: installed('1.22-1', { isAuto: true, isHeld: true }),
      },
    },
    ['marks.htop: auto -> manual', 'marks.nginx: auto -> manual'],
    ['apt-mark -q manual -- htop nginx'],
  ],
  [
    'for the sake of others, beside what is missing',
    { names: ['htop', 'tmux'] },
    {
      packages: {
        htop: installed('3', { isAuto: true }),
        tmux: { status: 'config-files', version: '', isHeld: false, isAuto: true },
      },
      'package-candidates': { tmux: offer('3') },
      ...lists(10),
    },
    ['names.tmux: absent -> present', 'marks.htop: auto -> manual'],
    [install('tmux'), 'apt-mark -q manual -- htop'],
  ],
  [
    'latest, for the sake of others, and no lists at all',
    { names: ['openssl'], state: 'latest' },
    {
      packages: { openssl: installed('3.0', { isAuto: true }) },
      'package-upgrades': { openssl: null },
      ...lists(undefined),
    },
    ['marks.openssl: auto -> manual'],
    ['apt-mark -q manual -- openssl'],
  ],
  [
    'latest, for the sake of others and not the newest',
    { names: ['openssl'], state: 'latest' },
    {
      packages: { openssl: installed('3.0', { isAuto: true }) },
      'package-upgrades': { openssl: '3.1' },
      'package-candidates': { openssl: offer('3.1') },
      ...lists(10),
    },
    ['names.openssl: 3.0, 3.1 is offered -> latest', 'marks.openssl: auto -> manual'],
    [install('openssl'), 'apt-mark -q manual -- openssl'],
  ],
  [
    'absent, for the sake of others',
    { names: ['telnetd'], state: 'absent' },
    { packages: { telnetd: installed('1', { isAuto: true }) } },
    ['names.telnetd: present -> absent'],
    [`apt-get remove ${OPTIONS} -- telnetd${ENV}`],
  ],
  [
    'held, and nothing to do',
    { names: ['htop'] },
    { packages: { htop: installed('3', { isHeld: true }) } },
    [],
    [],
  ],
];

const hostWith = (manager: string, answers: Answers) =>
  fakeHost(answers, { facts: { ...FACT_EXAMPLES, package_manager: manager } });

describe('package', () => {
  test.each(ROWS)('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(packageTask, params, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('in sync costs one read a package', async () => {
    const host = fakeHost({ packages: { htop: installed('3') } });
    await plan(packageTask, { names: ['htop'] }, host);
    expect(host.asked).toEqual(['packages htop']);
  });

  test('a held package is not changed', async () => {
    const host = fakeHost({ packages: { htop: installed('3', { isHeld: true }) } });
    await expect(plan(packageTask, { names: ['htop=4'] }, host)).rejects.toMatchObject({
      code: 'task/package-held',
    });
  });

  test.each(['nix', 'none'])('cannot be kept with %s', async (manager) => {
    await expect(plan(packageTask, { names: ['htop'] }, hostWith(manager, {}))).rejects.toMatchObject({
      code: 'task/unsupported',
    });
  });

  test.each([
    ['apt', 'Htop'],
    ['apt', 'x'],
    ['apt', 'htop=1^2'],
    ['dnf', 'libc6:i386'],
    ['dnf', 'a=1-2-3'],
    ['zypper', 'a@b'],
    ['apk', 'curl=v1'],
    ['pacman', 'curl=8'],
    ['pacman', 'curl:amd64'],
  ])('%s knows no %s, which is said before anything is read', async (manager, name) => {
    const host = hostWith(manager, {});
    await expect(plan(packageTask, { names: [name] }, host)).rejects.toMatchObject({
      code: 'task/bad-package-name',
    });
    expect(host.asked).toEqual([]);
  });

  test.each(
    ['htop', 'g++', 'libc6:i386', 'python3.11', 'nginx=1:1.22.1-9+deb12u1~x', '0ad', 'R'].concat([
      'NetworkManager',
      'glibc.i686=2.37-1.fc38',
      'xorg-server@x',
      'bash=5.2.037-1',
    ]),
  )('%s is a name', (name) => {
    expect(problems(packageTask, { names: [name] })).toEqual([]);
  });

  test.each([
    '-y',
    '@development',
    '.build-deps',
    '/usr/bin/htop',
    'https://example.org/x.rpm',
    'htop-',
    'htop=1-',
    'a b',
    'htop=',
    'htop=*',
    'a;b',
    '$(id)',
    '../x.deb',
    './x.deb',
    'htop/sid',
    '^h.*',
    ...HOSTILE_WORDS,
  ])('%j is no name', (name) => {
    expect(problems(packageTask, { names: [name] })).toHaveLength(1);
  });

  test.each<[string, object, string]>([
    ['no names', { names: [] }, 'names: '],
    ['a name twice', { names: ['a1', 'a1=2'] }, 'names.1: is named twice'],
    ['a pin of what goes', { names: ['a1=2'], state: 'absent' }, 'names.0: is pinned'],
    ['lists younger than a run takes', { names: ['a1'], cache_max_age: 10 }, 'cache_max_age: '],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(packageTask, params).join('\n')).toContain(problem);
  });

  test('may touch anything', () => {
    expect(packageTask.touches).toBeUndefined();
  });
});
