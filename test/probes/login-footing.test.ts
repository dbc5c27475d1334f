import { describe, expect, test } from '@jest/globals';
import { loginFooting } from '../../src/probes/login-footing.js';
import { aptRemovals, apkRemovals, dnfRemovals, zypperRemovals } from '../../src/probes/package-removals.js';
import { parseText, readHere, SHELLS } from './shells.js';

describe('what the login stands on', () => {
  test.each(SHELLS.slice(0, 3))(
    '%s: the program that runs the shell is found with its package',
    (_name, shell) => {
      const [found = []] = readHere(shell, loginFooting, ['apt']);
      const owners = new Map(found.map(({ path, package: name }) => [path, name]));
      const ours = [...owners].filter(([path]) => /\/(?:dash|bash|busybox)$/.test(path));
      expect(ours.map(([path, name]) => path.endsWith(name))).toContain(true);
    },
  );

  test('of a manager that is not known nothing is', () => {
    const [, shell] = SHELLS[0] ?? [];
    expect(shell && readHere(shell, loginFooting, ['nix'])).toEqual([[]]);
  });

  test.each<[string, readonly { path: string; package: string }[]]>([
    ['openssh-server: /usr/sbin/sshd\n', [{ path: '/usr/sbin/sshd', package: 'openssh-server' }]],
    [
      'libc6:arm64, libc6:armhf: /x\n',
      [
        { path: '/x', package: 'libc6' },
        { path: '/x', package: 'libc6' },
      ],
    ],
    ['diversion by dash from: /bin/sh\ndpkg-query: no path found\n', []],
    ['', []],
    [': /x\nname: relative\nname /x\n', []],
  ])('%j', (text, programs) => {
    expect(parseText(loginFooting, `${text}\0`, ['apt'])).toEqual([programs]);
  });
});

const DNF4 = `Dependencies resolved.
================================================================================
 Package                 Arch     Version              Repository          Size
================================================================================
Removing:
 openssh                 x86_64   9.6p1-1.fc40         @anaconda          1.9 M
Removing dependent packages:
 openssh-server-with-a-long-name
                         x86_64   9.6p1-1.fc40         @anaconda          1.0 M
Removing unused dependencies:
 libfido2                x86_64   1.14.0-4.fc40        @anaconda          238 k

Transaction Summary
================================================================================
Remove  3 Packages

Freed space: 3.1 M
Operation aborted.
`;

const DNF5 = `Package          Arch   Version       Repository      Size
Removing:
 openssh-server  x86_64 9.8p1-3.fc41  anaconda     1.4 MiB

Transaction Summary:
 Removing:           1 package

Operation aborted by the user.
`;

const ZYPPER = `<?xml version='1.0'?>
<stream>
<install-summary download-size="0" packages-to-change="2">
<to-remove>
<solvable type="package" name="openssh-server" edition="9.6p1-1" arch="x86_64"/>
<solvable type="package" name="patterns-base" edition="1" arch="noarch"/>
</to-remove>
<to-install><solvable type="package" name="other"/></to-install>
</install-summary>
</stream>
`;

describe('what goes along', () => {
  test.each([
    [
      aptRemovals,
      'The following packages will be REMOVED:\n  a b\nRemv b [1:9.2p1-2]\nRemv a:i386 [1]\nPurg c [2]\n',
      ['b', 'a:i386', 'c'],
    ],
    [aptRemovals, 'E: Unable to locate package nosuch\n', []],
    [dnfRemovals, DNF4, ['openssh', 'openssh-server-with-a-long-name', 'libfido2']],
    [dnfRemovals, DNF5, ['openssh-server']],
    [dnfRemovals, 'No match for argument: x\nNo packages marked for removal.\n', []],
    [
      apkRemovals,
      '(1/2) Purging openssh (9.7_p1-r4)\n( 2/12) Purging openssh-server (9.7_p1-r4)\nOK: 9 MiB\n',
      ['openssh', 'openssh-server'],
    ],
    [zypperRemovals, ZYPPER, ['openssh-server', 'patterns-base']],
    [zypperRemovals, '<stream><message type="error">no</message></stream>', []],
  ] as const)('is read, row %#', (reader, text, names) => {
    expect(parseText(reader, `${text}\0`, ['x y'])).toEqual([names]);
  });

  test('each is asked by itself, and reads alone', () => {
    const script = aptRemovals.script(['a b', 'c']);
    expect(script).toContain('apt-get -s -q remove -- a b ');
    expect(script).toContain('apt-get -s -q remove -- c ');
    expect(parseText(aptRemovals, 'Remv a [1]\n\0Remv c [1]\n\0', ['a b', 'c'])).toEqual([['a'], ['c']]);
  });
});
