import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkProject } from '../../../src/commands/shared/check-project.js';
import { createRegistry } from '../../../src/core/registry.js';
import { loadKinds } from '../../../src/reference/kinds.js';
import { testKeys, type TestKeys } from '../../secrets/age-project.js';
import { makeProject, removeProjects, type ProjectFiles } from '../../inventory/project-folder.js';

afterAll(removeProjects);

const HOSTS =
  'vars: { domain: lan }\ngroups: { dns: { vars: { port: 53 } }, web: }\nhosts:\n' +
  '  gate: { address: 10.0.0.1 }\n  dns1: { address: 10.0.0.2, groups: [dns] }\n  web1: { groups: [web] }\n';

/** A play for all hosts, its items at column 7, the first one in line 4. */
const play = (...items: readonly string[]): string =>
  `- name: P\n  hosts: all\n  tasks:\n${items.map((item) => `    - ${item}\n`).join('')}`;

/** Everything that is wrong with a project, as `file:line:column code message | hint`. */
async function mistakes(
  files: ProjectFiles,
  flags: Parameters<typeof checkProject>[1] = {},
): Promise<string[]> {
  const { errors } = await checkProject(makeProject({ 'inventory/hosts.yml': HOSTS, ...files }), flags);
  return errors.map(({ source, code, message, hint }) => {
    const place = source === undefined ? 'nowhere' : `${source.file}:${source.line}:${source.column}`;
    return `${place} ${code} ${message} | ${hint ?? ''}`;
  });
}

// One after the other: Jest does not take it well where modules that share others are imported at once.
beforeAll(() => loadKinds(createRegistry()));

type Case = readonly [name: string, files: ProjectFiles, expected: readonly string[]];

const file = (content: string): string => `file: { path: /etc/x, content: '${content}' }`;

describe('a mistake hides no other', () => {
  test.each<Case>([
    [
      'in settings, inventory, files of variables, playbooks and templates',
      {
        'homelab.yml': 'concurency: 3\nplaybooks: [site.yml, more.yml]\n',
        'inventory/hosts.yml': `${HOSTS}  nas: { adress: 10.0.0.9, via: gaet }\n`,
        'inventory/group_vars/dsn.yml': 'a: 1\n',
        'inventory/host_vars/web1.yml': 'my-port: 80\n',
        'site.yml': play(
          'fiel: { path: /a }',
          file('{{vars.domian}}'),
          'template: { path: /a, template: t.hbs }',
        ),
        'more.yml': play('package: { nmes: [a] }'),
        'templates/t.hbs': 'a\n{{host.nme}}\n',
      },
      [
        'homelab.yml:1:1 project/settings unknown key "concurency" | Did you mean concurrency?',
        'inventory/hosts.yml:7:10 inventory/schema unknown key "adress" | Did you mean address?',
        'inventory/hosts.yml:7:33 inventory/unknown-host "nas" names a jump host "gaet" that the inventory does not have | Did you mean gate?',
        'inventory/group_vars/dsn.yml:1:1 inventory/unknown-group inventory/group_vars/dsn.yml is for a group "dsn" that the inventory does not have | Did you mean dns?',
        'inventory/host_vars/web1.yml:1:1 inventory/variable-name "my-port" cannot be the name of a variable | Write my_port.',
        'site.yml:4:7 playbook/unknown-key unknown kind or key "fiel" | Did you mean file?',
        'site.yml:5:41 render/undefined-variable "vars.domian" is not defined | Did you mean vars.domain?',
        'more.yml:4:18 playbook/parameter unknown key "nmes" | Did you mean names?',
        'templates/t.hbs:2:3 render/undefined-variable "host.nme" is not defined | Did you mean host.name?',
      ],
    ],
    [
      'in `when` and the parameters of one item',
      {
        'playbooks/site.yml': play(
          file('{{vars.domian}}'),
          'link: { path: a, target: "{{vars.no}}" }\n      when: { os_famly: debian }',
        ),
      },
      [
        'playbooks/site.yml:4:41 render/undefined-variable "vars.domian" is not defined | Did you mean vars.domain?',
        'playbooks/site.yml:5:21 playbook/parameter path: has to be an absolute path | ',
        'playbooks/site.yml:5:35 render/undefined-variable "vars.no" is not defined | Known there: domain.',
        'playbooks/site.yml:6:15 playbook/unknown-condition unknown key "os_famly" in a condition | Did you mean os_family?',
      ],
    ],
    [
      'in the frame and the parameters of one item',
      {
        'playbooks/site.yml': play(
          'link: { path: a, target: b }\n      retry: { times: 0 }\n      on_change: [none]',
        ),
      },
      [
        'playbooks/site.yml:4:21 playbook/parameter path: has to be an absolute path | ',
        'playbooks/site.yml:5:23 playbook/schema retry.times: must be at least 1 | ',
      ],
    ],
    [
      'in both of two kinds',
      { 'playbooks/site.yml': play('link: { path: a }\n      file: { pth: b }') },
      [
        'playbooks/site.yml:4:21 playbook/parameter path: has to be an absolute path | ',
        'playbooks/site.yml:5:7 playbook/two-kinds an item has one kind, this one has link and file | Write two items.',
        'playbooks/site.yml:5:15 playbook/parameter unknown key "pth" | Did you mean path?',
      ],
    ],
    [
      'of a host: the others are looked at',
      {
        'inventory/hosts.yml': HOSTS.replace('10.0.0.1', '10.0.0.256'),
        'playbooks/site.yml': play(file('at {{vars.port}}')),
      },
      [
        'inventory/hosts.yml:4:20 inventory/schema address: is no IPv4 address | ',
        'playbooks/site.yml:4:44 render/undefined-variable "vars.port" is not defined (on web1) | Known there: domain.',
      ],
    ],
  ])('%s', async (_name, files, expected) => {
    expect(await mistakes(files)).toEqual(expected);
  });
});

describe('needs no host', () => {
  const items = play(
    'link: { path: a, target: b }',
    'service: { name: a, restart: true }',
    'template: { path: /a, template: non.hbs }',
    'file: { path: /a, source: files/a }\n      when: { group: dsn }',
    'package: { names: [a] }\n      when: { changed: none }',
    'template: { path: /a, template: bad.hbs }',
  );
  const files = { 'templates/nona.hbs': 'a\n', 'templates/bad.hbs': 'a {{#if x}}\n' };
  const always = [
    '4:21 playbook/parameter path: has to be an absolute path | ',
    '5:16 playbook/action-as-item',
    '6:39 playbook/missing-template there is no template "non.hbs" in templates/ | Did you mean nona.hbs?',
    '7:33 playbook/missing-file cannot read files/a (ENOENT)',
    '8:15 playbook/unknown-group there is no group "dsn" in the inventory | Did you mean dns?',
    '10:15 playbook/unknown-id no earlier item has the id "none"',
    'bad.hbs:2:1 render/syntax',
  ];
  const begin = (found: readonly string[]) =>
    found.map((one, index) =>
      one.replace(/^(playbooks\/site\.yml:|templates\/)/, '').slice(0, always[index]?.length),
    );

  test.each<readonly [name: string, playbook: string, hosts: string]>([
    ['for hosts', items, HOSTS],
    ['for nobody, as `when` never matches', items.replace('hosts: all', 'hosts: web'), HOSTS],
    [
      'for a host with mistakes',
      items.replace('hosts: all', 'hosts: gate'),
      HOSTS.replace('10.0.0.1', '0.0.0.256'),
    ],
  ])('%s', async (_name, playbook, hosts) => {
    const found = await mistakes({ ...files, 'inventory/hosts.yml': hosts, 'playbooks/site.yml': playbook });
    expect(begin(found.filter((one) => !one.startsWith('inventory/')))).toEqual(always);
  });

  test('where the inventory cannot be read, names in it are not unknown', async () => {
    const found = await mistakes({
      ...files,
      'inventory/hosts.yml': 'hosts: [\n',
      'playbooks/site.yml': items.replace('hosts: all', 'hosts: anybody'),
    });
    expect(found.filter((one) => one.startsWith('inventory/'))).toHaveLength(1);
    const expected = always.filter((one) => !one.includes('unknown-group'));
    expect(
      found
        .filter((one) => !one.startsWith('inventory/'))
        .map((one, index) =>
          one.replace(/^(playbooks\/site\.yml:|templates\/)/, '').slice(0, expected[index]?.length),
        ),
    ).toEqual(expected);
  });
});

describe('what follows from a mistake is not told', () => {
  const asks = {
    'playbooks/site.yml': play(file('{{vars.port}} {{#each groups.dns}}{{vars.key}}{{/each}}')),
  };
  test.each<readonly [name: string, files: ProjectFiles, expected: readonly string[]]>([
    [
      'a variable in a file that cannot be read',
      {
        'inventory/hosts.yml': HOSTS.replace(
          '{ groups: [web] }',
          '{ groups: [web], vars: { port: 1 } }',
        ).replace('{ address: 10.0.0.1 }', '{ vars: { port: 1 } }'),
        'inventory/group_vars/dns.yml': 'key: [\n',
        ...asks,
      },
      ['inventory/group_vars/dns.yml:2:1 yaml/syntax'],
    ],
    [
      'a variable of a group whose variables are no mapping',
      {
        'inventory/hosts.yml': 'groups: { dns: { vars: [a] } }\nhosts: { dns1: { groups: [dns] } }',
        ...asks,
      },
      ['inventory/hosts.yml:1:24 inventory/schema'],
    ],
    [
      'a variable of a host with a mistake elsewhere',
      {
        'inventory/hosts.yml': 'groups: { dns: }\nhosts: { dns1: { groups: [dns], prt: 1 } }',
        ...asks,
      },
      ['inventory/hosts.yml:2:33 inventory/schema unknown key "prt"'],
    ],
    [
      'hosts, groups and variables of an inventory that cannot be read',
      {
        'inventory/hosts.yml': 'hosts: [\n',
        'inventory/more.yml': 'hosts: { a: { via: gate, groups: [dns] } }',
        'inventory/host_vars/gate.yml': 'port: 1\n',
        'playbooks/site.yml': play(
          file('{{vars.port}}'),
          'hostname: { name: a }\n      when: { host: b, group: c, vars.x: 1 }',
        ).replace('all', 'gate'),
      },
      ['inventory/hosts.yml:2:1 yaml/syntax'],
    ],
    [
      'variables of another file that cannot be read',
      {
        'inventory/hosts.yml': 'vars: { port: [ }\n',
        'inventory/more.yml': 'hosts: { a: }',
        'playbooks/site.yml': play(file('{{vars.port}}'), file('{{vars.x')),
      },
      ['inventory/hosts.yml:1:17 yaml/syntax', 'playbooks/site.yml:5:46 render/syntax'],
    ],
    [
      'variables of a section that is no mapping',
      { 'inventory/hosts.yml': 'vars: [a]\nhosts: { a: }', ...asks },
      ['inventory/hosts.yml:1:7 inventory/schema'],
    ],
    [
      'hosts below a key with a slip of the pen',
      { 'inventory/hosts.yml': 'host: { a: }', 'playbooks/site.yml': play(file('x')).replace('all', 'a') },
      ['inventory/hosts.yml:1:1 inventory/schema unknown key "host"'],
    ],
    [
      'a playbook that the settings do not tell',
      { 'homelab.yml': 'playbook: [other.yml]\n' },
      ['homelab.yml:1:1 project/settings unknown key "playbook"'],
    ],
    [
      'an inventory that the settings do not tell',
      {
        'homelab.yml': 'inventory: [a]\n',
        'inventory/README': 'x',
        ...asks,
      },
      ['homelab.yml:1:12 project/settings'],
    ],
    [
      'what is right on the hosts that a broken `when` may mean',
      { 'playbooks/site.yml': play(`${file('{{vars.port}}')}\n      when: { group: dsn }`) },
      ['playbooks/site.yml:5:15 playbook/unknown-group'],
    ],
    [
      'the id of an item with mistakes',
      {
        'playbooks/site.yml': play(
          'fiel: {}\n      id: one',
          'package: { names: [a] }\n      when: { changed: one }',
        ),
      },
      ['playbooks/site.yml:4:7 playbook/unknown-key'],
    ],
    [
      'the variable of a play that is no mapping',
      { 'playbooks/site.yml': `- { name: P, hosts: all, vars: [a], tasks: [{ ${file('{{vars.b}}')} }] }` },
      ['playbooks/site.yml:1:32 playbook/schema'],
    ],
  ])('%s', async (_name, files, expected) => {
    const all = 'inventory/README' in files ? files : { 'inventory/hosts.yml': HOSTS, ...files };
    const { errors } = await checkProject(makeProject(all), {});
    const found = errors.map(
      ({ source, code, message }) => `${source?.file}:${source?.line}:${source?.column} ${code} ${message}`,
    );
    expect(found.map((one, index) => one.slice(0, expected[index]?.length))).toEqual(expected);
  });
});

describe('a right project', () => {
  test('is counted: items as they are written', async () => {
    const files = {
      'playbooks/site.yml': play('package: { names: [a] }\n      each: [1, 2]', 'hostname: { name: a }'),
    };
    const dir = makeProject({ 'inventory/hosts.yml': HOSTS, ...files });
    expect(await checkProject(dir, {})).toEqual({ errors: [], hosts: 3, plays: 1, roles: 0, items: 2 });
  });

  test('flags name other files', async () => {
    const files = { 'other.yml': play('package: {}'), 'hosts.yml': 'hosts: { a: }' };
    const dir = makeProject({ 'inventory/hosts.yml': 'hosts: { b: ', ...files });
    const { errors, hosts } = await checkProject(dir, {
      inventory: `${dir}/hosts.yml`,
      playbook: ['other.yml'],
    });
    expect(errors.map(({ code }) => code)).toEqual(['playbook/parameter']);
    expect(hosts).toBe(1);
  });

  test('a flag that is wrong is no mistake of the project', async () => {
    const dir = makeProject({
      'inventory/hosts.yml': HOSTS,
      'playbooks/site.yml': play('package: { names: [a] }'),
    });
    await expect(checkProject(dir, { tags: 'none' })).rejects.toMatchObject({ code: 'usage/unknown-tag' });
    await expect(checkProject(dir, { set: ['x'] })).rejects.toMatchObject({ code: 'usage/set' });
  });

  test('without hosts there is nothing to keep', async () => {
    expect(await mistakes({ 'inventory/hosts.yml': 'vars: {}', 'playbooks/site.yml': '[]' })).toEqual([
      'nowhere inventory/no-hosts the inventory has no hosts | Add one under `hosts` of inventory/hosts.yml.',
    ]);
  });
});

describe('what the settings hold encrypted is opened', () => {
  let keys: TestKeys;
  const before = process.env['HOMELAB_AGE_IDENTITY'];
  beforeAll(async () => {
    keys = await testKeys();
    process.env['HOMELAB_AGE_IDENTITY'] = keys.identity;
  });
  afterAll(() => {
    if (before === undefined) delete process.env['HOMELAB_AGE_IDENTITY'];
    else process.env['HOMELAB_AGE_IDENTITY'] = before;
  });
  const settings = async (by: TestKeys, text: string): Promise<ProjectFiles> => ({
    'playbooks/site.yml': play(file('x')),
    'homelab.yml': `notify:\n  - ntfy: ${await by.sealValue(text, 6)}drift:\n  ping: ${await by.sealValue(text, 4)}`,
  });

  test('and fits', async () => {
    expect(await mistakes(await settings(keys, 'https://open.lan/S3CRET'))).toEqual([]);
  });

  test('with the right identity', async () => {
    const found = await mistakes(await settings(await testKeys(), 'https://open.lan/S3CRET'));
    expect(found.map((one) => one.split(' ').slice(0, 2))).toEqual([
      [expect.stringMatching(/^homelab\.yml:2:/), 'secret/wrong-identity'],
      [expect.stringMatching(/^homelab\.yml:\d+:/), 'secret/wrong-identity'],
    ]);
  });

  test('and is told at its place where it does not fit, but not shown', async () => {
    const found = await mistakes(await settings(keys, 'S3CRET'));
    expect(found).toEqual([
      expect.stringMatching(/^homelab\.yml:2:\d+ project\/settings `notify\.0\.ntfy` of homelab\.yml holds/),
      expect.stringMatching(/^homelab\.yml:\d+:\d+ project\/settings `drift\.ping` of homelab\.yml holds/),
    ]);
    expect(found.join()).not.toContain('S3CRET');
  });
});
