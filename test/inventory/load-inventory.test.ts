import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import { load, makeProject, mistakes, removeProjects } from './project-folder.js';

afterAll(removeProjects);

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8mUkXwR1RtmX0nP0Vt8aZ0V1cO0cF5q0y5m0kq0f0A';

const CONTRACT = `
vars: { domain: lan }
defaults: { user: admin, become: sudo }
groups:
  dns:   { vars: { cache_size: 5000 }, max_unavailable: 1 }
  nomad_servers: { quorum: nomad }
hosts:
  gate: { address: 192.168.1.2 }
  dns1: { address: 10.0.1.11, via: gate, groups: [dns], runs_on: gate,
          host_key: "${KEY}", vars: { cache_size: 9000 } }
  nas:  { address: nas.lan, port: 2222, user: root, become: none, optional: true, depends_on: [dns1] }
`;

describe('an inventory as written', () => {
  test('hosts, in their order, with everything said about them', async () => {
    const { hosts, files } = await load(CONTRACT);
    expect([...hosts.keys()]).toEqual(['gate', 'dns1', 'nas']);
    expect(files).toEqual(['inventory/hosts.yml']);
    expect(hosts.get('dns1')).toMatchObject({
      name: 'dns1',
      address: '10.0.1.11',
      port: undefined,
      user: 'admin',
      via: ['gate'],
      identity: undefined,
      transport: 'ssh2',
      become: 'sudo',
      hostKeys: [KEY],
      groups: ['dns'],
      optional: false,
      runsOn: 'gate',
      dependsOn: [],
      source: { file: 'inventory/hosts.yml', line: 9, column: 3 },
    });
    expect(hosts.get('nas')).toMatchObject({ port: 2222, user: 'root', become: 'none', optional: true });
    expect(hosts.get('nas')).toMatchObject({ via: undefined, dependsOn: ['dns1'] });
  });

  test.each<[written: string, port: number | undefined, otherPorts: number[]]>([
    ['', undefined, []],
    ['port: 2222', 2222, []],
    ['port: [2222]', 2222, []],
    ['port: [2222, 22]', 2222, [22]],
  ])('`%s` of a host, or of the defaults', async (written, port, otherPorts) => {
    const { hosts } = await load(`hosts: { nas: { ${written} } }`);
    expect(hosts.get('nas')).toMatchObject({ port, otherPorts });
    const common = await load(`defaults: { ${written} }\nhosts: { nas: }`);
    expect(common.hosts.get('nas')).toMatchObject({ port, otherPorts });
  });

  test('groups, with their hosts and settings', async () => {
    const { groups } = await load(CONTRACT);
    expect(groups.get('dns')?.hosts).toEqual(['dns1']);
    expect(groups.get('dns')?.settings?.get('max_unavailable')).toEqual({
      value: 1,
      origin: 'group dns',
      source: { file: 'inventory/hosts.yml', line: 5, column: 40 },
    });
    expect(groups.get('nomad_servers')).toMatchObject({ hosts: [] });
    expect(groups.get('nomad_servers')?.settings?.get('quorum')?.value).toBe('nomad');
  });

  test('a host may depend on a group', async () => {
    const { hosts } = await load(
      'groups: { dns: }\nhosts: { dns1: { groups: dns, depends_on: dns }, nas: { depends_on: [dns, dns1] } }',
    );
    expect(hosts.get('nas')?.dependsOn).toEqual(['dns', 'dns1']);
    expect(hosts.get('dns1')?.dependsOn).toEqual(['dns']);
  });

  test('every setting says where it is from', async () => {
    const { hosts } = await load(CONTRACT);
    const settings = hosts.get('dns1')?.settings;
    const told = [...(settings ?? [])].map(
      ([key, { origin, source }]) => `${key} ${origin} ${source?.line ?? '-'}`,
    );
    expect(told).toEqual([
      'address host dns1 9',
      'user defaults 3',
      'via host dns1 9',
      'become defaults 3',
      'host_key host dns1 10',
      'groups host dns1 9',
      'runs_on host dns1 9',
      'transport default -',
    ]);
  });

  test.each<[string, string, string]>([
    ['an ordinary account', '{ user: admin }', 'sudo'],
    ['an account that ssh_config may name', '{}', 'sudo'],
    ['root', '{ user: root }', 'none'],
    ['root who was told to', '{ user: root, become: sudo }', 'sudo'],
    ['this machine, not as root', '{ transport: local }', 'sudo'],
  ])('become of %s', async (_name, host, become) => {
    expect((await load(`hosts: { a: ${host} }`)).hosts.get('a')?.become).toBe(become);
  });

  test('become of this machine as root', async () => {
    const { hosts } = await load('hosts: { a: { transport: local } }', { localUser: 'root' });
    expect(hosts.get('a')?.become).toBe('none');
  });

  test('a host may be a name alone, a list a single value', async () => {
    const { hosts } = await load(
      'groups:\n  g:\nhosts:\n  a:\n  b: { groups: g, identity: ~/k, depends_on: a, vars: }',
    );
    expect(hosts.get('a')).toMatchObject({ address: undefined, groups: [], via: undefined });
    expect(hosts.get('b')).toMatchObject({ groups: ['g'], identity: ['~/k'], dependsOn: ['a'] });
  });

  test('x- keys are passed over; health and drain are shown as they are written', async () => {
    const { hosts } = await load(
      'x-common: &c { port: 23 }\nhosts: { a: { x-note: 1, port: 23, health: { dns: { tcp: 53 } }, drain: { nomad: {} } } }',
    );
    expect(hosts.get('a')?.settings.get('health')?.value).toEqual({ dns: { tcp: 53 } });
    expect(hosts.get('a')?.settings.get('drain')?.value).toEqual({ nomad: {} });
  });

  test('a project without hosts is one', async () => {
    expect((await load('# nothing yet\n')).hosts.size).toBe(0);
  });
});

describe('variables', () => {
  const files = {
    'inventory/hosts.yml': `vars: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, m: { x: 1, y: 1 } }
groups:
  two: { vars: { b: 2, c: 2, d: 2, e: 2, f: 2 } }
  one: { vars: { b: 0, c: 3 } }
hosts:
  h: { groups: [two, one], vars: { d: 4, m: { x: 2 } } }
  other:
`,
    'inventory/group_vars/one.yml': 'c: 5\nd: 5\n',
    'inventory/host_vars/h.yaml': '\nd: 6\ne: 6\n',
  };

  test.each<[string, unknown, string, string]>([
    ['a', 1, 'vars', 'inventory/hosts.yml:1:9'],
    ['b', 0, 'group one', 'inventory/hosts.yml:4:18'],
    ['c', 5, 'group one', 'inventory/group_vars/one.yml:1:1'],
    ['d', 6, 'host h', 'inventory/host_vars/h.yaml:2:1'],
    ['e', 6, 'host h', 'inventory/host_vars/h.yaml:3:1'],
    ['m', { x: 2 }, 'host h', 'inventory/hosts.yml:6:42'],
    ['f', 'set', '--set', '-'],
  ])('%s', async (name, value, origin, place) => {
    const { hosts } = await load(files, { setVars: new Map([['f', 'set']]) });
    const found = hosts.get('h')?.vars.get(name);
    const { file, line, column } = found?.source ?? {};
    expect(found).toMatchObject({ value, origin });
    expect(file === undefined ? '-' : `${file}:${line}:${column}`).toBe(place);
  });

  test('a group has its own, file over inline', async () => {
    const { groups, files: read } = await load(files);
    expect([...(groups.get('one')?.vars ?? [])].map(([name, { value }]) => [name, value])).toEqual([
      ['b', 0],
      ['c', 5],
      ['d', 5],
    ]);
    expect(read).toEqual([
      'inventory/hosts.yml',
      'inventory/group_vars/one.yml',
      'inventory/host_vars/h.yaml',
    ]);
  });
});

describe('several files', () => {
  test('are one inventory, in the order of their names', async () => {
    const { hosts, groups } = await load({
      'inventory/b.yml': 'groups: { g: }\nhosts: { second: { via: first, groups: [g] } }',
      'inventory/a.yaml': 'defaults: { user: admin }\nhosts: { first: }',
      'inventory/known_hosts': 'gate ssh-ed25519 : not yaml [',
      'inventory/README.md': '# not: yaml: [',
      'inventory/.hidden.yml': 'nonsense: 1',
    });
    expect([...hosts.keys()]).toEqual(['first', 'second']);
    expect(hosts.get('second')).toMatchObject({ user: 'admin', via: ['first'] });
    expect(groups.get('g')?.hosts).toEqual(['second']);
  });

  test('a name given twice names both places', async () => {
    const found = await mistakes({
      'inventory/a.yml': 'vars: { x: 1 }\ndefaults: { user: a }\ngroups: { g: }\nhosts: { h: }',
      'inventory/b.yml': 'vars: { x: 2 }\ndefaults: { user: b }\ngroups: { g: }\nhosts: { h: }',
    });
    expect(found).toEqual([
      'inventory/b.yml:1:9 given-twice the variable "x" is given twice',
      'inventory/b.yml:2:13 given-twice the default "user" is given twice',
      'inventory/b.yml:3:11 given-twice the group "g" is given twice',
      'inventory/b.yml:4:10 given-twice the host "h" is given twice',
    ]);
  });

  test('mistakes of all files are told together, by place', async () => {
    const found = await mistakes({
      'inventory/b.yml': 'hosts: { h: { prot: 1 } }\nvras: {}',
      'inventory/a.yml': 'hosts: { g: { port: 0 } }',
      'inventory/c.yml': 'hosts: [',
      'inventory/group_vars/lost.yml': 'a: 1',
    });
    expect(found.map((one) => one.split(' ', 2).join(' '))).toEqual([
      'inventory/a.yml:1:21 schema',
      'inventory/b.yml:1:15 schema',
      'inventory/b.yml:2:1 schema',
      'inventory/c.yml:1:9 yaml/syntax',
    ]);
  });

  test('a broken link is a mistake, not a file left out', async () => {
    const projectDir = makeProject({ 'inventory/a.yml': '' });
    symlinkSync('nowhere', join(projectDir, 'inventory', 'b.yml'));
    await expect(loadInventory({ projectDir })).rejects.toMatchObject({ code: 'yaml/unreadable' });
  });

  test('a project without an inventory', async () => {
    const projectDir = makeProject({ 'homelab.yml': '' });
    mkdirSync(join(projectDir, 'inventory'));
    await expect(loadInventory({ projectDir })).rejects.toMatchObject({ code: 'inventory/not-found' });
  });

  test('another file replaces the hosts; the variables beside it apply', async () => {
    const projectDir = makeProject({
      'inventory/hosts.yml': 'hosts: { one: }',
      'other/lab.yml': 'hosts: { two: }',
      'other/more.yml': 'hosts: { three: }',
      'other/host_vars/two.yml': 'x: 1',
    });
    const { hosts, files } = await loadInventory({
      projectDir,
      inventoryFile: join(projectDir, 'other', 'lab.yml'),
    });
    expect([...hosts.keys()]).toEqual(['two']);
    expect(hosts.get('two')?.vars.get('x')?.value).toBe(1);
    expect(files).toEqual(['other/lab.yml', 'other/host_vars/two.yml']);
  });

  test('another file outside of the project is named by its whole path', async () => {
    const file = join(makeProject({ 'x.yml': 'hosts: { a: }' }), 'x.yml');
    const { files } = await loadInventory({ projectDir: makeProject({}), inventoryFile: file });
    expect(files).toEqual([file]);
  });
});

describe('files of variables', () => {
  const hosts = 'groups: { dns: }\nhosts: { gate: }';

  test.each<[string, Record<string, string>, string[]]>([
    [
      'of an unknown group',
      { 'group_vars/dsn.yml': 'a: 1' },
      [
        'inventory/group_vars/dsn.yml:1:1 unknown-group inventory/group_vars/dsn.yml is for a group "dsn" that the inventory does not have',
      ],
    ],
    [
      'of an unknown host',
      { 'host_vars/gaet.yml': 'a: 1' },
      [
        'inventory/host_vars/gaet.yml:1:1 unknown-host inventory/host_vars/gaet.yml is for a host "gaet" that the inventory does not have',
      ],
    ],
    [
      'that are a list',
      { 'host_vars/gate.yml': '- a' },
      ['inventory/host_vars/gate.yml:1:1 schema expected a mapping, not a list'],
    ],
    [
      'with a bad name',
      { 'host_vars/gate.yml': 'a: 1\nb-c: 2' },
      ['inventory/host_vars/gate.yml:2:1 variable-name "b-c" cannot be the name of a variable'],
    ],
    [
      'in two files',
      { 'host_vars/gate.yml': 'a: 1', 'host_vars/gate.yaml': 'b: 1' },
      ['inventory/host_vars/gate.yml:1:1 given-twice the variables of host "gate" are given twice'],
    ],
    [
      'under a name that would not be read',
      { 'host_vars/gate.json': '{}' },
      [
        'inventory/host_vars/gate.json:1:1 not-yaml inventory/host_vars/gate.json would not be read: variables of "gate" are one YAML file',
      ],
    ],
    [
      'in a folder that would not be read',
      { 'group_vars/dns/main.yml': 'a: 1' },
      [
        'inventory/group_vars/dns:1:1 not-yaml inventory/group_vars/dns would not be read: variables of "dns" are one YAML file',
      ],
    ],
    ['beside a README', { 'host_vars/README.md': 'text' }, []],
    ['none at all', { 'host_vars/gate.yml': '' }, []],
  ])('%s', async (_name, files, expected) => {
    const all = Object.entries(files).map(([name, text]) => [`inventory/${name}`, text]);
    expect(await mistakes({ 'inventory/hosts.yml': hosts, ...Object.fromEntries(all) })).toEqual(expected);
  });
});

const script = (body: string, mode = 0o755) => ({ text: `#!/bin/sh\n${body}\n`, mode });

describe('a dynamic source', () => {
  test('prints hosts as JSON', async () => {
    const { hosts, files } = await load({
      'inventory/hosts.yml': 'groups: { g: }',
      'inventory/nodes': script(`echo '{"hosts": {"n1": {"address": "10.0.0.1", "groups": ["g"]}}}'`),
    });
    expect(hosts.get('n1')).toMatchObject({ address: '10.0.0.1', groups: ['g'] });
    expect(files).toEqual(['inventory/hosts.yml', 'inventory/nodes (output)']);
  });

  test('runs in the project, without arguments and input', async () => {
    const body =
      'read line && exit 9; echo "{\\"vars\\": {\\"n\\": $#, \\"here\\": \\"$(ls)\\"}, \\"hosts\\": {\\"h\\": null}}"';
    const { hosts } = await load({ 'inventory/nodes.sh': script(body) });
    expect(hosts.get('h')?.vars.get('n')?.value).toBe(0);
    expect(hosts.get('h')?.vars.get('here')?.value).toBe('inventory');
  });

  test.each<[string, ReturnType<typeof script>, string]>([
    [
      'fails',
      script('echo lost >&2; exit 3'),
      '1:1 dynamic-source the dynamic source inventory/n cannot be used: it exits with 3\nlost',
    ],
    [
      'prints no JSON',
      script('echo hosts:'),
      '1:1 dynamic-source the dynamic source inventory/n cannot be used: it prints no JSON',
    ],
    [
      'prints what may be a secret',
      script('echo hunter22 and more'),
      "1:1 dynamic-source the dynamic source inventory/n cannot be used: it prints no JSON: Unexpected token 'h'",
    ],
    [
      'cannot be run',
      { text: '#!/no/such/shell\n', mode: 0o755 },
      '1:1 dynamic-source the dynamic source inventory/n cannot be used: it cannot be run (ENOENT)',
    ],
    [
      'anyone may change',
      script('echo {}', 0o777),
      '1:1 dynamic-source the dynamic source inventory/n cannot be used: every account of this machine may change it',
    ],
  ])('that %s', async (_name, file, expected) => {
    const [found = ''] = await mistakes({ 'inventory/n': file });
    expect(found.startsWith(`inventory/n:${expected}`)).toBe(true);
    expect(found).not.toContain('hunter');
  });

  test('mistakes in what it prints have a place in it', async () => {
    const body = `printf '{"hosts": {\\n "a": {"prot": 1}}}'`;
    expect(await mistakes({ 'inventory/n': script(body) })).toEqual(
      ['inventory/n (output):2:8 schema unknown key "prot" in hosts.a'].map((line) =>
        line.replace(' in hosts.a', ''),
      ),
    );
  });

  test('a YAML file is read even when it can be run', async () => {
    expect((await load({ 'inventory/hosts.yml': { text: 'hosts: { a: }', mode: 0o755 } })).hosts.size).toBe(
      1,
    );
  });
});
