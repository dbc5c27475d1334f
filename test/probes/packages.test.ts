import { describe, expect, test } from '@jest/globals';
import { aptLists } from '../../src/probes/apt-lists.js';
import { aptOffers, aptUpgrades } from '../../src/probes/package-candidates.js';
import { packages } from '../../src/probes/packages.js';
import { parseText, readHere, runScript, SHELLS } from './shells.js';

/** As dpkg 1.21 prints it. */
const DPKG = [
  'dpkg\tamd64\t1.21.22\tinstall\tinstalled',
  'bash\tamd64\t5.2.15-2+b8\tinstall\tinstalled',
  'libc6\ti386\t2.36-9\tdeinstall\tconfig-files',
  'libc6\tamd64\t2.36-9\thold\tinstalled',
  'tzdata\tall\t2024a-0\tinstall\thalf-configured',
  'rsh\tamd64\t\tunknown\tnot-installed',
  'zlib1g\ti386\t1.2.13\tinstall\tinstalled',
  '\0bash amd64',
  'libc6 i386',
  'tzdata amd64',
  'zlib1g i386',
  '',
].join('\n');

describe('packages', () => {
  test.each([
    ['bash', { status: 'installed', version: '5.2.15-2+b8', isHeld: false, isAuto: true }],
    ['libc6', { status: 'installed', version: '2.36-9', isHeld: true, isAuto: false }],
    ['libc6:i386', { status: 'config-files', version: '2.36-9', isHeld: false, isAuto: true }],
    ['tzdata', { status: 'half-configured', version: '2024a-0', isHeld: false, isAuto: true }],
    ['tzdata:all', { status: 'half-configured', version: '2024a-0', isHeld: false, isAuto: true }],
    ['rsh', { status: 'not-installed', version: '', isHeld: false, isAuto: false }],
    // Without the architecture `apt-mark` would mean the package that is not installed.
    ['zlib1g', { status: 'installed', version: '1.2.13', isHeld: false, isAuto: false }],
    ['zlib1g:i386', { status: 'installed', version: '1.2.13', isHeld: false, isAuto: true }],
    ['bas', null],
  ])('%s', (name, entry) => {
    expect(parseText(packages, DPKG, [name], 1)).toEqual([entry]);
  });

  test('a database that cannot be read is not an empty one', () => {
    expect(() => parseText(packages, '', ['bash'], 2)).toThrow(
      expect.objectContaining({ code: 'probes/no-answer' }),
    );
    expect(() => parseText(packages, '', ['bash'], 127)).toThrow(
      expect.objectContaining({ code: 'probes/no-answer' }),
    );
  });

  test.each(SHELLS.slice(0, 3))('read by %s', (_name, shell) => {
    const read = readHere(shell, packages, ['dpkg', 'surely-no-package', 'coreutils']);
    expect(read.map((entry) => entry?.status)).toEqual(['installed', undefined, 'installed']);
  });

  test.each(SHELLS.slice(0, 3))('apt marks, read by %s', (_name, shell) => {
    const names = [
      'dpkg',
      'coreutils',
      'surely-no-package',
      'libc6',
      'libstdc++6',
      'apt',
      'busybox',
      'passwd',
    ];
    const marked = runScript(shell, `apt-mark showauto -- ${names.join(' ')} 2>/dev/null; true`).stdout.split(
      '\n',
    );
    const read = readHere(shell, packages, names);
    expect(names.filter((_, index) => read[index]?.isAuto === true).toSorted()).toEqual(
      marked.filter((name) => name !== '').toSorted(),
    );
  });
});

/** As apt 2.6 prints it. */
const POLICY = `htop:
  Installed: (none)
  Candidate: 3.2.2-2
  Version table:
     3.2.2-2 500
        500 http://deb.example/debian bookworm/main amd64 Packages
g++:
  Installed: 4:12.2.0-3
  Candidate: 4:12.2.0-5
  Version table:
     4:12.2.0-5 500
        500 http://deb.example/debian bookworm/main amd64 Packages
 *** 4:12.2.0-3 100
        100 /var/lib/dpkg/status
virtual:
  Installed: (none)
  Candidate: (none)
  Version table:
`;

describe('what apt offers', () => {
  test.each<[string, readonly string[], string | null]>([
    ['htop', ['3.2.2-2'], null],
    ['htop:amd64', ['3.2.2-2'], null],
    ['g++', ['4:12.2.0-5', '4:12.2.0-3'], '4:12.2.0-5'],
    ['virtual', [], null],
    ['nonesuch', [], null],
  ])('%s', (name, versions, upgrade) => {
    expect(parseText(aptOffers, POLICY, [name])).toEqual([versions]);
    expect(parseText(aptUpgrades, POLICY, [name])).toEqual([upgrade]);
  });

  test.each(SHELLS.slice(0, 3))('read by %s', (_name, shell) => {
    const [own, none] = readHere(shell, aptOffers, ['dpkg', 'surely-no-package']);
    const [installed] = readHere(shell, packages, ['dpkg']);
    expect(own).toContain(installed?.version);
    expect(none).toEqual([]);
  });
});

describe('apt-lists', () => {
  test.each<[string, number | undefined]>([
    ['1000\n400\nlists\n', 600],
    ['400\n1000\nlists\n', 0],
    ['1000\n400\n', undefined],
    ['1000\n', undefined],
    ['', undefined],
  ])('%j', (answer, ageSeconds) => {
    expect(parseText(aptLists, answer, [''])).toEqual([{ ageSeconds }]);
  });
});
