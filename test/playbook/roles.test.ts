import { afterAll, describe, expect, test } from '@jest/globals';
import { EXAMPLE_SYSTEMS } from '../../src/core/example-systems.js';
import { FACT_EXAMPLES, type Facts } from '../../src/core/facts.js';
import type { HostPlay } from '../../src/core/item.js';
import { Secret } from '../../src/core/secret.js';
import { removeProjects, type ProjectFiles } from '../inventory/project-folder.js';
import { compile, compileFor, INVENTORY, mistakes, told, type Compiling } from './playbook-project.js';

afterAll(removeProjects);

/** A play for all hosts with these roles, the first one in line 4, its text in column 5. */
const play = (roles: string, more = ''): string =>
  `- name: P\n  hosts: all\n  roles:\n${roles.replaceAll(/^/gm, '    ')}\n${more}`;

/** The inventory with variables on top, which begin in line 3, column 3. */
const withVars = (vars: string, site: string): ProjectFiles => ({
  'site.yml': site,
  'inventory/hosts.yml': INVENTORY.replace('vars: {', 'vars: {').replace(
    /^vars: \{(.*)\}$/m,
    (_all, old: string) => `vars:\n  ${vars}\n  ${old.trim().replaceAll(/, (?=\w+:)/g, '\n  ')}`,
  ),
});

async function first(
  files: ProjectFiles | string,
  options?: Compiling & { readonly facts?: Facts; readonly host?: string },
): Promise<HostPlay> {
  const [found] = await compileFor(options?.host ?? 'dns1', files, options);
  if (found === undefined) throw new Error('no play');
  return found;
}

const paramsOf = ({ items }: HostPlay) => items.map(({ params }) => params as Record<string, unknown>);

describe('what a role asks for', () => {
  test('comes before the tasks, as items of its own at the place of its entry', async () => {
    const { items, actions } = await first(
      play(
        '- { role: greeting, text: Hi, tags: [hello] }',
        '  tasks: [{ file: { path: /x, content: y }, on_change: again }]\n  actions: { again: { service: { name: x, restart: true } } }\n',
      ),
    );
    expect(items.map(({ id, name, kind, source }) => [id, name, kind, source.line, source.column])).toEqual([
      ['p/greeting/motd-of-host-name', 'greeting: motd of {{host.name}}', 'file', 4, 7],
      ['p/file-x', 'file /x', 'file', 5, 11],
    ]);
    expect(items[0]).toMatchObject({
      params: { path: '/etc/motd', content: 'Hi', mode: '0644' },
      onChange: ['greeting: tell'],
      sensitive: true,
      guarded: false,
      skipReason: undefined,
      onFailure: 'stop',
    });
    expect([...actions].map(([key, { id, name }]) => [key, id, name])).toEqual([
      ['greeting: tell', 'p/greeting/tell', 'greeting: tell'],
      ['again', 'p/again', 'again'],
    ]);
  });

  test('is data: braces in it are no templates', async () => {
    const compiled = await first(play("- { role: greeting, text: '{{vars.domain}}', people: [bob] }"));
    expect(paramsOf(compiled).map(({ content }) => content)).toEqual([
      'lan',
      'dns1 of 3 on debian {{braces}}',
    ]);
  });

  test('two entries of a role have ids and actions of their own', async () => {
    const { items, actions } = await first(
      play(
        '- { role: greeting, text: a }\n- { role: greeting, text: b }',
        "  actions: { 'greeting: tell': { service: { name: x, restart: true } } }\n",
      ),
    );
    expect(items.map(({ id, onChange }) => [id, onChange])).toEqual([
      ['p/greeting/motd-of-host-name', ['greeting: tell-2']],
      ['p/greeting/motd-of-host-name-2', ['greeting: tell-3']],
    ]);
    expect([...actions.keys()]).toEqual(['greeting: tell-2', 'greeting: tell-3', 'greeting: tell']);
    expect([...actions].every(([key, { name }]) => key === name)).toBe(true);
  });

  test('is made of the facts of the host', async () => {
    const compiled = await first(play('- { role: greeting, text: "{{facts.os.name}}", people: [x] }'), {
      facts: EXAMPLE_SYSTEMS.alpine,
    });
    expect(paramsOf(compiled).map(({ content }) => content)).toEqual([
      'Alpine Linux v3.21',
      'dns1 of 3 on alpine {{braces}}',
    ]);
  });

  test.each<readonly [string, object]>([
    ['dns1', { name: 'dns1', address: '10.0.0.1', ports: [22], groups: ['dns'], via: [] }],
    ['nas', { name: 'nas', ports: [2222, 22], user: 'root', groups: [], via: ['dns1'] }],
  ])('is made of what the inventory says of all hosts: %s', async (host, expected) => {
    const files = {
      'site.yml': play('- mirror'),
      'inventory/hosts.yml':
        'groups: { dns: {} }\nhosts: { dns1: { address: 10.0.0.1, groups: [dns] }, nas: { via: dns1, port: [2222, 22], user: root } }\n',
    };
    const [params] = paramsOf(await first(files, { host, hosts: [host] }));
    expect(JSON.parse(String(params?.['content']))).toEqual({ host: expected, hosts: ['dns1', 'nas'] });
  });

  test('holds the secrets of its parameters', async () => {
    const setVars = new Map([['greeting', { password: new Secret('hush') }]]);
    const [, params] = paramsOf(await first(play('- { role: greeting, text: a }'), { setVars }));
    expect(params?.['content']).toBeInstanceOf(Secret);
  });
});

describe('parameters that are not written come from the variable of the role', () => {
  test.each<readonly [string, string, string, string, readonly unknown[]]>([
    ['a name alone', 'greeting: { text: Var }', '- greeting', 'dns1', ['Var', '0644']],
    [
      'key by key',
      "greeting: { text: Var, mode: '0600' }",
      '- { role: greeting, text: Play }',
      'dns1',
      ['Play', '0600'],
    ],
    [
      'a template in it',
      "greeting: { text: 'in {{vars.domain}}' }",
      '- greeting',
      'dns1',
      ['in lan', '0644'],
    ],
    ['nothing in it', 'greeting:', '- { role: greeting, text: Play }', 'dns1', ['Play', '0644']],
  ])('%s', async (_name, vars, roles, host, expected) => {
    const [params] = paramsOf(await first(withVars(vars, play(roles)), { host }));
    expect([params?.['content'], params?.['mode']]).toEqual(expected);
  });

  test('underscores stand for dashes, and the play is stronger than the inventory', async () => {
    const files = withVars(
      'web_server: { port: 81 }',
      play('- web-server\n- gate', '  vars: { web_server: { port: 82 } }\n'),
    );
    expect(paramsOf(await first(files)).at(-1)?.['content']).toBe('82 web of dns1');
    const setVars = new Map([['web_server', { port: 83 }]]);
    expect(paramsOf(await first(files, { setVars })).at(-1)?.['content']).toBe('83 web of dns1');
  });

  test.each<readonly [string, string, string, readonly string[]]>([
    [
      'an unknown one, at its own place',
      "greeting: { text: x, mdoe: '0600' }",
      '- greeting',
      ['inventory/hosts.yml:3:24 parameter: greeting: unknown key "mdoe" | Did you mean mode?'],
    ],
    [
      'a wrong value',
      "greeting: { text: x, mode: '9' }",
      '- greeting',
      ['inventory/hosts.yml:3:30 parameter: greeting: mode: must be octal | '],
    ],
    [
      'no mapping',
      'greeting: loud',
      '- greeting',
      [
        'inventory/hosts.yml:3:13 parameter: the variable "greeting" holds parameters of the role greeting, so it has to be a mapping | `homelab roles greeting` shows the parameters.',
      ],
    ],
    [
      'what the play writes instead',
      "greeting: { text: x, mode: '9' }",
      "- { role: greeting, mode: '0600' }",
      [],
    ],
    ['one of a role that nobody uses', 'greeting: { txt: x }', '- gate', []],
  ])('%s', async (_name, vars, roles, expected) => {
    expect(await mistakes(withVars(vars, play(roles)))).toEqual(expected);
  });

  test('what --set says wrong has the place of the entry', async () => {
    const setVars = new Map([['greeting', { text: 'x', mode: '9' }]]);
    expect(await mistakes(play('- greeting'), { setVars })).toEqual([
      '4:7 parameter: greeting (--set): mode: must be octal | ',
    ]);
  });
});

describe('mistakes are found before any host is asked', () => {
  test.each<readonly [string, string, readonly string[]]>([
    [
      'an unknown role',
      '- greting',
      ['4:7 unknown-role: there is no role "greting" | Did you mean greeting?'],
    ],
    [
      'an unknown role with parameters',
      '- { role: gat }',
      ['4:15 unknown-role: there is no role "gat" | Did you mean gate?'],
    ],
    [
      'no role',
      '- { text: a }',
      ['4:7 no-role: the entry names no role | Write `role: NAME`; `homelab roles` lists the roles.'],
    ],
    [
      'a role as a key',
      '- { greeting: { text: a } }',
      ['4:7 no-role: the entry names no role | Write `role: greeting`, and its parameters beside that.'],
    ],
    [
      'an unknown parameter',
      '- { role: greeting, txt: a }',
      ['4:25 parameter: unknown key "txt" | Did you mean text?'],
    ],
    [
      'a key that only an item has',
      '- { role: greeting, text: a, once: true }',
      ['4:34 parameter: unknown key "once" | Known keys: text, password, mode, people, role, when, tags.'],
    ],
    [
      'a key of the entry, mistyped',
      '- { role: greeting, text: a, tag: b }',
      ['4:34 parameter: unknown key "tag" | Did you mean tags?'],
    ],
    [
      'parameters, whatever else is wrong with the entry',
      "- { role: greeting, txt: a, tags: '{{x}}' }",
      [
        '4:25 parameter: unknown key "txt" | Did you mean text?',
        '4:39 schema: tags: tags are the same on every host, so not made by templates | ',
      ],
    ],
    ['a missing parameter', '- greeting', ['4:7 parameter: the key "text" is missing | It takes text.']],
    [
      'a wrong value',
      '- { role: greeting, text: a, mode: 9 }',
      ['4:40 parameter: mode: expected text, not a number | '],
    ],
    [
      'an undefined variable',
      "- { role: greeting, text: '{{vars.domian}}' }",
      ['4:34 render/undefined-variable: "vars.domian" is not defined | Did you mean vars.domain?'],
    ],
    [
      'a wrong condition',
      '- { role: gate, when: { os_famly: debian } }',
      ['4:29 unknown-condition: unknown key "os_famly" in a condition | Did you mean os_family?'],
    ],
    [
      'a change, which nothing before it can have made',
      '- { role: gate, when: { changed: x } }',
      ['4:29 unknown-id: no earlier item has the id "x" | Give the earlier item an `id`.'],
    ],
    [
      'what the kind of an item refuses',
      '- { role: picky, path: etc }',
      [
        '4:7 role/bad-item: the role picky asks for "a", which file refuses: path: has to be an absolute path | Look at the parameters of the role: homelab roles picky',
      ],
    ],
    [
      'what no system takes',
      '- { role: picky, level: 99 }',
      ['4:7 role/picky-level: level 99 is more than 12 has | Take less.'],
    ],
    ['what another system than the usual one takes', '- { role: picky, level: 13 }', []],
    ['a parameter that facts decide', "- { role: picky, level: '{{facts.cores}}' }", []],
    ['a value that facts decide wrongly', "- { role: picky, level: '{{facts.hostname}}' }", []],
  ])('%s', async (_name, roles, expected) => {
    expect(await mistakes(play(roles))).toEqual(expected);
  });

  test('also where `when` leaves the role out on every host', async () => {
    const site = play("- { role: greeting, mdoe: '{{', when: { host: nas } }").replace(
      'hosts: all',
      'hosts: dns',
    );
    expect(await mistakes(site)).toEqual([
      '4:25 parameter: unknown key "mdoe" | Did you mean mode?',
      '4:34 render/syntax: the template cannot be read: something is missing or misplaced here | Close every {{#block}} with {{/block}}. For braces that are no template, write \\{{ .',
    ]);
  });

  test('what is wrong on one host alone names it', async () => {
    expect(await mistakes(play("- { role: greeting, text: '{{vars.title}}' }"))).toEqual([
      '4:34 render/undefined-variable: "vars.title" is not defined (on dns2, nas) | Known there: domain, packages, port.',
    ]);
  });
});

describe('on a host whose facts are known', () => {
  test('kinds that only those bring are loaded then, for several hosts at once', async () => {
    const { plays, inventory } = await compile(play('- varied'));
    const compiled = await Promise.all(
      plays.flatMap((one) =>
        [...inventory.hosts.values()].map((host) => one.compile(host, EXAMPLE_SYSTEMS.alpine)),
      ),
    );
    expect(compiled.map(({ items }) => items.map(({ kind }) => kind))).toEqual([
      ['group'],
      ['group'],
      ['group'],
    ]);
  });

  const compileOn = (roles: string, facts: Facts) => () => first(play(roles), { facts });

  test('a role that is not for it fails', async () => {
    expect(await told(compileOn('- web-server', EXAMPLE_SYSTEMS.alpine))).toEqual([
      '4:7 role/not-supported: the role web-server is not for dns1: nothing serves there | Leave the host out with `when`, or with `hosts` of the play.',
    ]);
  });

  test('`when` avoids that', async () => {
    const roles = '- { role: web-server, when: { os_family: debian } }';
    expect((await first(play(roles), { facts: EXAMPLE_SYSTEMS.alpine })).items).toEqual([]);
    expect((await first(play(roles))).items).toHaveLength(1);
  });

  test('what a role itself has against it fails at its entry', async () => {
    expect(await told(compileOn('- { role: picky, level: 13 }', FACT_EXAMPLES))).toEqual([
      '4:7 role/picky-level: level 13 is more than 12 has | Take less.',
    ]);
  });

  test('a parameter that facts make wrong fails', async () => {
    expect(await told(compileOn("- { role: picky, level: '{{facts.hostname}}' }", FACT_EXAMPLES))).toEqual([
      '4:29 parameter: level: expected a number, not text | ',
    ]);
  });
});

describe('what other roles listen on', () => {
  const content = async (files: ProjectFiles | string, options?: Parameters<typeof first>[1]) =>
    paramsOf(await first(files, options)).find(({ path }) => path === '/etc/ports')?.['content'];

  const site = play('- gate\n- { role: web-server, port: 8080, tags: web }');

  test.each<readonly [string, ProjectFiles | string, Parameters<typeof first>[1], string]>([
    ['of the same play', site, {}, '8080 web of dns1'],
    [
      'whatever tags are chosen',
      site.replace('- gate', '- { role: gate, tags: gate }'),
      { tags: ['gate'] },
      '8080 web of dns1',
    ],
    [
      'of other plays',
      `${play('- gate')}${play('- web-server').replace('name: P', 'name: Q')}`,
      {},
      '80 web of dns1',
    ],
    [
      'not of plays for other hosts',
      `${play('- gate')}${play('- web-server').replace('name: P\n  hosts: all', 'name: Q\n  hosts: nas')}`,
      {},
      '',
    ],
    [
      'of playbooks that are not chosen',
      { 'site.yml': play('- gate'), 'web.yml': play('- web-server') },
      { projectPlaybooks: ['site.yml', './web.yml'] },
      '80 web of dns1',
    ],
    ['not where `when` leaves them out', play('- gate\n- { role: web-server, when: { host: nas } }'), {}, ''],
    [
      'not where they are not for the host',
      `${play('- gate')}${play('- { role: web-server, when: { not: { os_family: alpine } } }').replace('name: P', 'name: Q')}`,
      { facts: EXAMPLE_SYSTEMS.alpine },
      '',
    ],
    [
      'with the parameters of the variable',
      withVars('web_server: { port: 81 }', play('- gate\n- web-server')),
      {},
      '81 web of dns1',
    ],
  ])('%s', async (_name, files, options, expected) => {
    expect(await content(files, options)).toBe(expected);
  });

  test('mistakes in a playbook that is not chosen are told, where roles are used', async () => {
    const files = { 'site.yml': play('- gate'), 'web.yml': play('- { role: web-server, prot: 1 }') };
    const projectPlaybooks = ['site.yml', 'web.yml'];
    expect(await mistakes(files, { projectPlaybooks })).toEqual([
      'web.yml:4:27 parameter: unknown key "prot" | Did you mean port?',
    ]);
    const bare = { ...files, 'site.yml': '- { name: P, hosts: all }\n' };
    expect(await mistakes(bare, { projectPlaybooks })).toEqual([]);
  });
});

describe('which other roles there are', () => {
  test.each<readonly [string, ProjectFiles | string, Parameters<typeof first>[1], string]>([
    ['none', play('- gate'), {}, ''],
    [
      'of the same play and of others, each once',
      `${play('- gate\n- web-server')}${play('- web-server\n- mirror').replace('name: P', 'name: Q')}`,
      {},
      'web-server, mirror',
    ],
    ['not where `when` leaves them out', play('- gate\n- { role: mirror, when: { host: nas } }'), {}, ''],
    [
      'of playbooks that are not chosen',
      { 'site.yml': play('- gate'), 'web.yml': play('- mirror') },
      { projectPlaybooks: ['site.yml', './web.yml'] },
      'mirror',
    ],
  ])('%s', async (_name, files, options, expected) => {
    const params = paramsOf(await first(files, options));
    expect(params.find(({ path }) => path === '/etc/roles')?.['content']).toBe(expected);
  });
});

test('--tags and --skip-tags choose all items of a role', async () => {
  const site = play('- { role: greeting, text: a, tags: hello }\n- { role: web-server, tags: [web] }');
  expect((await first(site, { tags: ['web'] })).items.map(({ id }) => id)).toEqual(['p/web-server/server']);
  expect((await first(site, { skipTags: ['web'] })).items).toHaveLength(1);
  expect(await mistakes(site, { tags: ['wbe'] })).toEqual([
    'nowhere usage/unknown-tag: no item has the tag "wbe" | Did you mean web?',
  ]);
});
