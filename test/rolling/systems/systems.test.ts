import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { systemOf } from '../../../src/rolling/systems/system-of.js';
import type { UpgradeScope } from '../../../src/rolling/systems/upgrade-system.js';
import { factsOf, stubHost } from './stub-host.js';

const ALL: UpgradeScope = { only: 'all', packages: undefined };
const SECURITY: UpgradeScope = { only: 'security', packages: undefined };
const NIXOS = { os: { id: 'nixos', family: 'nixos', version: '24.05', codename: '', name: 'NixOS 24.05' } };
const facts = (manager: string, container = '') =>
  factsOf(manager, { container, ...(manager === 'nix' ? NIXOS : {}) });

async function pendingOf(
  manager: string,
  programs: Readonly<Record<string, string>>,
  scope = ALL,
  container = '',
) {
  const { shell } = stubHost(programs);
  return systemOf(facts(manager, container)).pending(shell, facts(manager, container), scope);
}

const print = (text: string): string => `cat <<'END_OF_TEXT'\n${text}\nEND_OF_TEXT\n`;

describe('apk', () => {
  const index = `case "$*" in
*'-q update'*) d=$(mktemp -d); printf 'C:Q1x\\nP:musl\\nV:1.2.4-r2\\nS:400000\\nI:600000\\n\\nP:linux-lts\\nV:6.1-r0\\nS:90\\nI:100\\n\\n' >$d/APKINDEX
  tar -C $d -czf "$2/APKINDEX.1234.tar.gz" APKINDEX; rm -r $d ;;`;
  const apk = (simulated: string): string => `${index}\n*simulate*) ${print(simulated)} ;;\nesac`;

  test('what a simulation says, with the sizes of the index', async () => {
    const found = await pendingOf('apk', {
      apk: apk(`(1/4) Purging old (1.0-r0)
(2/4) Upgrading musl (1.2.4-r1 -> 1.2.4-r2)
(3/4) Upgrading busybox-binsh (1.36.1-r5 -> 1.36.1-r6)
(4/4) Installing new-dependency (2.0-r0)
Executing busybox-1.36.1-r6.trigger
OK: 123 MiB in 50 packages`),
    });
    expect(found).toEqual({
      packages: [
        { name: 'busybox-binsh', from: '1.36.1-r5', to: '1.36.1-r6', isSecurity: false },
        { name: 'musl', from: '1.2.4-r1', to: '1.2.4-r2', isSecurity: false },
      ],
      added: ['new-dependency'],
      removed: ['old'],
      held: [],
      fetchBytes: 400_000,
      needsBytes: 1_000_000,
      bringsKernel: false,
    });
  });

  test.each([
    ['a machine', '', true],
    ['a container', 'lxc', false],
  ])('a kernel on %s', async (_what, container, brings) => {
    const found = await pendingOf(
      'apk',
      { apk: apk('(1/1) Upgrading linux-lts (6.0-r0 -> 6.1-r0)') },
      ALL,
      container,
    );
    expect(found.bringsKernel).toBe(brings);
  });

  test('lists that cannot be fetched', async () => {
    const apk = `echo 'WARNING: updating https://example.org/main: temporary error (try again later)' >&2`;
    await expect(pendingOf('apk', { apk })).rejects.toMatchObject({
      code: 'rolling/lists',
      message: expect.stringContaining('temporary error'),
    });
  });
});

describe('dnf', () => {
  const rows = (...all: readonly (readonly string[])[]) => all.map((row) => row.join('\t')).join('\n');
  const dnf = (table: string, secure = '', advisories = 'x'): string => `case "$*" in
--version) echo "$DNF" ;;
*updateinfo*) echo '${advisories}' ;;
*--security*repoquery* | *repoquery*--security*) ${print(secure)} ;;
*repoquery*) ${print(
    rows(
      ['bash', 'x86_64', '5.2.26-1.fc39', '1800000', '8000000'],
      ['kernel-core', 'x86_64', '6.8.5-200.fc39', '17000000', '60000000'],
      ['glibc', 'i686', '2.38-18.fc39', '10', '20'],
      ['glibc', 'x86_64', '2.38-18.fc39', '10', '20'],
      ['$(id)', 'x86_64', '1', '1', '1'],
    ),
  )} ;;
*assumeno*) ${print(table)} ;;
esac`;
  const rpm = print(
    `old:bash\tx86_64\t0:5.2.15-5.fc39\t0\t7900000
old:kernel-core\tx86_64\t0:6.7.9-200.fc39\t0\t59000000
old:glibc\ti686\t0:2.38-16.fc39\t0\t20
old:glibc\tx86_64\t1:2.38-16.fc39\t0\t20`,
  );
  const packages = [
    { name: 'bash', from: '5.2.15-5.fc39', to: '5.2.26-1.fc39', isSecurity: true },
    { name: 'glibc.i686', from: '2.38-16.fc39', to: '2.38-18.fc39', isSecurity: false },
    { name: 'glibc.x86_64', from: '1:2.38-16.fc39', to: '2.38-18.fc39', isSecurity: false },
    { name: 'kernel-core', from: '6.7.9-200.fc39', to: '6.8.5-200.fc39', isSecurity: false },
  ];
  const secure = rows(['bash', 'x86_64', '5.2.26-1.fc39', '1', '1']);

  test.each([
    [
      '4',
      `Dependencies resolved.
================================================================================
 Package          Arch      Version               Repository           Size
================================================================================
Installing:
 kernel-core      x86_64    6.8.5-200.fc39        updates               17 M
Upgrading:
 bash             x86_64    5.2.26-1.fc39         updates              1.8 M
Installing dependencies:
 libnew           noarch    1.0-1.fc39            updates              10 k
Removing:
 kernel-old       x86_64    6.5.0-1.fc39          @updates             80 M
Skipping packages with broken dependencies:
 podman           x86_64    5.0-1.fc39            updates              10 M

Transaction Summary
================================================================================
Upgrade  1 Package`,
    ],
    [
      '5',
      `Package            Arch   Version         Repository      Size
Upgrading:
 bash              x86_64 5.2.26-1.fc39   updates      8.0 MiB
   replacing bash  x86_64 5.2.15-5.fc39   fedora       7.9 MiB
Installing:
 kernel-core       x86_64 6.8.5-200.fc39  updates     60.0 MiB
Installing dependencies:
 libnew            noarch 1.0-1.fc39      updates     10.0 KiB
Removing:
 kernel-old        x86_64 6.5.0-1.fc39    updates     80.0 MiB
Skipping packages with broken dependencies:
 podman            x86_64 5.0-1.fc39      updates     10.0 MiB

Transaction Summary:
 Upgrading:         1 package`,
    ],
  ])('what dnf %s says', async (_version, table) => {
    expect(await pendingOf('dnf', { dnf: dnf(table, secure), rpm })).toEqual({
      packages,
      added: ['libnew'],
      removed: ['kernel-old'],
      held: ['podman'],
      fetchBytes: 18_800_020,
      needsBytes: 18_800_020 + 1_100_000,
      bringsKernel: true,
    });
  });

  test('without advisories nobody can tell what mends security', async () => {
    const found = pendingOf('dnf', { dnf: dnf('', '', ''), rpm }, SECURITY);
    await expect(found).rejects.toMatchObject({ code: 'rolling/unknown-scope' });
  });

  test('lists that cannot be fetched', async () => {
    const dnf = `case "$*" in *makecache*) echo 'Error: Failed to download metadata for repo updates' >&2; exit 1 ;; esac`;
    await expect(pendingOf('dnf', { dnf })).rejects.toMatchObject({
      code: 'rolling/lists',
      message: expect.stringContaining('Failed to download metadata'),
    });
  });

  test('goes back to what was there', () => {
    const script = systemOf(facts('dnf')).rollbackScript?.(facts('dnf'), [
      { name: 'bash', from: '5.2.15-5.fc39', to: 'x' },
      { name: 'glibc.i686', from: '1:2.38-16.fc39', to: 'x' },
    ]);
    expect(script).toContain('dnf -y downgrade bash-5.2.15-5.fc39 glibc-1:2.38-16.fc39.i686');
  });
});

describe('pacman', () => {
  const pacman = `case " $* " in
*' -Qu '*) ${print('bash 5.2.021-1 -> 5.2.026-2\nlinux 6.7.9.arch1-1 -> 6.8.2.arch2-1\nheld 1-1 -> 2-1 [ignored]')} ;;
*' -Su '*) ${print(':: Starting full system upgrade...\nnew:bash 5.2.026-2 1900000\nnew:linux 6.8.2.arch2-1 130000000\nnew:fresh 1-1 100')} ;;
*' -Si '*) ${print('Name : bash\nInstalled Size  : 9.00 MiB\nInstalled Size  : 140.00 MiB')} ;;
*' -Qi '*) ${print('Installed Size  : 8.00 MiB\nInstalled Size  : 140.00 MiB')} ;;
esac`;

  test('what databases of its own say', async () => {
    expect(await pendingOf('pacman', { pacman })).toEqual({
      packages: [
        { name: 'bash', from: '5.2.021-1', to: '5.2.026-2', isSecurity: false },
        { name: 'linux', from: '6.7.9.arch1-1', to: '6.8.2.arch2-1', isSecurity: false },
      ],
      added: ['fresh'],
      removed: [],
      held: ['held'],
      fetchBytes: 131_900_100,
      needsBytes: 131_900_100 + 1024 * 1024,
      bringsKernel: true,
    });
  });

  test.each([
    ['parts', { only: 'all', packages: ['bash'] } as const],
    ['security', SECURITY],
  ])('%s alone are refused, in a plan and in a script', async (_what, scope) => {
    await expect(pendingOf('pacman', { pacman }, scope)).rejects.toMatchObject({
      code: 'rolling/unknown-scope',
    });
    expect(() => systemOf(facts('pacman')).upgradeScript(facts('pacman'), scope)).toThrow(/Arch Linux/);
  });

  test('the file of a package whose name begins the same is not taken for it', () => {
    const { shell: _shell, root } = stubHost({ pacman: 'for word; do last=$word; echo "$word"; done' });
    mkdirSync(join(root, 'var/cache/pacman/pkg'), { recursive: true });
    for (const name of ['bash-1-1-x86_64', 'bash-1-1-rc-2-x86_64']) {
      writeFileSync(join(root, 'var/cache/pacman/pkg', `${name}.pkg.tar.zst`), '');
    }
    const script = systemOf(facts('pacman')).rollbackScript?.(facts('pacman'), [
      { name: 'bash', from: '1-1', to: '2-1' },
    ]);
    const here = `${script?.replace(/^PATH=\S+/, `PATH=${root}/bin:$PATH`).replaceAll('/var/', `${root}/var/`)}`;
    const { stdout } = spawnSync('sh', ['-c', here]);
    expect(stdout.toString()).toContain('bash-1-1-x86_64.pkg.tar.zst');
    expect(stdout.toString()).not.toContain('rc');
  });
});

describe('NixOS', () => {
  const store = (root: string, name: string, kernel: string): string => {
    const path = join(root, 'nix/store', name);
    mkdirSync(path, { recursive: true });
    for (const part of ['initrd', 'kernel-modules']) writeFileSync(join(path, part), '');
    symlinkSync(`/nix/store/${kernel}`, join(path, 'kernel'));
    writeFileSync(join(path, 'kernel-params'), 'quiet');
    writeFileSync(join(path, 'nixos-version'), '24.05.1');
    return path;
  };

  test.each([
    ['the same system', 'aaaaaaaa-system', 'k1', [], false],
    ['another kernel', 'bbbbbbbb-system', 'k2', ['24.05.1'], true],
  ])('%s', async (_what, built, kernel, from, brings) => {
    const host = stubHost({
      'nix-channel': '[ "$1" = --list ] && echo "nixos https://channels.example.org/nixos-24.05"',
      curl: 'exit 0',
      'nixos-rebuild': '[ "$1" = build ] && ln -s "$BUILT" result',
    });
    const before = store(host.root, 'aaaaaaaa-system', 'k1');
    const after = built.startsWith('aaa') ? before : store(host.root, built, kernel);
    writeFileSync(
      join(host.root, 'bin/nixos-rebuild'),
      `#!/bin/sh\n[ "$2" = -I ] && ln -s ${after} result\n`,
    );
    mkdirSync(join(host.root, 'nix/var/nix/profiles'), { recursive: true });
    symlinkSync(before, join(host.root, 'nix/var/nix/profiles/system'));
    const found = await systemOf(facts('nix')).pending(host.shell, facts('nix'), ALL);
    expect(found.packages.map((one) => one.from.split(' ')[0])).toEqual(from);
    expect(found.packages.every(({ name }) => name === 'nixos-system')).toBe(true);
    expect(found.bringsKernel).toBe(brings);
  });

  test('a system that cannot be built', async () => {
    const programs = {
      'nix-channel': 'true',
      'nixos-rebuild': 'echo "error: undefined variable" >&2; exit 1',
    };
    await expect(pendingOf('nix', programs)).rejects.toMatchObject({
      code: 'rolling/unsolved',
      message: expect.stringContaining('undefined variable'),
    });
  });
});

describe('apt', () => {
  test.each(['Foo', '-o', 'a b', 'a;b', ''])('%p is no name of a package', (name) => {
    const scope: UpgradeScope = { only: 'all', packages: [name] };
    expect(() => systemOf(facts('apt')).upgradeScript(facts('apt'), scope)).toThrow(/is no package/);
  });
});

describe('every system', () => {
  test.each(['apt', 'dnf', 'apk', 'pacman', 'nix'])('%s: its scripts are shell', (manager) => {
    const system = systemOf(facts(manager));
    const packages = [{ name: 'bash', from: '1.0-1', to: '2.0-1' }];
    const scripts = [
      system.upgradeScript(facts(manager), ALL),
      system.rollbackScript?.(facts(manager), packages) ?? '',
    ];
    for (const script of scripts) {
      for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh']]) {
        const { stderr, status } = spawnSync(shell[0] ?? '', [...shell.slice(1), '-n'], { input: script });
        expect([status, stderr.toString()]).toEqual([0, '']);
      }
    }
  });

  test.each([
    ['zypper', {}],
    ['none', {}],
    ['nix', {}],
  ])('%s is refused', (manager, more) => {
    expect(() => systemOf(factsOf(manager, more))).toThrow(/does not know how to upgrade/);
  });
});
