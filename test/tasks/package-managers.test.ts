import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import packageTask from '../../src/tasks/package.js';
import { isRpmVersion } from '../../src/tasks/shared/packages/rpm-version.js';
import { fakeHost } from './fake-host.js';
import { plan } from './plan-task.js';

const one = (version: string, more: object = {}) => ({
  status: 'installed',
  version,
  isHeld: false,
  ...more,
});

interface Situation {
  readonly installed: Readonly<Record<string, unknown>>;
  readonly offers?: Readonly<Record<string, readonly string[]>>;
  readonly upgrades?: Readonly<Record<string, string | null>>;
  readonly age?: number;
}

/** The names of the readers that each manager's state is read with. */
const READERS: Readonly<Record<string, string>> = { dnf: 'rpm', zypper: 'rpm', apk: 'apk', pacman: 'pacman' };

const hostOf = (manager: string, { installed, offers, upgrades, age }: Situation) =>
  fakeHost(
    {
      [`packages-${READERS[manager] ?? ''}`]: installed,
      ...(offers === undefined ? {} : { [`package-candidates-${manager}`]: offers }),
      ...(upgrades === undefined ? {} : { [`package-upgrades-${manager}`]: upgrades }),
      ...(age === undefined ? {} : { [`package-lists-${manager}`]: { '': { ageSeconds: age } } }),
    },
    { facts: { ...FACT_EXAMPLES, package_manager: manager } },
  );

const ZYPPER = ' (env {"ZYPP_LOCK_TIMEOUT":"300"}) (successCodes [0,102,103])';
const FETCH_DNF = [
  'dnf -y -q makecache --refresh',
  "sh -c 'chmod u+r /var/cache/dnf/*/repodata/repomd.xml /var/cache/libdnf5/*/repodata/repomd.xml 2>/dev/null; true'",
];
const FETCH_ZYPPER = [
  `zypper --non-interactive -q refresh${ZYPPER}`,
  "sh -c 'chmod u+r /var/cache/zypp/raw/*/repodata/repomd.xml 2>/dev/null; true'",
];
const FETCH_APK = ['apk --wait 300 -q update', 'touch -- /var/cache/apk'];
const WAIT = expect.stringContaining('db.lck') as unknown as string;

type Row = readonly [string, string, object, Situation, readonly string[], readonly string[]];

const MISSING = { installed: { bash: one('5-1'), htop: null }, offers: { htop: ['3-1'] }, age: 9 };
const NEWER = {
  installed: { bash: one('5-1'), htop: null },
  upgrades: { bash: '6-1', htop: null },
  offers: { bash: ['6-1'], htop: ['3-1'] },
  age: 9,
};
const PINNED = { installed: { htop: one('3-2') }, offers: { htop: ['3-1', '3-2'] }, age: 9 };
const TWO = { names: ['bash', 'htop'] };

const ROWS: readonly Row[] = [
  ['dnf', 'missing', TWO, MISSING, ['names.htop: absent -> present'], ['dnf -y -q install htop']],
  [
    'dnf',
    'missing, without what they recommend',
    { ...TWO, recommends: false },
    MISSING,
    ['names.htop: absent -> present'],
    ["dnf -y -q '--setopt=install_weak_deps=False' install htop"],
  ],
  [
    'dnf',
    'missing, and in no list',
    TWO,
    { ...MISSING, offers: { htop: [] } },
    ['names.htop: absent -> present'],
    [...FETCH_DNF, 'dnf -y -q install htop'],
  ],
  [
    'dnf',
    'latest',
    { ...TWO, state: 'latest' },
    NEWER,
    ['names.bash: 5-1, 6-1 is offered -> latest', 'names.htop: absent -> latest'],
    ['dnf -y -q install htop', 'dnf -y -q --best upgrade bash'],
  ],
  [
    'dnf',
    'pinned, back to an older one',
    { names: ['htop=3-1'] },
    PINNED,
    ['names.htop: 3-2 -> 3-1'],
    ['dnf -y -q install htop-3-1'],
  ],
  [
    'dnf',
    'pinned with its architecture',
    { names: ['glibc.i686=2.37-1'] },
    { installed: { 'glibc.i686': null }, offers: { 'glibc.i686': ['2.37-1'] }, age: 9 },
    ['names.glibc.i686: absent -> 2.37-1'],
    ['dnf -y -q install glibc-2.37-1.i686'],
  ],
  [
    'dnf',
    'pinned without a release, in sync beside a newer kernel',
    { names: ['kernel=5.14.0'] },
    { installed: { kernel: one('5.15.0-2', { otherVersions: ['5.14.0-9'] }) } },
    [],
    [],
  ],
  [
    'dnf',
    'absent',
    { ...TWO, state: 'absent' },
    MISSING,
    ['names.bash: present -> absent'],
    ['dnf -y -q remove bash'],
  ],
  [
    'zypper',
    'missing',
    TWO,
    MISSING,
    ['names.htop: absent -> present'],
    [`zypper --non-interactive -q install --auto-agree-with-licenses -- htop${ZYPPER}`],
  ],
  [
    'zypper',
    'missing, without what they recommend',
    { ...TWO, recommends: false },
    MISSING,
    ['names.htop: absent -> present'],
    [`zypper --non-interactive -q install --auto-agree-with-licenses --no-recommends -- htop${ZYPPER}`],
  ],
  [
    'zypper',
    'latest, with lists that are too old',
    { names: ['bash'], state: 'latest', cache_max_age: 600 },
    { installed: { bash: one('5-1') }, upgrades: { bash: null }, age: 601 },
    ['lists: old -> fresh'],
    [...FETCH_ZYPPER, `zypper --non-interactive -q install --auto-agree-with-licenses -- bash${ZYPPER}`],
  ],
  [
    'zypper',
    'pinned',
    { names: ['htop=3-1'] },
    PINNED,
    ['names.htop: 3-2 -> 3-1'],
    [`zypper --non-interactive -q install --auto-agree-with-licenses --oldpackage -- 'htop=3-1'${ZYPPER}`],
  ],
  [
    'zypper',
    'absent',
    { ...TWO, state: 'absent' },
    MISSING,
    ['names.bash: present -> absent'],
    [`zypper --non-interactive -q remove -- bash${ZYPPER}`],
  ],
  ['apk', 'missing', TWO, MISSING, ['names.htop: absent -> present'], ['apk --wait 300 -q add -- htop']],
  [
    'apk',
    'missing, with lists that are too old',
    { ...TWO, cache_max_age: 600 },
    { ...MISSING, age: 601 },
    ['names.htop: absent -> present'],
    [...FETCH_APK, 'apk --wait 300 -q add -- htop'],
  ],
  [
    'apk',
    'latest',
    { ...TWO, state: 'latest' },
    NEWER,
    ['names.bash: 5-1, 6-1 is offered -> latest', 'names.htop: absent -> latest'],
    ['apk --wait 300 -q add -- htop', 'apk --wait 300 -q add --upgrade -- bash'],
  ],
  [
    'apk',
    'pinned',
    { names: ['htop=3.2-r1'] },
    { installed: { htop: one('3.1-r0') }, offers: { htop: ['3.2-r1'] }, age: 9 },
    ['names.htop: 3.1-r0 -> 3.2-r1'],
    ["apk --wait 300 -q add -- 'htop=3.2-r1'"],
  ],
  [
    'apk',
    'absent',
    { ...TWO, state: 'absent' },
    MISSING,
    ['names.bash: present -> absent'],
    ['apk --wait 300 -q del -- bash'],
  ],
  [
    'pacman',
    'missing',
    TWO,
    MISSING,
    ['names.htop: absent -> present'],
    [WAIT, 'pacman -S --noconfirm --noprogressbar --needed -- htop'],
  ],
  [
    'pacman',
    'latest, however old the lists are',
    { ...TWO, state: 'latest', cache_max_age: 600 },
    NEWER,
    ['names.bash: 5-1, 6-1 is offered -> latest', 'names.htop: absent -> latest'],
    [WAIT, 'pacman -S --noconfirm --noprogressbar --needed -- htop bash'],
  ],
  [
    'pacman',
    'pinned',
    { names: ['htop=3-1'] },
    PINNED,
    ['names.htop: 3-2 -> 3-1'],
    [WAIT, "pacman -S --noconfirm --noprogressbar --needed -- 'htop=3-1'"],
  ],
  [
    'pacman',
    'installed for the sake of others',
    TWO,
    { installed: { bash: one('5-1', { isAuto: true }), htop: one('3-1', { isAuto: false }) } },
    ['marks.bash: auto -> manual'],
    [WAIT, 'pacman -D -q --asexplicit -- bash'],
  ],
  [
    'pacman',
    'absent',
    { ...TWO, state: 'absent' },
    MISSING,
    ['names.bash: present -> absent'],
    [WAIT, 'pacman -R --noconfirm --noprogressbar -- bash'],
  ],
];

describe('package', () => {
  test.each(ROWS)('%s: %s', async (manager, _name, params, situation, changes, steps) => {
    const planned = await plan(packageTask, params, hostOf(manager, situation));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each(Object.keys(READERS))('%s: in sync costs one read a package', async (manager) => {
    const host = hostOf(manager, { installed: { bash: one('5-1') } });
    expect((await plan(packageTask, { names: ['bash'] }, host)).changes).toEqual([]);
    expect(host.asked).toEqual([`packages-${READERS[manager] ?? ''} bash`]);
  });

  test('pacman: what no list offers needs a full upgrade first', async () => {
    const host = hostOf('pacman', { ...MISSING, offers: { htop: [] } });
    const planned = await plan(packageTask, TWO, host);
    expect(planned.unknown).toMatch(/do not offer htop.*pacman -Syu/);
    expect(planned.steps).toEqual([]);
  });

  test.each([
    ['dnf', /versionlock delete htop/],
    ['zypper', /removelock htop/],
    ['pacman', /IgnorePkg/],
  ])('%s: a held package is not changed, and the hint says how to release it', async (manager, hint) => {
    const host = hostOf(manager, { ...PINNED, installed: { htop: one('3-2', { isHeld: true }) } });
    await expect(plan(packageTask, { names: ['htop=3-1'] }, host)).rejects.toMatchObject({
      code: 'task/package-held',
      hint: expect.stringMatching(hint) as unknown,
    });
  });
});

describe('a version of rpm', () => {
  test.each<[string, string, boolean]>([
    ['5.2-1.fc38', '5.2-1.fc38', true],
    ['5.2-1.fc38', '5.2', true],
    ['1:5.2-1', '5.2-1', true],
    ['1:5.2-1', '1:5.2', true],
    ['5.2-1', '0:5.2-1', true],
    ['5.2-1', '1:5.2-1', false],
    ['5.2-1', '5.2-2', false],
    ['5.2.1-1', '5.2', false],
    ['', '5.2', false],
  ])('%s for the pin %s: %s', (version, pin, isIt) => {
    expect(isRpmVersion(version, pin)).toBe(isIt);
  });
});
