import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/nfs-client/role.js';
import { ARCHITECTURES, factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, someHost, type Asking } from './role-items.js';

const SAFE = ['rw', '_netdev', 'nofail', 'x-systemd.automount', 'x-systemd.mount-timeout=30s', 'hard'];
const HOSTS = [
  someHost({ name: 'nas', address: '10.0.1.10' }),
  someHost({ name: 'six', address: 'fd00::6' }),
  someHost({ name: 'by-config', address: undefined }),
];

const mount = (more: object = {}) => ({ path: '/mnt/a', server: 'nas', export: '/srv/a', ...more });
const asked = (more: object = {}, asking: Asking = {}) =>
  roleItems(role, { mounts: [mount(more)] }, { hosts: HOSTS, ...asking }).params('mount /mnt/a');

describe('a mount', () => {
  test('never holds up a boot', () => {
    expect(asked()).toEqual({
      path: '/mnt/a',
      source: '10.0.1.10:/srv/a',
      type: 'nfs4',
      options: [...SAFE, 'nfsvers=4.2'],
      state: 'mounted',
    });
  });

  test.each<[string, object, object]>([
    [
      'as it is asked for',
      { version: '3', access: 'ro', hard: false, idle_seconds: 600, extra: ['noatime', 'rsize=65536'] },
      {
        type: 'nfs',
        options: [
          'ro',
          '_netdev',
          'nofail',
          'x-systemd.automount',
          'x-systemd.idle-timeout=600s',
          'x-systemd.mount-timeout=30s',
          'softerr',
          'nfsvers=3',
          'noatime',
          'rsize=65536',
        ],
      },
    ],
    [
      'at once',
      { automount: false },
      { options: [...SAFE.filter((option) => option !== 'x-systemd.automount'), 'nfsvers=4.2'] },
    ],
    ['by IPv6', { server: 'six' }, { source: '[fd00::6]:/srv/a' }],
    ['of a host that only ssh_config knows', { server: 'by-config' }, { source: 'by-config:/srv/a' }],
    ['of a server that is no host', { server: 'x.lan', export: '/my files' }, { source: 'x.lan:/my files' }],
    ['from the next boot on', { state: 'listed' }, { state: 'listed' }],
  ])('%s', (_name, more, expected) => {
    expect(asked(more)).toMatchObject(expected);
  });

  test('a container has no autofs', () => {
    const options = ['rw', '_netdev', 'nofail', 'x-systemd.mount-timeout=30s', 'hard', 'nfsvers=4.2'];
    expect(asked({}, { facts: { container: 'lxc' } })).toMatchObject({ options });
    expect(asked({ automount: true }, { facts: { container: 'lxc' } })).toMatchObject({
      options: expect.arrayContaining(['x-systemd.automount']),
    });
  });

  test('that goes needs nothing else', () => {
    const { items } = roleItems(
      role,
      { mounts: [{ path: '/mnt/old', state: 'absent' }] },
      { system: 'alpine' },
    );
    expect(items.map(({ kind, params }) => [kind, params])).toEqual([
      ['mount', { path: '/mnt/old', state: 'absent' }],
    ]);
  });
});

describe.each(ARCHITECTURES)('on %s', (arch) => {
  test.each<[ExampleSystem, string]>([
    ['debian12', 'nfs-common'],
    ['debian13', 'nfs-common'],
    ['ubuntu2404', 'nfs-common'],
    ['fedora', 'nfs-utils'],
  ])('%s: package', (system, name) => {
    const { items } = roleItems(role, { mounts: [mount()] }, { system, facts: { arch } });
    expect(items.map(({ kind }) => kind)).toEqual(['package', 'mount']);
    expect(items[0]?.params).toEqual({ names: [name] });
  });

  test('alpine: without options of systemd, and with a service that mounts at boot', () => {
    const asking: Asking = { system: 'alpine', facts: { arch }, hosts: HOSTS };
    const answer = roleItems(role, { mounts: [mount({ idle_seconds: 60 })] }, asking);
    expect(answer.items.map(({ kind, params }) => [kind, params])).toEqual([
      ['package', { names: ['nfs-utils'] }],
      [
        'mount',
        {
          path: '/mnt/a',
          source: '10.0.1.10:/srv/a',
          type: 'nfs4',
          options: ['rw', '_netdev', 'nofail', 'hard', 'nfsvers=4.2'],
          state: 'mounted',
        },
      ],
      ['service', { name: 'nfsmount', enabled: true }],
    ]);
  });

  test('nixos: is told elsewhere', () => {
    expect(role.refuses?.(factsOf('nixos', { arch }))).toContain('fileSystems');
  });
});

test.each<[string, object, string]>([
  ['an option in another', mount({ extra: ['noatime,soft'] }), 'must be one option'],
  ['what would hang a boot', mount({ extra: ['x-systemd.mount-timeout=0'] }), 'parameter of its own'],
  ['what loses data', mount({ extra: ['soft'] }), 'parameter of its own'],
  ['a blank in an option', mount({ extra: ['context=a b'] }), 'must be one option'],
  ['a server with a path', mount({ server: 'nas:/etc' }), 'must be an address or a name'],
  ['an option as a server', mount({ server: '-o' }), 'must be an address or a name'],
  ['a line more', mount({ export: '/a\n/b' }), 'control characters'],
  ['the root', mount({ path: '/' }), 'is everything'],
  ['nobody who has it', { path: '/mnt/a', export: '/a' }, 'who has it?'],
  ['nothing of it', { path: '/mnt/a', server: 'nas' }, 'what of the server'],
  ['an idle time of what stays', mount({ automount: false, idle_seconds: 60 }), 'goes with `automount`'],
])('refuses %s', (_name, one, problem) => {
  expect(JSON.stringify(role.params.safeParse({ mounts: [one] }).error?.issues)).toContain(problem);
});

test('refuses a mount point twice', () => {
  const { error } = role.params.safeParse({ mounts: [mount(), mount({ server: 'six' })] });
  expect(error?.issues).toMatchObject([{ path: ['mounts', 1, 'path'], message: '/mnt/a is there twice' }]);
});

test('rpcbind, which the package brings, is for nobody, unless a server of version 3 calls back', () => {
  const mount = { path: '/mnt/a', server: '10.0.0.1', export: '/a' };
  expect(rolePorts(role, { mounts: [mount] })).toEqual([
    { protocol: 'tcp', port: 111, from: [], what: 'rpcbind' },
    { protocol: 'udp', port: 111, from: [], what: 'rpcbind' },
  ]);
  for (const mounts of [[], [{ path: '/mnt/a', state: 'absent' }], [{ ...mount, version: '3' }]])
    expect(rolePorts(role, { mounts })).toEqual([]);
});
