import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Facts } from '../../src/core/facts.js';
import role from '../../src/roles/docker/role.js';
import { factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, roleServices, type Asking } from './role-items.js';

const CONFIG = '/etc/docker/daemon.json';
const VENDOR = [
  'docker-ce',
  'docker-ce-cli',
  'containerd.io',
  'docker-buildx-plugin',
  'docker-compose-plugin',
];
const SITE = 'https://download.docker.com/linux';
const RASPBIAN: Partial<Facts> = {
  os: {
    id: 'raspbian',
    family: 'debian',
    version: '12',
    codename: 'bookworm',
    name: 'Raspbian GNU/Linux 12',
  },
  arch: 'armhf',
};
const RHEL: Partial<Facts> = {
  os: { id: 'rhel', family: 'redhat', version: '9.4', codename: '', name: 'Red Hat Enterprise Linux 9.4' },
};

const settings = (params: object, asking: Asking = {}) =>
  JSON.parse(roleItems(role, params, asking).file(CONFIG)) as Record<string, unknown>;
const names = (params: object, asking: Asking = {}) =>
  roleItems(role, params, asking).items.map(({ name }) => name);

describe("the vendor's packages", () => {
  test.each<readonly [ExampleSystem, string, string]>([
    ['debian12', 'amd64', 'debian'],
    ['debian12', 'arm64', 'debian'],
    ['debian12', 'armhf', 'debian'],
    ['debian13', 'amd64', 'debian'],
    ['debian13', 'arm64', 'debian'],
    ['debian13', 'armhf', 'debian'],
    ['ubuntu2404', 'amd64', 'ubuntu'],
    ['ubuntu2404', 'arm64', 'ubuntu'],
    ['ubuntu2404', 'armhf', 'ubuntu'],
  ])('%s on %s', (system, arch, folder) => {
    const answer = roleItems(role, {}, { system, facts: { arch } });
    expect(answer.params('repository')).toEqual({
      name: 'docker',
      uri: `${SITE}/${folder}`,
      suites: undefined,
      components: ['stable'],
      key_url: `${SITE}/${folder}/gpg`,
      key_fingerprint: '9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
    });
    expect(answer.params('packages')).toEqual({ names: VENDOR });
    expect(answer.params('no packages of another source')).toEqual({
      names: [
        'docker.io',
        'docker-cli',
        'docker-doc',
        'docker-compose',
        'docker-compose-v2',
        'docker-buildx',
        'podman-docker',
        'containerd',
        'runc',
      ],
      state: 'absent',
    });
  });

  test.each<readonly [string, Partial<Facts>, string, string]>([
    ['fedora', {}, 'amd64', 'fedora'],
    ['fedora', {}, 'arm64', 'fedora'],
    ['rhel', RHEL, 'amd64', 'rhel'],
  ])('%s on %s', (_name, facts, arch, folder) => {
    const answer = roleItems(role, { source: 'vendor' }, { system: 'fedora', facts: { ...facts, arch } });
    expect(answer.params('repository')).toEqual({
      name: 'docker',
      uri: `${SITE}/${folder}/$releasever/$basearch/stable`,
      key_url: `${SITE}/${folder}/gpg`,
      key_fingerprint: '060A61C51B558A7F742B77AAC52FEB6B621E9F35',
    });
    expect(answer.params('packages')).toEqual({ names: VENDOR });
  });

  test('come in after those of the distribution went, and the repository is there before', () => {
    expect(names({})).toEqual([
      'what checks its key',
      'repository',
      'no packages of another source',
      'packages',
      'its major version is held',
      'configuration of the daemon',
      'service',
    ]);
  });

  test('may come from a mirror, signed by the same key or by another', () => {
    const mirror = { uri: 'https://mirror.lan/docker' };
    const repository = (params: object) => roleItems(role, { repository: params }).params('repository');
    expect(repository(mirror)).toMatchObject({
      uri: 'https://mirror.lan/docker',
      key_url: 'https://mirror.lan/docker/gpg',
      key_fingerprint: '9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
    });
    const own = {
      uri: 'file:/srv/docker',
      suites: ['./'],
      key: 'files/own.asc',
      key_fingerprint: 'A'.repeat(40),
    };
    expect(repository(own)).toEqual({ name: 'docker', ...own, components: undefined });
  });
});

describe("the distribution's packages", () => {
  test.each<readonly [ExampleSystem, readonly string[]]>([
    ['debian12', ['docker.io', 'docker-compose']],
    ['debian13', ['docker.io', 'docker-cli', 'docker-buildx', 'docker-compose']],
    ['ubuntu2404', ['docker.io', 'docker-buildx', 'docker-compose-v2']],
    ['fedora', ['moby-engine', 'docker-cli', 'docker-buildx', 'docker-compose']],
    ['alpine', ['docker', 'docker-cli-buildx', 'docker-cli-compose']],
  ])('%s', (system, expected) => {
    for (const arch of ['amd64', 'arm64', 'armhf']) {
      const asking = { system, facts: { arch } };
      const answer = roleItems(role, { source: 'distribution' }, asking);
      expect(answer.params('packages')).toEqual({ names: expected });
      const without = roleItems(role, { source: 'distribution', compose: false }, asking).params('packages');
      expect(without['names']).toEqual(expected.filter((name) => !name.includes('compose')));
      expect(
        answer.items.filter(({ kind }) => kind === 'package_repository').map(({ params }) => params),
      ).toEqual(system === 'alpine' ? [] : [{ name: 'docker', state: 'absent' }]);
    }
  });

  test("come in after the vendor's went, the repository and the data being no matter", () => {
    expect(
      roleItems(role, { source: 'distribution' }).params('no packages of another source')['names'],
    ).toEqual([
      'docker-ce',
      'docker-ce-cli',
      'docker-ce-rootless-extras',
      'docker-model-plugin',
      'containerd.io',
      'docker-buildx-plugin',
      'docker-compose-plugin',
      'podman-docker',
    ]);
  });

  test.each<readonly [string, ExampleSystem, Partial<Facts>, string]>([
    ['Alpine', 'alpine', {}, 'docker'],
    ['32-bit Raspberry Pi OS', 'debian12', RASPBIAN, 'docker.io'],
    ['Fedora on 32 bits', 'fedora', { arch: 'armhf' }, 'moby-engine'],
    [
      'Debian on a processor that the vendor does not build for',
      'debian12',
      { arch: 'riscv64' },
      'docker.io',
    ],
  ])('%s: where the vendor has none', (_name, system, facts, engine) => {
    expect(roleItems(role, {}, { system, facts }).params('packages')['names']).toContain(engine);
    expect(() => roleItems(role, { source: 'vendor' }, { system, facts })).toThrow(
      expect.objectContaining({ code: 'role/no-package' }),
    );
  });

  test('Raspberry Pi OS on 32 bits says until when there were some', () => {
    expect(() => roleItems(role, { source: 'vendor' }, { facts: RASPBIAN })).toThrow(/ended with version 28/);
    const mirrored = { source: 'vendor', repository: { uri: 'https://mirror.lan/raspbian' } };
    expect(roleItems(role, mirrored, { facts: RASPBIAN }).params('repository')['uri']).toBe(
      'https://mirror.lan/raspbian',
    );
  });

  test('a system without any', () => {
    expect(() => roleItems(role, { source: 'distribution' }, { system: 'fedora', facts: RHEL })).toThrow(
      expect.objectContaining({ code: 'role/no-package', hint: 'Write `source: vendor`.' }),
    );
  });

  test.each<readonly [ExampleSystem, Partial<Facts>, RegExp | undefined]>([
    ['debian12', {}, undefined],
    ['alpine', {}, undefined],
    ['nixos', {}, undefined],
    ['fedora', { ...RHEL, arch: 'armhf' }, /no packages for Red Hat Enterprise Linux 9\.4 on armhf/],
    ['debian12', { os: { ...factsOf('debian12').os, family: 'void', id: 'void', name: 'Void' } }, /for Void/],
  ])('%s with %j is refused: %s', (system, facts, reason) => {
    const found = role.refuses?.(factsOf(system, facts));
    if (reason === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(reason);
  });
});

describe('daemon.json', () => {
  test('keeps containers and limits logs where nobody says otherwise', () => {
    expect(settings({})).toEqual({
      'live-restore': true,
      'log-driver': 'json-file',
      'log-opts': { 'max-size': '10m', 'max-file': '3' },
    });
  });

  test('holds every parameter under its own name', () => {
    const params = {
      live_restore: false,
      log_driver: 'local',
      log_opts: { 'max-file': 5, compress: false },
      data_root: '/srv/docker',
      storage_driver: 'overlay2',
      dns: ['192.168.1.2', 'fd00::2'],
      registry_mirrors: ['https://mirror.lan:5000/hub'],
      insecure_registries: ['registry.lan:5000', '10.0.0.0/8', '[fd00::5]:5000'],
      default_address_pools: [
        { base: '10.201.0.0/16', size: 24 },
        { base: 'fd00:1::/48', size: 64 },
      ],
      metrics_addr: '[::1]:9323',
      userland_proxy: false,
      ipv6: true,
      iptables: true,
      no_new_privileges: true,
      extra: { bridge: 'none', 'default-ulimits': { nofile: { Name: 'nofile', Soft: 1, Hard: 2 } } },
    };
    expect(settings(params)).toEqual({
      'live-restore': false,
      'log-driver': 'local',
      'log-opts': { 'max-size': '10m', 'max-file': '5', compress: 'false' },
      'data-root': '/srv/docker',
      'storage-driver': 'overlay2',
      dns: params.dns,
      'registry-mirrors': params.registry_mirrors,
      'insecure-registries': params.insecure_registries,
      'default-address-pools': params.default_address_pools,
      'metrics-addr': '[::1]:9323',
      'userland-proxy': false,
      ipv6: true,
      iptables: true,
      'no-new-privileges': true,
      ...params.extra,
    });
  });

  test.each([
    ['journald', {}, { 'log-driver': 'journald' }],
    ['a plugin', { tag: 'x' }, { 'log-driver': 'loki:latest', 'log-opts': { tag: 'x' } }],
  ])('no limits for what keeps no files: %s', (_name, options, expected) => {
    const params = {
      log_driver: expected['log-driver'],
      ...(Object.keys(options).length === 0 ? {} : { log_opts: options }),
    };
    expect(settings(params)).toEqual({ 'live-restore': true, ...expected });
  });

  test.each<readonly [string, object, RegExp]>([
    ['a mirror without a scheme', { registry_mirrors: ['mirror.lan:5000'] }, /scheme/],
    ['a mirror with credentials', { registry_mirrors: ['https://a:b@mirror.lan'] }, /scheme/],
    ['a registry with a scheme', { insecure_registries: ['http://registry.lan'] }, /without a scheme/],
    ['a log driver that nobody has', { log_driver: 'jsonfile' }, /must be one of none, local/],
    ['an option that the driver has not', { log_opts: { 'max-sise': '1m' } }, /no option of json-file/],
    ['a size that is none', { log_opts: { 'max-size': '10 MB' } }, /must be a size/],
    ['no files', { log_opts: { 'max-file': 0 } }, /at least 1/],
    ['an option that is a list', { log_opts: { labels: ['a'] } }, /Invalid input/],
    ['a storage driver that nobody has', { storage_driver: 'overlay3' }, /Invalid option/],
    [
      'a pool smaller than its parts',
      { default_address_pools: [{ base: '10.0.0.0/24', size: 16 }] },
      /at least 24/,
    ],
    ['a pool without room', { default_address_pools: [{ base: '10.0.0.0/24', size: 30 }] }, /at most 29/],
    ['a pool with host bits', { default_address_pools: [{ base: '10.0.0.1/16', size: 24 }] }, /bits set/],
    [
      'two pools of the same',
      {
        default_address_pools: [
          { base: '10.0.0.0/8', size: 24 },
          { base: '10.1.0.0/16', size: 24 },
        ],
      },
      /overlaps/,
    ],
    ['a resolver by name', { dns: ['dns.lan'] }, /must be an address/],
    ['metrics without an address', { metrics_addr: ':9323' }, /ADDRESS:PORT/],
    ['metrics at a port that is none', { metrics_addr: '127.0.0.1:99999' }, /ADDRESS:PORT/],
    ['a relative folder', { data_root: 'srv' }, /absolute/],
    ['a folder above', { data_root: '/srv/../etc' }, /must not hold/],
    [
      'a parameter by its other name',
      { extra: { 'live-restore': false } },
      /is the parameter `live_restore`/,
    ],
    ['listeners, which the unit has', { extra: { hosts: ['tcp://0.0.0.0:2375'] } }, /-H/],
    ['a repository for the distribution', { source: 'distribution', repository: {} }, /source: vendor/],
    ['a key of its own without a fingerprint', { repository: { key: 'files/a.asc' } }, /fingerprint/i],
    [
      'two keys',
      { repository: { key: 'a', key_url: 'https://a.lan/gpg', key_fingerprint: 'x' } },
      /does not go/,
    ],
    ['a name that is none', { users: ['a b'] }, /must begin/],
    ['no major version', { major: 0 }, /too_small/],
  ])('refuses %s', (_name, params, message) => {
    const { error } = role.params.safeParse(params);
    expect(error?.issues.map((issue) => JSON.stringify(issue)).join('\n')).toMatch(message);
  });

  test('whatever is let in is one value of JSON', () => {
    const text = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(text, text, (tag, path) => {
        const params = { log_opts: { tag }, data_root: `/${path}` };
        if (!role.params.safeParse(params).success) return;
        expect(settings(params)).toMatchObject({ 'log-opts': { tag }, 'data-root': `/${path}` });
      }),
    );
  });
});

describe('its configuration is tried', () => {
  const item = (init: string) =>
    roleItems(role, {}, { facts: { init } }).params('configuration of the daemon') as {
      readonly validate: readonly string[];
      readonly apply: readonly string[];
    };

  /** Runs the trial with a `dockerd` that answers so, as the only one. */
  const tried = (dockerd: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'dockerd-'));
    writeFileSync(join(folder, 'dockerd'), `#!/bin/sh\necho "$@" >>${folder}/asked\n${dockerd}\n`);
    writeFileSync(join(folder, 'setpriv'), '#!/bin/sh\nshift 3\nexec "$@"\n');
    writeFileSync(join(folder, 'daemon.json'), '{}\n');
    for (const program of ['dockerd', 'setpriv']) chmodSync(join(folder, program), 0o755);
    const [shell = 'sh', ...words] = item('systemd').validate.map((word) =>
      word.replaceAll('/etc/docker/daemon.json', `${folder}/daemon.json`),
    );
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const { status, stderr } = spawnSync(shell, words, { env, encoding: 'utf8' });
    const asked = readFileSync(join(folder, 'asked'), 'utf8').replaceAll(folder, '');
    rmSync(folder, { recursive: true });
    return { status, stderr, asked, config: `${folder}/daemon.json` };
  };

  test.each([
    [
      'new and content',
      'echo "  --validate  check"; case $1 in --validate) exit 0 ;; esac',
      0,
      '--validate --config-file /daemon.json -H fd://',
    ],
    [
      'new and not',
      'echo "  --validate  check"; case $1 in --validate) exit 3 ;; esac',
      3,
      '--validate --config-file /daemon.json -H fd://',
    ],
    [
      'old and content',
      'case $1 in --help) ;; *) echo "dockerd needs to be started with root privileges." >&2; exit 1 ;; esac',
      0,
      '--config-file /dev/stdin -H fd://',
    ],
    [
      'old and not',
      'case $1 in --help) ;; *) echo "unable to configure /dev/stdin: bogus" >&2; exit 1 ;; esac',
      1,
      '--config-file /dev/stdin -H fd://',
    ],
  ])('a daemon that is %s', (_name, dockerd, status, asked) => {
    const found = tried(dockerd);
    expect(found).toMatchObject({ status, asked: `--help\n${asked}\n` });
    if (status === 1) expect(found.stderr).toBe(`unable to configure ${found.config}: bogus\n`);
  });

  test('the restart lets a daemon learn of live-restore before it ends', () => {
    const [, , script = ''] = item('systemd').apply;
    expect(script.split('\n')[1]).toBe(
      'if systemctl is-active -q docker && ! knows && systemctl reload docker; then',
    );
    expect(script.split('\n').at(-1)).toBe('systemctl restart docker');
    expect(item('openrc').apply.at(-1)?.split('\n').at(-1)).toBe('rc-service docker restart');
    const plain = roleItems(role, { live_restore: false }).params('configuration of the daemon')['apply'];
    expect(plain).toEqual([
      'sh',
      '-c',
      'systemctl reset-failed docker 2>/dev/null\nsystemctl restart docker',
    ]);
  });
});

describe('its major version', () => {
  const PINS = '/etc/apt/preferences.d/homelab-docker';
  const pins = (
    names_: string,
    versions: string,
  ) => `# Kept by homelab: Docker stays on its major version (the parameter \`major\` of the role docker).
Package: ${names_}
Pin: version ${versions}
Pin-Priority: 990

Package: ${names_}
Pin: version *
Pin-Priority: -1
`;

  /** Runs a command of the role where `dpkg-query` knows `version`. */
  const run = (text: unknown, version: string, folder: string) => {
    writeFileSync(join(folder, 'dpkg-query'), `#!/bin/sh\nprintf %s '${version}'\n`);
    chmodSync(join(folder, 'dpkg-query'), 0o755);
    const script = String(text).replaceAll(PINS, `${folder}/pins`);
    return spawnSync('sh', ['-c', script], {
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    });
  };

  test.each<readonly [string, ExampleSystem, object, string, string]>([
    [
      "the vendor's",
      'debian12',
      {},
      '5:28.3.3-1~debian.12~bookworm',
      pins('docker-ce docker-ce-cli', '5:28.*'),
    ],
    [
      'Debian 12',
      'debian12',
      { source: 'distribution' },
      '20.10.24+dfsg1-1+deb12u1+b2',
      pins('docker.io', '20.*'),
    ],
    [
      'Debian 13',
      'debian13',
      { source: 'distribution' },
      '26.1.5+dfsg1-9',
      pins('docker.io docker-cli', '26.*'),
    ],
    [
      'Ubuntu',
      'ubuntu2404',
      { source: 'distribution' },
      '27.5.1-0ubuntu3~24.04.2',
      pins('docker.io', '27.*'),
    ],
  ])('is held at what is installed: %s', (_name, system, params, version, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'docker-pins-'));
    const { shell, unless } = roleItems(role, params, { system }).params('its major version is held');
    expect(run(unless, version, folder).status).toBe(1);
    expect(run(shell, version, folder)).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(`${folder}/pins`, 'utf8')).toBe(expected);
    expect(run(unless, version, folder).status).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test('is chosen before anything is installed, and moved to afterwards', () => {
    const answer = roleItems(role, { major: 28 });
    expect(answer.file(PINS)).toBe(pins('docker-ce docker-ce-cli', '5:28.*'));
    const order = answer.items.map(({ name }) => name);
    expect(order.indexOf('its major version is chosen')).toBeLessThan(order.indexOf('packages'));
    expect(order.indexOf('its major version is installed')).toBeGreaterThan(order.indexOf('packages'));
    expect(roleItems(role, { major: 27, source: 'distribution' }).file(PINS)).toBe(pins('docker.io', '27.*'));
  });

  test.each([
    ['another patch of it', '5:28.0.1-1', true, undefined],
    ['an older one', '5:27.5.1-1', false, 0],
    ['a newer one', '5:29.0.0-1', false, 1],
  ])('installed is %s', (_name, version, isDone, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'docker-major-'));
    writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\necho "$@"\n`);
    chmodSync(join(folder, 'apt-get'), 0o755);
    const { shell, unless } = roleItems(role, { major: 28 }).params('its major version is installed');
    expect(run(unless, version, folder).status).toBe(isDone ? 0 : 1);
    const done = run(shell, version, folder);
    if (code !== undefined) expect(done.status).toBe(code);
    if (code === 0)
      expect(done.stdout).toMatch(/^update -q\ninstall .*--no-remove -- docker-ce docker-ce-cli\n$/);
    if (code === 1)
      expect(done).toMatchObject({ stdout: '', stderr: expect.stringContaining('is not moved back') });
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['dpkg does not know', 'exit 1'],
    ['dpkg knows by name alone', 'exit 0'],
  ])('is no matter before there is one: %s', (_name, answer) => {
    const folder = mkdtempSync(join(tmpdir(), 'docker-none-'));
    writeFileSync(join(folder, 'dpkg-query'), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
    const { unless } = roleItems(role, { major: 28 }).params('its major version is installed');
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    expect(spawnSync('sh', ['-c', String(unless)], { env }).status).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test('any: nothing holds it', () => {
    expect(roleItems(role, { major: 'any' }).params('no major version is held')).toEqual({
      path: PINS,
      state: 'absent',
    });
  });

  test.each<ExampleSystem>(['fedora', 'alpine'])('is for apt alone: %s', (system) => {
    expect(names({}, { system }).filter((name) => name.includes('major'))).toEqual([]);
    expect(names({ major: 'any' }, { system }).filter((name) => name.includes('major'))).toEqual([]);
    expect(() => roleItems(role, { major: 28 }, { system })).toThrow(
      expect.objectContaining({ code: 'role/no-hold' }),
    );
  });
});

test('nobody gets into the group but who is named', () => {
  expect(roleItems(role, {}).items.filter(({ kind }) => kind === 'user')).toEqual([]);
  expect(roleItems(role, { users: ['ada'] }).params('ada may use Docker')).toEqual({
    name: 'ada',
    groups: ['docker'],
    if_present: true,
  });
});

test.each<readonly [string | undefined, readonly number[]]>([
  [undefined, []],
  ['127.0.0.1:9323', []],
  ['[::1]:9323', []],
  ['192.168.1.5:9323', [9323]],
  ['[::]:9323', [9323]],
])('ports: metrics at %s', (metrics, expected) => {
  const found = rolePorts(role, metrics === undefined ? {} : { metrics_addr: metrics });
  expect(found.map(({ protocol, port }) => [protocol, port])).toEqual(expected.map((port) => ['tcp', port]));
});

test.each<readonly [ExampleSystem, object, readonly string[], boolean]>([
  ['debian12', {}, ['docker-ce', 'docker-ce-cli', 'containerd.io'], true],
  ['debian12', { source: 'distribution', live_restore: false }, ['docker.io', 'containerd', 'runc'], false],
  ['alpine', {}, ['docker', 'containerd', 'runc'], true],
])('a rolling upgrade knows of it: %s %j', (system, params, packages, liveRestore) => {
  expect(roleServices(role, params, { system })).toEqual([
    {
      name: 'docker',
      unit: 'docker',
      packages,
      version: ['dockerd', '--version'],
      ready: [{ kind: 'command', argv: ['docker', 'info'] }],
      drain: { adapter: 'docker', liveRestore },
    },
  ]);
});
