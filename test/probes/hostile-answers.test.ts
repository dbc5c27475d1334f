import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { HomelabError, InternalError } from '../../src/core/errors.js';
import type { Reader } from '../../src/core/reader.js';
import { accounts } from '../../src/probes/accounts.js';
import { authorizedKeys } from '../../src/probes/authorized-keys.js';
import { aptLists } from '../../src/probes/apt-lists.js';
import { composeKey, composeProjects } from '../../src/probes/compose-projects.js';
import { conditionKey, conditions } from '../../src/probes/conditions.js';
import { crontabs } from '../../src/probes/crontabs.js';
import { directoryEntries } from '../../src/probes/directory-entries.js';
import { existence } from '../../src/probes/existence.js';
import { facts } from '../../src/probes/facts.js';
import { fileContents } from '../../src/probes/file-contents.js';
import { files } from '../../src/probes/files.js';
import { apkOffers, apkUpgrades } from '../../src/probes/package-candidates-apk.js';
import { dnfOffers, dnfUpgrades } from '../../src/probes/package-candidates-dnf.js';
import { pacmanOffers, pacmanUpgrades } from '../../src/probes/package-candidates-pacman.js';
import { zypperOffers, zypperUpgrades } from '../../src/probes/package-candidates-zypper.js';
import { keyFingerprints } from '../../src/probes/key-fingerprints.js';
import { aptOffers, aptUpgrades } from '../../src/probes/package-candidates.js';
import { kernelModules } from '../../src/probes/kernel-modules.js';
import { listeningSockets } from '../../src/probes/listening-sockets.js';
import { locales } from '../../src/probes/locales.js';
import { mountSources } from '../../src/probes/mount-sources.js';
import { mounts } from '../../src/probes/mounts.js';
import { networkDrivers } from '../../src/probes/network-drivers.js';
import { nftCandidates } from '../../src/probes/nft-candidates.js';
import { loadedTablesKey, nftTables } from '../../src/probes/nft-tables.js';
import { openrcServices } from '../../src/probes/openrc-services.js';
import { packageListsAt } from '../../src/probes/package-lists.js';
import { apkPackages } from '../../src/probes/packages-apk.js';
import { pacmanPackages } from '../../src/probes/packages-pacman.js';
import { rpmPackages } from '../../src/probes/packages-rpm.js';
import { loginFooting } from '../../src/probes/login-footing.js';
import { apkRemovals, aptRemovals, dnfRemovals, zypperRemovals } from '../../src/probes/package-removals.js';
import { packages } from '../../src/probes/packages.js';
import { passwordHashes } from '../../src/probes/password-hashes.js';
import { runningVersionKey, runningVersions } from '../../src/probes/running-versions.js';
import { sshPeers } from '../../src/probes/ssh-peers.js';
import { sysctl } from '../../src/probes/sysctl.js';
import { units } from '../../src/probes/units.js';

const READERS: readonly (readonly [string, Reader<unknown>, readonly string[]])[] = [
  ['files', files, ['/a', '/b']],
  ['file-contents', fileContents, ['/a', '/b']],
  ['directory-entries', directoryEntries, ['/a', '/b']],
  ['packages', packages, ['a', 'b:amd64']],
  ['packages-rpm', rpmPackages, ['a', 'b.x86_64']],
  ['packages-apk', apkPackages, ['a', 'b']],
  ['packages-pacman', pacmanPackages, ['a', 'b']],
  ['package-candidates', aptOffers, ['a', 'b']],
  ['package-upgrades', aptUpgrades, ['a', 'b']],
  ['package-candidates-dnf', dnfOffers, ['a', 'b']],
  ['package-upgrades-dnf', dnfUpgrades, ['a', 'b']],
  ['package-candidates-zypper', zypperOffers, ['a', 'b']],
  ['package-upgrades-zypper', zypperUpgrades, ['a', 'b']],
  ['package-candidates-apk', apkOffers, ['a', 'b']],
  ['package-upgrades-apk', apkUpgrades, ['a', 'b']],
  ['package-candidates-pacman', pacmanOffers, ['a', 'b']],
  ['package-upgrades-pacman', pacmanUpgrades, ['a', 'b']],
  [
    'running-versions',
    runningVersions,
    ['a', 'b'].map((service) => runningVersionKey({ init: 'openrc', service, version: [service] })),
  ],
  ['key-fingerprints', keyFingerprints, ['/a', '/b']],
  ['network-drivers', networkDrivers, ['']],
  ['login-footing', loginFooting, ['apt']],
  ['package-removals-apt', aptRemovals, ['a b', 'c']],
  ['package-removals-dnf', dnfRemovals, ['a b', 'c']],
  ['package-removals-apk', apkRemovals, ['a b', 'c']],
  ['package-removals-zypper', zypperRemovals, ['a b', 'c']],
  ['package-lists-x', packageListsAt('package-lists-x', ['/x']), ['']],
  ['apt-lists', aptLists, ['']],
  ['existence', existence, ['path:/a', 'user:b']],
  ['units', units, ['a.service', 'b.timer']],
  ['accounts', accounts, ['a', 'b']],
  ['password-hashes', passwordHashes, ['a', 'b']],
  ['crontabs', crontabs, ['a', 'b']],
  ['authorized-keys', authorizedKeys, ['a', 'b']],
  ['conditions', conditions, [conditionKey({ shell: 'true' })]],
  [
    'compose-projects',
    composeProjects,
    ['/a', '/b'].map((path) => composeKey({ path, project: 'p', isCompared: true })),
  ],
  ['openrc-services', openrcServices, ['a', 'b']],
  ['nft-tables', nftTables, [loadedTablesKey('/a', 'inet a')]],
  ['nft-candidates', nftCandidates, ['a', 'b']],
  ['ssh-peers', sshPeers, ['']],
  ['listening-sockets', listeningSockets, ['']],
  ['kernel-modules', kernelModules, ['a', 'b_c']],
  ['locales', locales, ['']],
  ['mounts', mounts, ['']],
  ['mount-sources', mountSources, ['/a', 'UUID=b']],
  ['sysctl', sysctl, ['a/b', 'c/d']],
  ['facts', facts, ['']],
];

/** Pieces of true answers, shuffled with anything at all. */
const piece = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\0', '\n', ':', '=', '\t', '/', '0', '1', '!', '>', ',', '\\', ' '),
  fc.constantFrom(
    '41ed:0:0:1:root:root:/',
    '81a4:0:0:1:r:r:/a',
    'a:0:0:x:/:/sh',
    'a:0:',
    'a:!',
    'uname=Linux h x86_64',
  ),
  fc.constantFrom(
    'Id=a.service',
    'LoadState=loaded',
    'a\tamd64\t1\tinstall\tinstalled',
    'a:',
    '  Candidate: 1',
    '__proto__',
  ),
  fc.constantFrom(
    'a\tnoarch\t0\t1-1\n',
    'solvable_name: a\n',
    'a-1.0-r0\n',
    'a policy:\n  1:\n    /x\n',
    'Name : a\nVersion : 1\n',
    '<solvable name="a" arch="noarch" edition="1" repository="r"/>',
  ),
  fc.constantFrom(
    '22 1 8:2 / / rw - ext4 /dev/sda2 rw\n',
    '0>/dev/sda',
    '0#8:1\n',
    '/proc/sys/a/b:1\n',
    '0:builtin\n',
    'kernel/x/a.ko\n',
  ),
  fc.constantFrom(
    'os=ID=',
    'cores=0-99999',
    'memory=MemTotal: 1 kB',
    'addresses=1 inet 10.0.0.1/8 scope global',
    '0/',
    '0:AA==',
  ),
);
const answer = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

describe.each(READERS)('%s', (name, reader, keys) => {
  test('has its own name', () => {
    expect(reader.name).toBe(name);
  });

  test('gives one value a key for any answer, or an error that says why', () => {
    fc.assert(
      fc.property(answer, fc.integer({ min: 0, max: 255 }), (stdout, code) => {
        try {
          expect(reader.parse({ code, stdout, stderr: stdout }, keys)).toHaveLength(keys.length);
        } catch (error) {
          if (!(error instanceof HomelabError) || error instanceof InternalError) throw error;
          expect(error.code).toBe('probes/no-answer');
        }
      }),
      { numRuns: 400 },
    );
  });
});
