import { afterAll, describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { removeProjects } from '../inventory/project-folder.js';
import { compile, compileFor, paramsFor } from './playbook-project.js';

afterAll(removeProjects);

/** A play for all hosts with these items and further keys. */
const play = (items: string, rest = ''): string =>
  `- name: My play\n  hosts: all\n${rest}  tasks:\n${items.replaceAll(/^/gm, '  ')}\n`;

const itemsFor = async (host: string, files: string, options = {}) =>
  (await compileFor(host, files, options))[0]?.items ?? [];

describe('plays', () => {
  test('are bound to the chosen hosts that they name, in the order of the inventory', async () => {
    const playbook = `
- { name: A, hosts: [nas, dns], serial: 2 }
- { name: B, hosts: ['!dns1'] }
- { name: C, hosts: dns2 }
`;
    const hostsOf = async (hosts: readonly string[]) =>
      (await compile(playbook, { hosts })).plays.map(
        (one) => `${one.name} ${one.serial}: ${one.hosts.join()}`,
      );
    expect(await hostsOf(['all'])).toEqual([
      'A 2: dns1,dns2,nas',
      'B undefined: dns2,nas',
      'C undefined: dns2',
    ]);
    expect(await hostsOf(['dns1'])).toEqual(['A 2: dns1', 'B undefined: ', 'C undefined: ']);
  });

  test('follow each other in the order of the files', async () => {
    const files = { 'b.yml': '- { name: B, hosts: all }', 'a.yml': '- { name: A, hosts: all }' };
    const { plays } = await compile(files, { playbooks: ['b.yml', 'a.yml'] });
    expect(plays.map((one) => one.name)).toEqual(['B', 'A']);
  });
});

describe('names and ids', () => {
  test.each<readonly [items: string, expected: readonly string[]]>([
    ['- { name: Base packages, package: { names: [vim] } }', ['my-play/base-packages Base packages']],
    ['- package: { names: [vim, tmux] }', ['my-play/package-vim-tmux package vim, tmux']],
    ['- file: { path: /etc/motd, content: x }', ['my-play/file-etc-motd file /etc/motd']],
    ['- service: { name: ssh, enabled: true }', ['my-play/service-ssh-service service ssh.service']],
    ['- command: { argv: ["true"], always: true }', ['my-play/command command']],
    ['- { id: one, name: Two, package: { names: [vim] } }', ['my-play/one Two']],
    ["- { name: 'Für {{host.name}}', package: { names: [vim] } }", ['my-play/für-dns1 Für dns1']],
    ['- { name: "!", package: { names: [vim] } }', ['my-play/package !']],
    [
      '- { name: A, package: { names: [vim] } }\n- { name: a, package: { names: [tmux] } }',
      ['my-play/a A', 'my-play/a-2 a'],
    ],
    [
      "- { name: 'Of {{item}}', package: { names: ['{{item}}'] }, each: [vim, tmux] }",
      ['my-play/of-vim Of vim', 'my-play/of-tmux Of tmux'],
    ],
    [
      "- { id: p, package: { names: ['{{item}}'] }, each: '{{vars.packages}}' }",
      ['my-play/p package htop', 'my-play/p-2 package tmux'],
    ],
    ["- { package: { names: ['{{item}}'] }, each: [] }", []],
  ])('%s', async (items, expected) => {
    const found = await itemsFor('dns1', play(items));
    expect(found.map(({ id, name }) => `${id} ${name}`)).toEqual(expected);
  });

  test('two plays of one name do not share ids', async () => {
    const one = '- { name: P, hosts: all, tasks: [{ name: a, package: { names: [vim] } }] }\n';
    const plays = await compileFor('dns1', one + one);
    expect(plays.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(['p/a', 'p-2/a']);
  });
});

describe('parameters', () => {
  test.each<readonly [name: string, item: string, expected: unknown]>([
    [
      'a value alone keeps its type',
      "- group: { name: web, gid: '{{vars.port}}' }",
      { name: 'web', gid: 53, system: false, state: 'present' },
    ],
    ['a list too', "- package: { names: '{{vars.packages}}' }", { names: ['htop', 'tmux'] }],
    [
      'within a text it becomes text',
      "- file: { path: '/{{vars.port}}', content: '{{host.name}}.{{vars.domain}} {{json vars.packages}}' }",
      { path: '/53', content: 'dns1.lan ["htop","tmux"]' },
    ],
    [
      'an element of `each` may be a mapping',
      "- { file: { path: '/{{item.name}}', content: '{{item.text}}' }, each: [{ name: a, text: '{{vars.title}}' }] }",
      { path: '/a', content: 'One' },
    ],
    [
      'what comes out of a variable is no template',
      "- file: { path: /a, content: '{{vars.port}} \\{{x}}' }",
      { content: '53 {{x}}' },
    ],
    [
      '`validate` keeps its candidate',
      "- file: { path: /a, content: x, validate: [sh, -n, '{{candidate}}', '{{host.name}}'] }",
      { validate: ['sh', '-n', '{{candidate}}', 'dns1'] },
    ],
    [
      'facts',
      "- file: { path: /a, content: '{{facts.os.family}} {{facts.cores}}' }",
      { content: 'debian 2' },
    ],
    [
      'the members of a group and of all',
      "- file: { path: /a, content: '{{#each groups.dns}}{{name}}={{address}}:{{vars.port}} {{/each}}{{#each groups.all}}{{name}},{{/each}}' }",
      { content: 'dns1=10.0.0.1:53 dns2=10.0.0.2:53 dns1,dns2,nas,' },
    ],
  ])('%s', async (_name, item, expected) => {
    const [params] = await paramsFor('dns1', play(item), { hosts: ['dns1'] });
    expect(params).toMatchObject(expected as object);
  });

  test('a template is rendered for its host, with its own variables beside the others', async () => {
    const files = {
      'site.yml': play("- template: { path: /a, template: sub/page, vars: { title: '{{vars.port}}' } }"),
      'templates/sub/page.hbs': '{{> head.hbs}}\n{{host.name}} {{title}} {{facts.arch}}\n',
      'templates/head.hbs': '# {{vars.domain}}\n',
    };
    const [params] = await paramsFor('dns2', files, { hosts: ['dns'] });
    expect(params).toMatchObject({ content: '# lan\ndns2 53 amd64\n' });
  });

  test('a file of the project is its bytes', async () => {
    const files = { 'site.yml': play('- file: { path: /a, source: files/a }'), 'files/a': '{{no template}}' };
    const [params] = await paramsFor('nas', files);
    expect((params as { content: Uint8Array }).content).toEqual(Buffer.from('{{no template}}'));
  });
});

describe('variables', () => {
  const item = "- file: { path: /a, content: 'port {{vars.port}}' }";
  const vars = '  vars: { port: 80 }\n';
  test.each([
    ['of the inventory', play(item), undefined, 'port 53'],
    ['of the play are stronger', play(item, vars), undefined, 'port 80'],
    ['of the command line are strongest', play(item, vars), new Map([['port', 90]]), 'port 90'],
  ])('%s', async (_name, playbook, setVars, expected) => {
    const options = { hosts: ['dns1'], ...(setVars === undefined ? {} : { setVars }) };
    expect(await paramsFor('dns1', playbook, options)).toMatchObject([{ content: expected }]);
  });

  test('of one play are none of the next', async () => {
    const [, second] = await compileFor('dns1', play(item, vars) + play(item), { hosts: ['dns1'] });
    expect(second?.items[0]?.params).toMatchObject({ content: 'port 53' });
  });
});

describe('when', () => {
  const alpine = { ...FACT_EXAMPLES, os: { ...FACT_EXAMPLES.os, family: 'alpine' } };

  test.each([
    ['{ os_family: debian }', FACT_EXAMPLES, undefined],
    ['{ os_family: debian }', alpine, '`when` does not match'],
    ['{ group: dns }', FACT_EXAMPLES, undefined],
    ['{ group: storage }', FACT_EXAMPLES, '`when` does not match'],
    ['{ vars.port: 53, not: { host: dns2 } }', FACT_EXAMPLES, undefined],
  ])('%s', async (when, facts, reason) => {
    const playbook = play(`- { name: Vim, package: { names: [vim] }, when: ${when} }`);
    const [item] = await itemsFor('dns1', playbook, { hosts: ['dns1'], facts });
    expect(item).toMatchObject({ id: 'my-play/vim', name: 'Vim', kind: 'package' });
    expect(item?.skipReason).toBe(reason);
    expect(item?.condition).toBeUndefined();
  });

  test('what does not apply to a host is not looked at for it', async () => {
    const playbook = play(
      "- { file: { path: '{{vars.title}}', mode: '{{vars.mode}}' }, when: { group: storage, host: dns1 } }",
    );
    const [item] = await itemsFor('nas', playbook);
    expect(item?.skipReason).toBeDefined();
    expect(item?.params).toBeUndefined();
  });

  test('asks about earlier items, and each element of theirs counts', async () => {
    const playbook = play(
      "- { id: conf, package: { names: ['{{item}}'] }, each: [vim, tmux] }\n" +
        '- { package: { names: [git] }, when: { changed: conf } }\n' +
        '- { package: { names: [git] }, when: { not: { changed: conf }, os_family: debian } }',
    );
    const items = await itemsFor('nas', playbook);
    const [, , ifChanged, unlessChanged] = items.map((item) => item.condition);
    const answers = (changed: readonly string[]) =>
      [ifChanged, unlessChanged].map((question) => question?.((id) => changed.includes(id)));
    expect(answers([])).toEqual([false, true]);
    expect(answers(['my-play/conf-2'])).toEqual([true, false]);
  });

  test('an id of an item that is left out by its tags never changes', async () => {
    const playbook = play(
      '- { id: one, package: { names: [vim] }, tags: a }\n' +
        '- { package: { names: [git] }, when: { changed: one }, tags: b }',
    );
    const items = await itemsFor('nas', playbook, { tags: ['b'] });
    expect(items).toHaveLength(1);
    expect(items[0]?.condition?.((id) => id !== 'my-play/one')).toBe(false);
  });
});

describe('once', () => {
  const playbook = play(
    '- { package: { names: [vim] }, once: true }\n- { package: { names: [git] }, once: false }',
  );
  const reasons = async (host: string, hosts: readonly string[]) =>
    (await itemsFor(host, playbook, { hosts })).map((item) => item.skipReason);

  test.each<[string, readonly string[], string | undefined]>([
    ['dns1', ['all'], undefined],
    ['dns2', ['all'], '`once`: it is done on dns1'],
    ['nas', ['dns2', 'nas'], '`once`: it is done on dns2'],
    ['nas', ['nas'], undefined],
  ])('on %s where %j are chosen: %p', async (host, hosts, reason) => {
    expect(await reasons(host, hosts)).toEqual([reason, undefined]);
  });

  test('an item of which the first host says nothing is done nowhere', async () => {
    const items = play('- { package: { names: [vim] }, once: true, when: { host: nas } }');
    const [first, other] = [await itemsFor('dns1', items), await itemsFor('nas', items)];
    expect([first[0]?.skipReason, other[0]?.skipReason]).toEqual([
      '`when` does not match',
      '`once`: it is done on dns1',
    ]);
  });
});

describe('the other keys of an item', () => {
  test('defaults', async () => {
    const [item] = await itemsFor('nas', play('- package: { names: [vim] }'));
    expect(item).toMatchObject({
      kind: 'package',
      sensitive: false,
      onFailure: 'stop',
      onChange: [],
      source: { file: 'site.yml', line: 4, column: 5 },
    });
    expect(item?.retry).toBeUndefined();
  });

  test.each<readonly [keys: string, expected: object]>([
    ['sensitive: true', { sensitive: true }],
    ['retry: { times: 3 }', { retry: { times: 3, delayMs: 1000 } }],
    ['retry: { times: 2, delay: 0.5 }', { retry: { times: 2, delayMs: 500 } }],
    ['on_failure: continue', { onFailure: 'continue' }],
    ['on_change: restart ssh', { onChange: ['restart ssh'] }],
    ['on_change: [restart ssh]', { onChange: ['restart ssh'] }],
  ])('%s', async (keys, expected) => {
    const actions = '  actions: { restart ssh: { service: { name: ssh, restart: true } } }\n';
    const playbook = play(`- { file: { path: /a, content: x }, ${keys} }`, actions);
    expect((await itemsFor('nas', playbook))[0]).toMatchObject(expected);
  });

  test('a parameter makes an item sensitive as well', async () => {
    const [item] = await itemsFor('nas', play('- file: { path: /a, content: x, sensitive: true }'));
    expect(item?.sensitive).toBe(true);
  });
});

describe('tags', () => {
  const playbook = play(
    '- { name: a, package: { names: [vim] }, tags: base }\n' +
      '- { name: b, package: { names: [vim] }, tags: [base, web] }\n' +
      '- { name: c, package: { names: [vim] } }',
  );
  test.each([
    [{}, 'abc'],
    [{ tags: ['base'] }, 'ab'],
    [{ tags: ['web', 'base'] }, 'ab'],
    [{ skipTags: ['web'] }, 'ac'],
    [{ tags: ['base'], skipTags: ['web'] }, 'a'],
  ])('%j: %s', async (options, expected) => {
    const items = await itemsFor('nas', playbook, options);
    expect(items.map((item) => item.name).join('')).toBe(expected);
  });
});

describe('actions', () => {
  test('keep their name when they are made of what an item prints', async () => {
    const actions =
      '  actions: { tell it: { command: { argv: [echo, "{{results.now.stdout}}"], always: true } } }\n';
    const playbook = play(
      '- { id: now, command: { argv: [date], always: true }, on_change: tell it }',
      actions,
    );
    const [host] = await compileFor('dns1', playbook);
    const action = host?.actions.get('tell it');
    expect(action?.name).toBe('tell it');
    const whole = await action?.late?.complete(new Map([['now', { stdout: 'noon', stderr: '', code: 0 }]]));
    expect(whole).toMatchObject({ name: 'tell it', params: { argv: ['echo', 'noon'] } });
  });

  const playbook = `
- name: P
  hosts: all
  actions:
    reload: { service: { name: ssh, reload: true } }
    restart: { service: { name: '{{vars.unit}}', restart: true }, sensitive: true }
    rebuild: { command: { argv: [rc-update] }, when: { init: openrc } }
  vars: { unit: nginx }
  tasks:
    - { package: { names: [vim] }, on_change: [rebuild, restart], name: reload }
`;
  test('are known by their names, in their written order; one whose `when` does not match is none', async () => {
    const [host] = await compileFor('nas', playbook.replace('[rc-update]', '[rc-update], always: true'));
    expect([...(host?.actions ?? [])].map(([name, { id, params }]) => [name, id, params])).toMatchObject([
      ['reload', 'p/reload-2', { name: 'ssh.service', reload: true }],
      ['restart', 'p/restart', { name: 'nginx.service', restart: true }],
    ]);
    expect(host?.actions.get('restart')?.sensitive).toBe(true);
  });
});
