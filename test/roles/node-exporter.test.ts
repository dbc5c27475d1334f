import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import role from '../../src/roles/node-exporter/role.js';
import { ARCHITECTURES, factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, roleServices } from './role-items.js';

const DEBIAN = '/etc/default/prometheus-node-exporter';
const ALPINE = '/etc/conf.d/node-exporter';
const FOLDER = '--collector.textfile.directory=/var/lib/prometheus/node-exporter';

describe('flags', () => {
  test.each<[string, object, string]>([
    ['what is left out', {}, `--web.listen-address=:9100 ${FOLDER}`],
    [
      'collectors',
      { collectors: ['systemd'], without: ['wifi', 'zfs'] },
      `--web.listen-address=:9100 ${FOLDER} --collector.systemd --no-collector.wifi --no-collector.zfs`,
    ],
    [
      'where it listens',
      { listen_address: 'fd00::1', port: 9101, textfile_directory: '/srv/metrics' },
      '--web.listen-address=[fd00::1]:9101 --collector.textfile.directory=/srv/metrics',
    ],
    [
      'further ones',
      {
        settings: {
          'collector.filesystem.mount-points-exclude': '^/(dev|proc)($|/)',
          'web.max-requests': 10,
          'web.disable-exporter-metrics': true,
          'collector.arp.netlink': false,
        },
      },
      `--web.listen-address=:9100 ${FOLDER} --collector.filesystem.mount-points-exclude=^/(dev|proc)($|/) ` +
        '--web.max-requests=10 --web.disable-exporter-metrics --no-collector.arp.netlink',
    ],
  ])('%s', (_name, params, flags) => {
    expect(roleItems(role, params).file(DEBIAN)).toBe(`ARGS='${flags}'\n`);
  });

  // Of all printable characters of ASCII; what the schema refuses is skipped.
  const values = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  });
  const flag = (value: string) => ({ settings: { 'log.level': value } });

  /** What the shell of a service of OpenRC makes of the file: it is read, and its variable evaluated. */
  const asOpenrc = (text: string): string[] => {
    const script = `${text}eval "printf '%s\\n' $ARGS"`;
    return spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout.split('\n').slice(0, -1);
  };

  test('are the same words for a service of OpenRC', () => {
    fc.assert(
      fc.property(values, (value) => {
        if (!role.params.safeParse(flag(value)).success) return;
        const text = roleItems(role, flag(value), { system: 'alpine' }).file(ALPINE);
        expect(asOpenrc(text)).toEqual(['--web.listen-address=:9100', FOLDER, `--log.level=${value}`]);
      }),
      { numRuns: 100 },
    );
  });

  test('are words between single quotes for systemd', () => {
    fc.assert(
      fc.property(values, (value) => {
        if (!role.params.safeParse(flag(value)).success) return;
        const text = roleItems(role, flag(value)).file(DEBIAN);
        const [, inner = ''] = /^ARGS='([^'\\\n]*)'\n$/.exec(text) ?? [];
        expect(inner.split(' ')).toEqual(['--web.listen-address=:9100', FOLDER, `--log.level=${value}`]);
      }),
    );
  });
});

describe.each(ARCHITECTURES)('on %s', (arch) => {
  test.each<[ExampleSystem, string, string, string, string]>([
    ['debian12', 'prometheus-node-exporter', 'prometheus-node-exporter', 'prometheus-node-exporter', DEBIAN],
    ['debian13', 'prometheus-node-exporter', 'prometheus-node-exporter', 'prometheus-node-exporter', DEBIAN],
    [
      'ubuntu2404',
      'prometheus-node-exporter',
      'prometheus-node-exporter',
      'prometheus-node-exporter',
      DEBIAN,
    ],
    [
      'fedora',
      'golang-github-prometheus-node-exporter',
      'prometheus-node-exporter',
      'prometheus-node-exporter',
      DEBIAN,
    ],
    ['alpine', 'prometheus-node-exporter', 'node-exporter', 'node_exporter', ALPINE],
  ])('%s: package, service, file', (system, name, service, program, path) => {
    const asking = { system, facts: { arch } };
    const answer = roleItems(role, {}, asking);
    expect(answer.file(path)).toContain('--web.listen-address=:9100');
    // Debian comes with neither curl nor wget, and Fedora and Alpine with one of them.
    const hasClient = ['fedora', 'alpine'].includes(system);
    expect(answer.params('package')).toEqual({
      names: hasClient ? [name] : [name, 'curl'],
      recommends: false,
    });
    expect(answer.params('service')).toEqual({ name: service, state: 'running', enabled: true });
    expect(answer.params('flags')).toMatchObject({
      service,
      validate: ['sh', '-c', expect.stringContaining(`. ${path}; `), program],
      checks: [{ http: 'http://127.0.0.1:9100/metrics' }],
    });
    expect(roleServices(role, {}, asking)).toEqual([
      expect.objectContaining({ unit: service, packages: [name], version: [program, '--version'] }),
    ]);
  });

  test('nixos: is told elsewhere', () => {
    expect(role.refuses?.(factsOf('nixos', { arch }))).toContain('services.prometheus.exporters.node');
  });
});

test.each<[string, object, string]>([
  ['everywhere', {}, 'http://127.0.0.1:9100/metrics'],
  ['everywhere, said so', { listen_address: '::' }, 'http://localhost:9100/metrics'],
  ['one address', { listen_address: '10.0.0.1', port: 80 }, 'http://10.0.0.1:80/metrics'],
  ['one of IPv6', { listen_address: 'fd00::1' }, 'http://[fd00::1]:9100/metrics'],
])('is asked where it listens: %s', (_name, params, http) => {
  expect(roleItems(role, params).params('flags')).toMatchObject({ checks: [{ http }] });
  expect(roleServices(role, params)[0]?.ready).toMatchObject([{ kind: 'http', url: http }]);
});

test.each<[ExampleSystem, object, string | undefined]>([
  ['debian12', {}, undefined],
  ['fedora', {}, undefined],
  ['alpine', {}, '/var/lib/prometheus/node-exporter'],
  ['debian12', { textfile_directory: '/srv/metrics' }, '/srv/metrics'],
])('the folder of metrics in files is made where no package brings it: %s %p', (system, params, path) => {
  const folders = roleItems(role, params, { system }).items.filter(({ kind }) => kind === 'directory');
  expect(folders.map((item) => item.params)).toEqual(path === undefined ? [] : [{ path, mode: '0755' }]);
});

test('ports', () => {
  const port = { protocol: 'tcp', port: 9100, what: 'node_exporter' };
  expect(rolePorts(role, {})).toEqual([port]);
  expect(rolePorts(role, { allow: ['10.0.0.0/8'] })).toEqual([{ ...port, from: ['10.0.0.0/8'] }]);
  expect(rolePorts(role, { listen_address: '127.0.0.1' })).toEqual([]);
});

test.each<[string, object, string]>([
  ['a flag in a collector', { collectors: ['systemd --web.config=x'] }, 'must be the name of a collector'],
  ['both on and off', { collectors: ['wifi'], without: ['wifi'] }, 'wifi is to be on as well'],
  ['a blank', { settings: { 'log.level': 'a b' } }, 'neither blanks nor quotes'],
  ['a quote', { settings: { 'log.level': "a'b" } }, 'neither blanks nor quotes'],
  ['a line more', { settings: { 'log.level': 'a\nB=c' } }, 'neither blanks nor quotes'],
  ['a flag with its dashes', { settings: { '--log.level': 'a' } }, 'must be a flag without its dashes'],
  ['a flag of its own', { settings: { 'web.listen-address': ':1' } }, 'has a parameter of its own'],
  ['a folder with a blank', { textfile_directory: '/a b' }, 'neither blanks nor quotes'],
  ['a name as an address', { listen_address: 'localhost' }, 'must be an address'],
  ['a network with a mask that is too long', { allow: ['10.0.0.0/99'] }, 'longer than 32 bits'],
])('refuses %s', (_name, params, problem) => {
  expect(JSON.stringify(role.params.safeParse(params).error?.issues)).toContain(problem);
});
