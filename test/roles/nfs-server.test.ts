import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/nfs-server/role.js';
import { ARCHITECTURES, factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, roleServices, someHost } from './role-items.js';

const EXPORTS = '/etc/exports.d/homelab.exports';
const SETTINGS = '/etc/nfs.conf.d/homelab.conf';
const HOSTS = [
  someHost({ name: 'app', address: '10.0.1.21', groups: ['apps'] }),
  someHost({ name: 'web', address: 'web.lan', groups: ['apps'] }),
  someHost({ name: 'by-config', address: undefined, groups: ['odd'] }),
];
const one = (...clients: readonly object[]) => ({ exports: [{ path: '/srv/a', clients }] });
const SAFE = 'sync,no_subtree_check,root_squash';

describe('exports', () => {
  test.each<[string, readonly object[], string]>([
    ['what is left out', [{ to: '10.0.0.0/8' }], `/srv/a 10.0.0.0/8(ro,${SAFE})`],
    [
      'everything',
      [
        {
          to: '*.lan',
          access: 'rw',
          sync: false,
          subtree_check: true,
          secure: false,
          squash: 'all',
          anonuid: 1000,
          anongid: 100,
          sec: ['krb5p', 'sys'],
          fsid: 'root',
          crossmnt: true,
          extra: ['no_wdelay', 'refer=/a@10.0.0.9'],
        },
      ],
      '/srv/a *.lan(rw,async,subtree_check,insecure,all_squash,anonuid=1000,anongid=100,sec=krb5p:sys,fsid=root,' +
        'crossmnt,no_wdelay,refer=/a@10.0.0.9)',
    ],
    ['root as it is', [{ to: '*', squash: 'none' }], '/srv/a *(ro,sync,no_subtree_check,no_root_squash)'],
    ['a host of the inventory by its address', [{ to: 'app' }], `/srv/a 10.0.1.21(ro,${SAFE})`],
    ['a group of the inventory', [{ group: 'apps' }], `/srv/a 10.0.1.21(ro,${SAFE}) web.lan(ro,${SAFE})`],
    ['a host that only ssh_config knows', [{ group: 'odd' }], `/srv/a by-config(ro,${SAFE})`],
    [
      'IPv6 and a netgroup',
      [{ to: 'fd00::/8' }, { to: '@all' }],
      `/srv/a fd00::/8(ro,${SAFE}) @all(ro,${SAFE})`,
    ],
  ])('%s', (_name, clients, line) => {
    expect(roleItems(role, one(...clients), { hosts: HOSTS }).file(EXPORTS)).toBe(`${line}\n`);
  });

  test('are tried where the server does not see it, and then shown to it', () => {
    expect(roleItems(role, one({ to: '10.0.0.1' })).params('exports')).toMatchObject({
      service: 'nfs-server',
      validate: ['exportfs', '-ra'],
      sandbox: { empty: ['/var/lib/nfs'], network: false },
      apply: ['exportfs', '-ra'],
      checks: [{ command: ['sh', '-c', expect.stringContaining('exportfs -v'), 'sh', '/srv/a'] }],
      keeps: [{ tcp: 2049 }],
    });
  });

  test('names have to be found: exportfs leaves out what is not, and says nothing', () => {
    const names = (...clients: readonly object[]) =>
      roleItems(role, one(...clients), { hosts: HOSTS })
        .items.filter(({ kind }) => kind === 'wait_for')
        .map(({ params }) => params);
    expect(names({ to: 'nas.lan' }, { group: 'apps' })).toEqual([
      { dns: { name: 'nas.lan' }, timeout: 10 },
      { dns: { name: 'web.lan' }, timeout: 10 },
    ]);
    expect(names({ to: '10.0.0.1' }, { to: '*.lan' }, { to: '@g' }, { to: '*' }, { to: 'fd00::1' })).toEqual(
      [],
    );
  });

  test('folders are made where that is asked for', () => {
    const exports = [
      { path: '/srv/a', clients: [{ to: '*' }], make: { owner: 'alice', mode: '2775' } },
      { path: '/srv/b', clients: [{ to: '*' }] },
    ];
    const folders = roleItems(role, { exports }).items.filter(({ kind }) => kind === 'directory');
    expect(folders.map(({ params }) => params)).toEqual([
      { path: '/srv/a', owner: 'alice', group: 'root', mode: '2775' },
    ]);
  });
});

test('settings of the server', () => {
  expect(roleItems(role, {}).file(SETTINGS)).toBe(
    '[nfsd]\nthreads=8\nvers3=n\nvers4=y\nvers4.0=n\nvers4.1=y\nvers4.2=y\n\n[statd]\nport=32765\n',
  );
  const params = { versions: ['3', '4.2'], threads: 16, grace_seconds: 20, lease_seconds: 15 };
  expect(roleItems(role, params).file(SETTINGS)).toBe(
    '[nfsd]\nthreads=16\nvers3=y\nvers4=y\nvers4.0=n\nvers4.1=n\nvers4.2=y\ngrace-time=20\nlease-time=15\n\n' +
      '[mountd]\nport=20048\n\n[lockd]\nport=4045\nudp-port=4045\n\n[statd]\nport=32765\n',
  );
  expect(roleItems(role, {}).params('settings of the server')).toMatchObject({
    apply: 'restart',
    checks: [{ tcp: 2049 }],
  });
});

describe.each(ARCHITECTURES)('on %s', (arch) => {
  test.each<[ExampleSystem, string, string]>([
    ['debian12', 'nfs-kernel-server', 'nfs-server'],
    ['debian13', 'nfs-kernel-server', 'nfs-server'],
    ['ubuntu2404', 'nfs-kernel-server', 'nfs-server'],
    ['fedora', 'nfs-utils', 'nfs-server'],
    ['alpine', 'nfs-utils', 'nfs'],
  ])('%s: package and service', (system, name, service) => {
    const asking = { system, facts: { arch } };
    const answer = roleItems(role, one({ to: '*' }), asking);
    expect(answer.params('package')).toEqual({ names: [name] });
    expect(answer.params('service')).toEqual({ name: service, state: 'running', enabled: true });
    expect(answer.params('exports')).toMatchObject({ service });
    expect(roleServices(role, {}, asking)).toEqual([
      expect.objectContaining({ unit: service, packages: [name], version: ['mount.nfs', '-V'] }),
    ]);
  });

  test('is for nixos', () => {
    expect(role.refuses?.(factsOf('nixos', { arch }))).toBeUndefined();
  });
});

const SHUT = [
  { protocol: 'tcp', port: 111, from: [], what: 'rpcbind' },
  { protocol: 'udp', port: 111, from: [], what: 'rpcbind' },
  { protocol: 'tcp', port: 32_765, from: [], what: 'NFS status' },
  { protocol: 'udp', port: 32_765, from: [], what: 'NFS status' },
];

describe('in a container', () => {
  const asking = { facts: { container: 'lxc' } };

  test('there is no server', () => {
    expect(() => roleItems(role, one({ to: '*' }), asking)).toThrow(
      expect.objectContaining({ code: 'role/no-nfs-server' }),
    );
  });

  test('the configuration alone is checked and kept', () => {
    const params = { ...one({ to: '*' }), running: false };
    const answer = roleItems(role, params, asking);
    expect(answer.items.map(({ kind }) => kind)).toEqual(['package', 'service_config', 'service_config']);
    expect(answer.params('exports')).toEqual({
      service: 'nfs-server',
      files: [expect.objectContaining({ path: EXPORTS })],
      validate: ['exportfs', '-ra'],
      sandbox: { empty: ['/var/lib/nfs'], network: false },
      apply: 'none',
    });
    expect(rolePorts(role, params, asking)).toEqual(SHUT);
    expect(roleServices(role, params, asking)).toEqual([]);
  });
});

test('what is started beside the server listens at known ports at once', () => {
  const restart = {
    kind: 'command',
    params: { argv: ['systemctl', 'try-restart', 'rpc-statd.service'], always: true },
  };
  const settings = roleItems(role, {}).items.find(({ name }) => name === 'settings of the server');
  expect(settings?.onChange).toEqual(['restart NFS status']);
  expect(roleItems(role, {}).actions).toMatchObject({ 'restart NFS status': restart });
  expect(roleItems(role, {}, { system: 'alpine' }).actions).toEqual({});
});

describe('ports', () => {
  test('what distributions start beside a server of version 4 is for nobody', () => {
    const shut = (params: object) => rolePorts(role, params).filter(({ from }) => from?.length === 0);
    expect(shut({})).toEqual(SHUT);
    expect(shut({ versions: ['3', '4.2'] })).toEqual([]);
  });

  test.each<[string, object, readonly (readonly [string, number])[], readonly string[] | undefined]>([
    ['nothing exported', {}, [], undefined],
    ['to networks', one({ to: '10.0.0.0/8' }, { to: 'app' }), [['tcp', 2049]], ['10.0.0.0/8', '10.0.1.21']],
    ['to names', one({ to: '10.0.0.0/8' }, { to: '*.lan' }), [['tcp', 2049]], undefined],
    [
      'with version 3',
      { ...one({ to: '10.0.0.1' }), versions: ['3'] },
      [
        ['tcp', 2049],
        ['tcp', 111],
        ['udp', 111],
        ['tcp', 32_765],
        ['udp', 32_765],
        ['tcp', 4045],
        ['udp', 4045],
        ['tcp', 20_048],
        ['udp', 20_048],
      ],
      ['10.0.0.1'],
    ],
  ])('%s', (_name, params, expected, from) => {
    const ports = rolePorts(role, params, { hosts: HOSTS }).filter((port) => port.from?.length !== 0);
    expect(ports.map(({ protocol, port }) => [protocol, port])).toEqual(expected);
    for (const port of ports) expect(port.from).toEqual(from);
  });
});

test.each<[string, object, string]>([
  ['a group without hosts', one({ group: 'none' }), 'role/empty-group'],
  ['a client by its name and in its group', one({ to: 'app' }, { group: 'apps' }), 'role/client-twice'],
])('refuses %s', (_name, params, code) => {
  expect(() => roleItems(role, params, { hosts: HOSTS })).toThrow(expect.objectContaining({ code }));
});

test.each<[string, object, string]>([
  ['the blank that opens a folder to everybody', one({ to: '10.0.0.1 (rw)' }), 'must be an address'],
  ['options in a name', one({ to: 'host(rw)' }), 'must be an address'],
  ['a line more', one({ to: 'a\n/etc *' }), 'must be an address'],
  ['a quote', one({ to: '"a' }), 'must be an address'],
  ['defaults', one({ to: '-rw' }), 'must be an address'],
  ['bits after the prefix', one({ to: '10.0.0.5/24' }), 'has bits set after its prefix'],
  ['a mask that is too long', one({ to: '10.0.0.0/99' }), 'longer than 32 bits'],
  ['a pattern of addresses', one({ to: '10.0.0.*' }), 'neither an address nor a network'],
  ['nobody', one({}), 'needs exactly one of `to` and `group`'],
  ['both', one({ to: '*', group: 'a' }), 'needs exactly one of `to` and `group`'],
  ['an option in another', one({ to: '*', extra: ['ro,no_root_squash'] }), 'must be one option'],
  [
    'an option with a parameter of its own',
    one({ to: '*', extra: ['no_root_squash'] }),
    'parameter of its own',
  ],
  ['a comment', one({ to: '*', extra: ['ro#'] }), 'must be one option'],
  ['a relative path', { exports: [{ path: 'srv', clients: [{ to: '*' }] }] }, 'absolute path'],
  ['a path of two lines', { exports: [{ path: '/a\n/b', clients: [{ to: '*' }] }] }, 'control characters'],
  ['everything', { exports: [{ path: '/', clients: [{ to: '*' }] }] }, 'is everything'],
  [
    'a folder twice',
    { exports: [one({ to: '*' }).exports[0], one({ to: '@a' }).exports[0]] },
    '/srv/a is there twice',
  ],
  ['no version', { versions: [] }, 'expected array to have >=1'],
  ['a lease that outlives the grace', { grace_seconds: 20 }, 'longer than the grace'],
])('does not take %s', (_name, params, problem) => {
  expect(JSON.stringify(role.params.safeParse(params).error?.issues)).toContain(problem);
});
