import { describe, expect, test } from '@jest/globals';
import { apkOffers, apkUpgrades } from '../../src/probes/package-candidates-apk.js';
import { dnfOffers, dnfUpgrades } from '../../src/probes/package-candidates-dnf.js';
import { pacmanOffers, pacmanUpgrades } from '../../src/probes/package-candidates-pacman.js';
import { zypperOffers, zypperUpgrades } from '../../src/probes/package-candidates-zypper.js';
import { packageListsAt } from '../../src/probes/package-lists.js';
import { apkPackages } from '../../src/probes/packages-apk.js';
import { pacmanPackages } from '../../src/probes/packages-pacman.js';
import { rpmPackages } from '../../src/probes/packages-rpm.js';
import { parseText, readHere, SHELLS } from './shells.js';

const NO_ANSWER = expect.objectContaining({ code: 'probes/no-answer' }) as unknown as Error;
const installed = (version: string, more: object = {}) => ({
  status: 'installed',
  version,
  isHeld: false,
  ...more,
});

/** As rpm 4.18 prints it, before the lock files of dnf 4, dnf 5 and zypper. */
const RPM = `bash\tx86_64\t(none)\t5.2.26-1.fc40
kernel\tx86_64\t(none)\t6.8.5-301.fc40
kernel\tx86_64\t(none)\t6.9.7-200.fc40
vim\tx86_64\t2\t9.1.393-1.fc40
python3.11\tx86_64\t(none)\t3.11.9-1.fc40
glibc\ti686\t(none)\t2.39-2.fc40
package htop is not installed
package lab-hello is not installed
\0
# Added lock on Sat Nov 21 12:38:14 2026
bash-0:5.2.26-1.*
[[packages]]
name = "glibc"

type: package
match_type: glob
case_sensitive: on
solvable_name: vim
`;

describe('packages of rpm', () => {
  test.each([
    ['bash', installed('5.2.26-1.fc40', { isHeld: true })],
    ['kernel', installed('6.9.7-200.fc40', { otherVersions: ['6.8.5-301.fc40'] })],
    ['vim', installed('2:9.1.393-1.fc40', { isHeld: true })],
    ['vim.x86_64', installed('2:9.1.393-1.fc40', { isHeld: true })],
    ['python3.11', installed('3.11.9-1.fc40')],
    ['python3', null],
    ['glibc.i686', installed('2.39-2.fc40', { isHeld: true })],
    ['glibc.x86_64', null],
    ['htop', null],
    ['package', null],
  ])('%s', (name, entry) => {
    expect(parseText(rpmPackages, RPM, [name], 2)).toEqual([entry]);
  });

  test.each([
    [1, 'package bash is not installed\n\0', 'error: cannot open Packages database in /var/lib/rpm'],
    [1, 'package bash is not installed\n\0', 'error: rpmdb: damaged header #3 retrieved -- skipping.'],
    [127, '\0', 'sh: rpm: not found'],
  ])('a database that cannot be read is not an empty one: %i %j %s', (code, stdout, stderr) => {
    expect(() => rpmPackages.parse({ code, stdout, stderr }, ['bash'])).toThrow(NO_ANSWER);
  });
});

/** As dnf 4.14 prints it: an empty line after each, since the format ends its lines already. */
const DNF = `lab-hello\tnoarch\t0\t1.0-1

lab-hello\tnoarch\t0\t2.0-1

glibc\ti686\t0\t2.39-6

glibc\tx86_64\t0\t2.39-5

vim\tx86_64\t2\t9.1-1

`;

describe('what dnf offers', () => {
  test.each<[string, readonly string[], string | null]>([
    ['lab-hello', ['1.0-1', '2.0-1'], '2.0-1'],
    ['glibc', ['2.39-5'], '2.39-5'],
    ['glibc.i686', ['2.39-6'], '2.39-6'],
    ['vim', ['2:9.1-1'], '2:9.1-1'],
    ['hello', [], null],
  ])('%s', (name, versions, upgrade) => {
    expect(parseText(dnfOffers, DNF, [name])).toEqual([versions]);
    expect(parseText(dnfUpgrades, DNF, [name])).toEqual([upgrade]);
  });
});

/** As zypper 1.14 prints it. */
const SEARCH = `<?xml version='1.0'?>
<stream>

<search-result version="0.0">
<solvable-list>
<solvable status="other-version" name="lab-hello" kind="package" edition="2.0-1" arch="noarch" repository="lab"/>
<solvable status="installed" name="lab-hello" kind="package" edition="1.0-1" arch="noarch" repository="lab"/>
<solvable status="installed" name="own" kind="package" edition="1.0-1" arch="noarch" repository="(System Packages)"/>
</solvable-list>
</search-result>
</stream>
`;
const UPDATES = `<?xml version='1.0'?>
<stream>
<update-status version="0.6">
<update-list>
<update kind="package" name="lab-hello" edition="2.0-1" arch="noarch" edition-old="1.0-1"><summary>lab</summary><source url="file:/srv/rpm" alias="lab"/></update></update-list>
</update-status>
</stream>
`;

describe('what zypper offers', () => {
  test.each<[string, readonly string[], string | null]>([
    ['lab-hello', ['2.0-1', '1.0-1'], '2.0-1'],
    ['lab-hello.noarch', ['2.0-1', '1.0-1'], '2.0-1'],
    ['own', [], null],
    ['nonesuch', [], null],
  ])('%s', (name, versions, upgrade) => {
    expect(parseText(zypperOffers, SEARCH, [name], 104)).toEqual([versions]);
    expect(parseText(zypperUpgrades, UPDATES, [name])).toEqual([upgrade]);
  });
});

/** As apk 2.14.10 prints it. */
const INFO = 'lab-hello-1.0-r1\nbusybox-1.36.1-r20\npy3-2to3-3.11.9-r0\n';
const POLICY = `lab-hello policy:
  1.0-r1:
    lib/apk/db/installed
    https://mirror.example/alpine/v3.20/main
  2.0-r0:
    https://mirror.example/alpine/v3.20/main
    @edge https://mirror.example/alpine/edge/main
own policy:
  1.0-r0:
    lib/apk/db/installed
`;
const VERSION = `Installed:                                Available:
lab-hello-1.0-r1                        < 2.0-r0 
bash-5.2.26-r0                          = 5.2.26-r0 
own-1.0-r0                              ? 
newer-2.0-r0                            > 1.0-r0 
`;

describe('packages of apk', () => {
  test.each([
    ['lab-hello', installed('1.0-r1')],
    ['py3-2to3', installed('3.11.9-r0')],
    ['py3', null],
    // `sh` is provided by busybox.
    ['sh', null],
  ])('%s', (name, entry) => {
    expect(parseText(apkPackages, INFO, [name], 1)).toEqual([entry]);
  });

  test.each([
    [99, 'ERROR: Unable to read database: No such file or directory'],
    [127, 'sh: apk: not found'],
  ])('a database that cannot be read is not an empty one: %i', (code, stderr) => {
    expect(() => apkPackages.parse({ code, stdout: '', stderr }, ['bash'])).toThrow(NO_ANSWER);
  });

  test.each<[string, readonly string[], string | null]>([
    ['lab-hello', ['1.0-r1', '2.0-r0'], '2.0-r0'],
    ['own', [], null],
    ['bash', [], null],
    ['newer', [], null],
  ])('what is offered of %s', (name, versions, upgrade) => {
    expect(parseText(apkOffers, POLICY, [name])).toEqual([versions]);
    expect(parseText(apkUpgrades, VERSION, [name])).toEqual([upgrade]);
  });
});

/** As pacman 6.0.2 prints it. */
const QUERY = 'lab-hello 1.0-1\nlinux 6.9.arch1-1\n\0linux\nnvidia\n\0lab-hello\n';
const SYNC = `Repository      : lab
Name            : lab-hello
Version         : 2.0-1
Description     : Name : Version
Optional Deps   : None

Repository      : extra
Name            : lab-hello
Version         : 1.0-1

`;

describe('packages of pacman', () => {
  test.each([
    ['lab-hello', installed('1.0-1', { isAuto: true })],
    ['linux', installed('6.9.arch1-1', { isHeld: true, isAuto: false })],
    ['nvidia', null],
  ])('%s', (name, entry) => {
    expect(parseText(pacmanPackages, QUERY, [name], 1)).toEqual([entry]);
  });

  test('a database that cannot be read is not an empty one', () => {
    const output = { code: 255, stdout: '\0', stderr: 'error: failed to initialize alpm library:\n' };
    expect(() => pacmanPackages.parse(output, ['bash'])).toThrow(NO_ANSWER);
  });

  test.each<[string, readonly string[], string | null]>([
    ['lab-hello', ['2.0-1', '1.0-1'], '2.0-1'],
    ['linux', [], '6.10.arch1-1'],
    ['bash', [], null],
  ])('what is offered of %s', (name, versions, upgrade) => {
    const newer = 'lab-hello 1.0-1 -> 2.0-1\nlinux 6.9.arch1-1 -> 6.10.arch1-1 [ignored]\n';
    expect(parseText(pacmanOffers, SYNC, [name])).toEqual([versions]);
    expect(parseText(pacmanUpgrades, newer, [name])).toEqual([upgrade]);
  });
});

describe('the age of lists', () => {
  test.each<[string, number | undefined]>([
    ['1000\n400\n700\n', 300],
    ['400\n1000\n', 0],
    ['1000\n', undefined],
    ['x\n400\n', undefined],
    ['', undefined],
  ])('%j', (answer, ageSeconds) => {
    expect(parseText(packageListsAt('x', ['/x']), answer, [''])).toEqual([{ ageSeconds }]);
  });

  test.each(SHELLS)('read by %s', (_name, shell) => {
    const [there] = readHere(shell, packageListsAt('x', ['/proc/self/cmd*', '/nonesuch/*']), ['']);
    const [none] = readHere(shell, packageListsAt('x', ['/nonesuch/*']), ['']);
    expect(there?.ageSeconds).toBeGreaterThanOrEqual(0);
    expect(none?.ageSeconds).toBeUndefined();
  });
});
