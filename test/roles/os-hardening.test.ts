import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/os-hardening/role.js';
import { factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, type Asking } from './role-items.js';

const SYSCTL = 'settings of the kernel';
const MODULES = '/etc/modprobe.d/homelab-hardening.conf';
const namesOf = (params: object, asking: Asking = {}) =>
  roleItems(role, params, asking).items.map(({ name }) => name);
const settingsOf = (params: object, asking: Asking = {}) =>
  roleItems(role, params, asking).params(SYSCTL)['settings'] as Record<string, unknown>;
const loginDefs = (params: object, system: ExampleSystem, facts = {}) =>
  Object.fromEntries(
    roleItems(role, params, { system, facts })
      .items.filter(({ kind, params: one }) => kind === 'setting' && one['path'] === '/etc/login.defs')
      .map(({ params: one }) => [one['key'], one['value']]),
  );

describe('settings of the kernel', () => {
  test.each([
    {},
    { reverse_path: 'strict', ipv6_autoconf: false },
    { block_modules: ['usb_storage'], core_dumps: true },
  ])('never speak of forwarding: %j', (params) => {
    expect(Object.keys(settingsOf(params)).filter((key) => /forward|proxy_arp|bridge/.test(key))).toEqual([]);
  });

  test('lie in a file that no other one of Debian comes after, and may be missing', () => {
    const { file, ignore_missing: isMissingIgnored } = roleItems(role, {}).params(SYSCTL);
    expect(isMissingIgnored).toBe(true);
    const others = ['99-protect-links.conf', '99-sysctl.conf', '50-default.conf'];
    const name = String(file).replace('/etc/sysctl.d/', '');
    expect([name, ...others].toSorted().at(-1)).toBe(name);
  });

  test.each<[string, readonly string[], object, number]>([
    ['one address', ['10.0.0.5', 'fd00::5'], {}, 1],
    ['a second one, of Docker', ['10.0.0.5', '172.17.0.1'], {}, 2],
    ['no IPv4', ['fd00::5'], {}, 2],
    ['one address, and asked otherwise', ['10.0.0.5'], { reverse_path: 'loose' }, 2],
    ['two, and asked otherwise', ['10.0.0.5', '10.9.0.1'], { reverse_path: 'strict' }, 1],
  ])('the way back, with %s', (_name, addresses, params, value) => {
    const settings = settingsOf(params, { facts: { addresses } });
    expect(settings['net.ipv4.conf.all.rp_filter']).toBe(value);
    expect(settings['net.ipv4.conf.default.rp_filter']).toBe(value);
  });

  test('those of the user win, and may be left out', () => {
    const sysctl = { 'kernel.sysrq': 176, 'kernel.kptr_restrict': false, 'vm.swappiness': 10 };
    const settings = settingsOf({ sysctl });
    expect(settings).toMatchObject({ 'kernel.sysrq': 176, 'vm.swappiness': 10 });
    expect(settings).not.toHaveProperty(['kernel.kptr_restrict']);
  });

  test.each([
    [{}, undefined],
    [{ ipv6_autoconf: false }, 0],
  ])('addresses that routers tell, with %j', (params, value) => {
    expect(settingsOf(params)['net.ipv6.conf.all.accept_ra']).toBe(value);
  });

  test.each([
    [{}, '|/bin/false'],
    [{ core_dumps: true }, undefined],
  ])('core dumps, with %j', (params, value) => {
    expect(settingsOf(params)['kernel.core_pattern']).toBe(value);
    expect(namesOf(params).some((name) => name.startsWith('no core dumps'))).toBe(value !== undefined);
  });
});

describe('login.defs', () => {
  test.each<[ExampleSystem, object, object]>([
    ['debian12', {}, { UMASK: '027', HOME_MODE: '0750', ENCRYPT_METHOD: 'YESCRYPT', PASS_MIN_DAYS: 1 }],
    ['debian12', { os: { ...factsOf('debian12').os, version: '10' } }, { ENCRYPT_METHOD: 'SHA512' }],
    ['ubuntu2404', {}, { ENCRYPT_METHOD: 'YESCRYPT' }],
    ['fedora', {}, { ENCRYPT_METHOD: 'YESCRYPT' }],
    [
      'fedora',
      { os: { ...factsOf('fedora').os, id: 'rhel', version: '8.10' } },
      { ENCRYPT_METHOD: 'SHA512' },
    ],
    ['debian13', {}, { LOGIN_RETRIES: 5, LOGIN_TIMEOUT: 60, SHA_CRYPT_MIN_ROUNDS: 65_536 }],
  ])('on %s, %j', (system, facts, expected) => {
    expect(loginDefs({}, system, facts)).toMatchObject(expected);
  });

  test('an account never grows so old that its keys are refused, unless somebody wants that', () => {
    expect(loginDefs({}, 'debian12')).not.toHaveProperty('PASS_MAX_DAYS');
    expect(loginDefs({ password_max_days: 365, umask: '0077' }, 'debian12')).toMatchObject({
      PASS_MAX_DAYS: 365,
      UMASK: '077',
    });
  });

  test('HOME_MODE of Fedora, which is stricter, stays', () => {
    expect(loginDefs({}, 'fedora')).not.toHaveProperty('HOME_MODE');
  });
});

describe('services', () => {
  const stopped = (params: object, asking: Asking = {}) =>
    namesOf(params, asking).flatMap((name) => /^no (\S+\.(?:service|socket|path))$/.exec(name)?.[1] ?? []);
  const port = (number: number) => [{ protocol: 'tcp', port: number, what: 'x' } as const];

  test.each<[string, object, Asking, readonly string[], readonly string[]]>([
    ['by default', {}, {}, ['avahi-daemon.service', 'cups.socket', 'rpcbind.socket', 'apport.service'], []],
    [
      'that are wanted',
      { keep_services: ['cups', 'avahi-daemon.service'] },
      {},
      ['rpcbind.service'],
      ['cups.service', 'cups.socket', 'avahi-daemon.socket'],
    ],
    [
      'by whose name the host is found',
      {},
      { host: { address: 'pi.local' } },
      ['cups.service'],
      ['avahi-daemon.service', 'avahi-daemon.socket'],
    ],
    [
      'by whose name it may be found',
      {},
      { host: { address: undefined } },
      ['cups.service'],
      ['avahi-daemon.service'],
    ],
    ['whose port a role declares', {}, { ports: port(2049) }, ['cups.service'], ['rpcbind.socket']],
    ['that report crashes', { core_dumps: true }, {}, ['cups.service'], ['apport.service']],
    ['where systemd is not', {}, { system: 'alpine' }, [], ['cups.service']],
  ])('%s', (_name, params, asking, gone, kept) => {
    const units = stopped(params, asking);
    expect(units).toEqual(expect.arrayContaining([...gone]));
    expect(units.filter((unit) => kept.includes(unit))).toEqual([]);
  });

  test('one that is not there, or that NFS needs, is left alone', () => {
    const { params } = roleItems(role, {});
    expect(params('no rpcbind.socket')).toEqual({
      name: 'rpcbind.socket',
      state: 'stopped',
      masked: true,
      if_present: true,
      unless_active: expect.arrayContaining(['nfs-server.service', 'nfs-client.target']),
    });
  });
});

describe('kernel modules', () => {
  const modules = (params: object) =>
    [
      ...roleItems(role, params)
        .file(MODULES)
        .matchAll(/^install (\S+) \/bin\/false$/gm),
    ].map(([, name]) => name);

  test('what starts machines is not among them', () => {
    expect(modules({})).toEqual(expect.arrayContaining(['dccp', 'sctp', 'rds', 'tipc', 'cramfs', 'udf']));
    for (const needed of ['squashfs', 'vfat', 'usb-storage', 'usb_storage', 'overlay', 'br_netfilter'])
      expect(modules({})).not.toContain(needed);
  });

  test('some are needed, and some more are not', () => {
    const names = modules({
      keep_modules: ['sctp', 'firewire_ohci'],
      block_modules: ['usb_storage', 'dccp'],
    });
    expect(names).not.toContain('sctp');
    expect(names).not.toContain('firewire-ohci');
    expect(names.filter((name) => name === 'dccp')).toHaveLength(1);
    expect(names.at(-1)).toBe('usb_storage');
  });
});

describe('mounts', () => {
  test('programs start from /tmp as before', () => {
    const { params, items } = roleItems(role, {});
    expect(params('mount of /tmp')).toEqual({ path: '/tmp', options: ['nodev', 'nosuid'] });
    expect(params('mount of /dev/shm')['options']).toContain('noexec');
    // Devices stay devices.
    expect(params('mount of /dev')).toEqual({ path: '/dev', options: ['nosuid', 'noexec'] });
    expect(items.some(({ params: one }) => String(one['path']).startsWith('/etc/apt'))).toBe(false);
  });

  test.each<[ExampleSystem, boolean]>([
    ['debian12', true],
    ['fedora', false],
  ])('where they do not, apt of %s has another folder: %p', (system, hasFile) => {
    const answer = roleItems(role, { noexec: ['/tmp'] }, { system });
    expect(answer.params('mount of /tmp')['options']).toEqual(['nodev', 'nosuid', 'noexec']);
    expect(answer.params('mount of /dev/shm')['options']).toEqual(['nodev', 'nosuid']);
    expect(answer.items.some(({ name }) => name.startsWith('apt asks'))).toBe(hasFile);
  });
});

test.each<[ExampleSystem, string]>([
  ['debian12', 'shadow'],
  ['alpine', 'shadow'],
  ['fedora', 'root'],
])('hashes on %s are for the group %s', (system, group) => {
  expect(roleItems(role, {}, { system }).params('files with hashes')).toMatchObject({
    at_most: '0640',
    group,
  });
});

test('each section can be left out', () => {
  const sections = 'kernel logins passwords mounts files services modules packages'.split(' ');
  const off = Object.fromEntries(sections.map((name) => [name, false]));
  expect(namesOf({ ...off, core_dumps: true, banner: false, idle_minutes: 0 })).toEqual([]);
  for (const section of sections)
    expect(namesOf({ [section]: false }).length).toBeLessThan(namesOf({}).length);
});

describe('a shell of a login', () => {
  const file = roleItems(role, { idle_minutes: 5 }).file('/etc/profile.d/homelab-idle.sh');
  const timeout = (flags: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    execFileSync('bash', ['--norc', ...flags, '-c', `${file}\necho "\${TMOUT:-none}"`], {
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();

  test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['that a person sits at ends when it is idle', ['-i'], {}, '300'],
    ['in tmux goes on', ['-i'], { TMUX: '/tmp/tmux' }, 'none'],
    ['in screen goes on', ['-i'], { STY: '1.pts' }, 'none'],
    ['of a script goes on', [], {}, 'none'],
  ])('%s', (_name, flags, env, expected) => {
    expect(timeout(flags, env)).toBe(expected);
  });
});

test.each<[string, object]>([
  ['a module that ends its line', { block_modules: ['a\ninstall b /bin/sh'] }],
  ['a umask in words', { umask: 'u=rwx' }],
  ['a umask that leaves nobody anything', { umask: '777' }],
  ['a umask that takes from the owner', { umask: '0277' }],
  ['a password that is old tomorrow', { password_max_days: 1 }],
  ['a setting of no name', { sysctl: { 'a b': 1 } }],
  ['a folder that is none', { noexec: ['tmp'] }],
])('refuses %s', (_name, params) => {
  expect(role.params.safeParse(params).success).toBe(false);
});

test.each([
  ['nixos', {}],
  ['debian12', { container: 'docker' }],
] as const)('is not for %s %j', (system, facts) => {
  expect(role.refuses?.(factsOf(system, facts))).toMatch(/\S/);
});
