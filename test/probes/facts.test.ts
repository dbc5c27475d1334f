import { describe, expect, test } from '@jest/globals';
import { arch, cpus, hostname, release } from 'node:os';
import {
  architecture,
  coreCount,
  globalAddresses,
  opensshVersion,
  osRelease,
} from '../../src/probes/fact-values.js';
import { facts } from '../../src/probes/facts.js';
import { parseText, readHere, SHELLS } from './shells.js';

const ALPINE = `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.20.1
PRETTY_NAME="Alpine Linux v3.20"
`;
const ANSWER = [
  `os=${ALPINE}`,
  'uname=Linux box aarch64',
  'kernel=6.6.31-0-lts',
  'hostname=box',
  'memory=MemTotal:        1014488 kB',
  'cores=0-3',
  'process1=init',
  'init=openrc',
  'container=LXC\u001b',
  'packages=apk',
  'sshd=OpenSSH_9.7p1, OpenSSL 3.3.1 4 Jun 2024',
  'addresses=2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever',
  '',
].join('\0');

describe('facts', () => {
  test('of an answer', () => {
    expect(parseText(facts, ANSWER, [''])).toEqual([
      {
        os: { id: 'alpine', family: 'alpine', version: '3.20.1', codename: '', name: 'Alpine Linux v3.20' },
        arch: 'arm64',
        init: 'openrc',
        container: 'lxc',
        package_manager: 'apk',
        kernel: '6.6.31-0-lts',
        hostname: 'box',
        addresses: ['10.0.0.5'],
        memory_mib: 990,
        cores: 4,
        openssh_version: '9.7',
      },
    ]);
  });

  test('of a machine that says little', () => {
    expect(parseText(facts, 'uname=FreeBSD box amd64\0process1=init\0', [''])).toMatchObject([
      {
        os: { id: 'freebsd', family: 'freebsd' },
        arch: 'amd64',
        init: 'busybox',
        container: '',
        package_manager: 'none',
        hostname: 'box',
        cores: 1,
        openssh_version: '',
      },
    ]);
  });

  test('control characters are taken out', () => {
    expect(parseText(facts, 'uname=Linux b x86_64\0hostname=a\u001b[31m\u202eb\0', [''])[0]?.hostname).toBe(
      'a[31mb',
    );
  });

  test('nothing at all', () => {
    expect(() => parseText(facts, '', [''])).toThrow(expect.objectContaining({ code: 'probes/no-answer' }));
  });

  test.each(SHELLS)('of this computer by %s', (_name, shell) => {
    const [here] = readHere(shell, facts, ['']);
    const names: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
    expect(here).toMatchObject({
      arch: names[arch()] ?? expect.any(String),
      hostname: hostname(),
      kernel: release(),
    });
    expect(here?.cores).toBeGreaterThanOrEqual(cpus().length);
    expect(here?.memory_mib).toBeGreaterThan(64);
    expect(here?.os.id).toMatch(/^[a-z]+$/);
  });
});

describe('osRelease', () => {
  test.each<[string, string, object]>([
    [
      'Debian',
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
      {
        id: 'debian',
        family: 'debian',
        version: '12',
        codename: 'bookworm',
        name: 'Debian GNU/Linux 12 (bookworm)',
      },
    ],
    [
      'Ubuntu',
      'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"',
      { id: 'ubuntu', family: 'debian', version: '24.04' },
    ],
    ['Mint', 'ID=linuxmint\nID_LIKE="ubuntu debian"', { id: 'linuxmint', family: 'debian' }],
    ['Rocky', 'ID="rocky"\nID_LIKE="rhel centos fedora"', { family: 'redhat' }],
    ['Fedora', 'ID=fedora', { family: 'redhat' }],
    ['Arch', "ID=arch\nNAME='Arch Linux'", { family: 'arch', version: '', name: 'Arch Linux' }],
    ['Manjaro', 'ID=manjaro\nID_LIKE=arch', { family: 'arch' }],
    ['Tumbleweed', 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"', { family: 'suse' }],
    ['NixOS', 'ID=nixos\nVERSION_CODENAME=uakari', { family: 'nixos' }],
    ['a stranger', 'ID=haiku', { id: 'haiku', family: 'haiku' }],
    ['nothing', '', { id: 'linux', family: 'linux', name: 'linux' }],
    ['what a shell would run', 'ID=$(reboot)\nNAME="a\\"b\\$c"', { id: '$(reboot)', name: 'a"b$c' }],
  ])('%s', (_name, text, expected) => {
    expect(osRelease(text, 'Linux')).toMatchObject(expected);
  });
});

test.each<[string, readonly string[], string]>([
  ['x86_64', ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux.so.2'], 'amd64'],
  ['x86_64', ['/lib/ld-linux.so.2'], 'i386'],
  ['x86_64', [], 'amd64'],
  ['aarch64', ['/lib/ld-linux-aarch64.so.1'], 'arm64'],
  ['aarch64', ['/lib/ld-linux-armhf.so.3'], 'armhf'],
  ['armv7l', [], 'armhf'],
  ['i686', [], 'i386'],
  ['riscv64', [], 'riscv64'],
  ['s390x', [], 's390x'],
])('architecture of %s with %p is %s', (machine, loaders, expected) => {
  expect(architecture(machine, loaders)).toBe(expected);
});

const IP = `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet6 2001:db8::5/64 scope global dynamic \\       valid_lft 86000sec
2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever
2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever
3: tun0    inet 10.8.0.1 peer 10.8.0.2/32 scope global tun0\\       valid_lft forever
4: dup0    inet 10.0.0.5/24 scope global dup0\\       valid_lft forever
`;

test.each<[string, readonly string[]]>([
  [IP, ['10.0.0.5', '10.8.0.1', '2001:db8::5']],
  ['10.0.0.5 2001:db8::5 172.17.0.1 \n', ['10.0.0.5', '172.17.0.1', '2001:db8::5']],
  ['2: eth0    inet $(id)/24 scope global eth0', []],
  ['', []],
])('addresses of %j', (text, expected) => {
  expect(globalAddresses(text)).toEqual(expected);
});

test.each([
  ['0', 1],
  ['0-3', 4],
  ['0-1,4-5,7', 5],
  ['', 1],
  ['3-0', 1],
  ['x', 1],
])('cores of %j: %d', (list, count) => {
  expect(coreCount(list)).toBe(count);
});

describe('opensshVersion', () => {
  test.each([
    ['OpenSSH_10.0p2 Debian-7+deb13u2, OpenSSL 3.5.4 30 Sep 2025', '10.0'],
    ['unknown option -- V\nOpenSSH_8.4p1 Debian-5+deb11u3, OpenSSL 1.1.1w\nusage: sshd [-46Dd]', '8.4'],
    ['sshd: not of OpenSSH', ''],
    ['', ''],
  ])('%j is %j', (text, version) => expect(opensshVersion(text)).toBe(version));
});
