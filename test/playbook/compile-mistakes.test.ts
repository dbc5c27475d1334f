import { afterAll, describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { removeProjects } from '../inventory/project-folder.js';
import { compileFor, mistakes, told } from './playbook-project.js';

afterAll(removeProjects);

const TEMPLATES = {
  'templates/motd.hbs': 'Welcome to\n{{host.nme}} in {{vars.domain}}\n{{#if vars.quiet}}x{{/if}}\n',
  'templates/good.hbs': '{{host.name}}\n',
  'files/backup.sh': 'exit\n',
};

/** A play for all hosts with these items, the first one in line 4, their text in column 5. */
const play = (items: string): string =>
  `- name: P\n  hosts: all\n  tasks:\n${items.replaceAll(/^/gm, '  ')}\n`;

const SEEN =
  'a secret cannot stand here, where it would be seen | Secrets go where nothing shows them: content of files, templates, `stdin` and `env` of a command, a password hash, an address to download from.';

type Case = readonly [name: string, items: string, expected: readonly string[]];

describe('parameters', () => {
  test.each<Case>([
    [
      'a key',
      '- file: { path: /a, contnt: x }',
      ['4:23 parameter: unknown key "contnt" | Did you mean content?'],
    ],
    [
      'values',
      "- file: { path: a, content: x, mode: '9' }",
      [
        '4:19 parameter: path: has to be an absolute path | ',
        "4:40 parameter: mode: must be octal digits in quotes, e.g. '0644' | ",
      ],
    ],
    [
      'a word that is near',
      '- file: { path: /a, state: abesnt }',
      ['4:30 parameter: state: expected present or absent, not "abesnt" | Did you mean absent?'],
    ],
    ['no mapping', '- file: /a', ['4:11 parameter: expected a mapping, not text | ']],
    ['nothing', '- file:', ['4:5 parameter: the key "path" is missing | It takes text.']],
    [
      'a value that is wrong on one host',
      "- file: { path: '{{vars.title}}', content: x }",
      [
        '4:19 parameter: path: has to be an absolute path (on dns1) | ',
        '4:22 render/undefined-variable: "vars.title" is not defined (on dns2, nas) | Known there: domain, packages, port.',
      ],
    ],
    [
      'a restart as an item',
      '- service: { name: ssh, restart: true }',
      [
        '4:14 action-as-item: a restart, a reload or a reboot is not a state: as an item it would be done on every run | ' +
          'Write it under `actions` of the play and name it in `on_change` of what it depends on, or give it `when: { changed: ID }`.',
      ],
    ],
  ])('%s', async (_name, items, expected) => {
    expect(await mistakes(play(items))).toEqual(expected);
  });
});

describe('names in texts', () => {
  test.each<Case>([
    [
      'a variable',
      "- file: { path: /a, content: 'x {{vars.domian}}' }",
      ['4:37 render/undefined-variable: "vars.domian" is not defined | Did you mean vars.domain?'],
    ],
    [
      'in a text of several lines',
      '- file:\n    path: /a\n    content: |\n      one\n      {{vars.domian}} {{nope}}',
      [
        '8:11 render/undefined-variable: "vars.domian" is not defined | Did you mean vars.domain?',
        '8:27 render/undefined-variable: "nope" is not defined | Known there: host, facts, groups, vars.',
      ],
    ],
    [
      'in the name and in a parameter',
      "- name: 'Of {{vars.nme}}'\n  file: { path: '/{{vars.domian}}', content: x }",
      [
        '4:17 render/undefined-variable: "vars.nme" is not defined | Known there: domain, packages, port, title.',
        '5:23 render/undefined-variable: "vars.domian" is not defined | Did you mean vars.domain?',
      ],
    ],
    [
      'a variable that one host lacks',
      "- file: { path: '/{{vars.port}}', content: x }",
      [
        '4:23 render/undefined-variable: "vars.port" is not defined (on nas) | Known there: domain, packages.',
      ],
    ],
    [
      'a fact',
      "- file: { path: /a, content: '{{facts.os.nam}}' }",
      ['4:35 render/undefined-variable: "facts.os.nam" is not defined | Did you mean facts.os.name?'],
    ],
    [
      'what earlier items printed',
      "- file: { path: /a, content: '{{results.x.stdout}}' }",
      [
        '4:35 render/undefined-variable: "results.x.stdout" is not defined | Known there: host, facts, groups, vars.',
      ],
    ],
    [
      'what a sensitive item will have printed, where it would be seen',
      '- { id: a, sensitive: true, command: { argv: [x], always: true } }\n' +
        '- { id: b, command: { argv: [x], always: true, sensitive: true } }\n' +
        "- file: { path: '/{{results.a.stdout}}', content: '{{results.b.stdout}}' }\n" +
        "- command: { shell: 'x {{results.b.stderr}}', always: true }",
      [`6:19 parameter: path: ${SEEN}`, `7:23 parameter: shell: ${SEEN}`],
    ],
    [
      'a candidate outside of `validate`',
      "- file: { path: /a, content: '{{candidate}}', validate: [sh, -n, '{{candidat}}'] }",
      [
        '4:35 render/undefined-variable: "candidate" is not defined | Known there: host, facts, groups, vars.',
      ],
    ],
    [
      'in `validate`',
      "- file: { path: /a, content: x, validate: [sh, '{{candidate}}', '{{candidat}}'] }",
      ['4:70 render/undefined-variable: "candidat" is not defined | Did you mean candidate?'],
    ],
    [
      'an item where there is no `each`',
      "- package: { names: ['{{item}}'] }",
      ['4:27 render/undefined-variable: "item" is not defined | Known there: host, facts, groups, vars.'],
    ],
    [
      'braces without quotes',
      '- file: { path: /a, content: {{vars.domain}} }',
      [
        '4:33 yaml/syntax: {{ without quotes is a mapping in YAML | A value that begins with {{ needs quotes.',
      ],
    ],
  ])('%s', async (_name, items, expected) => {
    expect(await mistakes(play(items))).toEqual(expected);
  });
});

describe('variables that no item reads', () => {
  const known = 'Known there: domain, packages, port, title, one, two';
  test.each<readonly [name: string, vars: string, expected: readonly string[]]>([
    [
      'each is looked at',
      "{ one: '{{vars.a1}}', two: 'x {{vars.b2}}' }",
      [
        `1:33 render/undefined-variable: "vars.a1" is not defined | ${known}.`,
        `1:53 render/undefined-variable: "vars.b2" is not defined | ${known}.`,
      ],
    ],
    [
      'made of themselves: one mistake, however many hosts and variables',
      "{ one: '{{vars.two}}', two: '{{vars.one}}' }",
      [
        '1:33 variable-circle: the variable "one" is made of itself: one -> two -> one | Give one of them a value of its own.',
      ],
    ],
  ])('%s', async (_name, vars, expected) => {
    expect(await mistakes(`- {name: P, hosts: all, vars: ${vars}}`)).toEqual(expected);
  });

  test('in the inventory, on the hosts that have it', async () => {
    const hosts = "hosts: { a: { vars: { x: '{{vars.y}}' } }, b: {} }";
    expect(await mistakes({ 'inventory/hosts.yml': hosts, 'site.yml': '- {name: P, hosts: all}' })).toEqual([
      'inventory/hosts.yml:1:23 render/undefined-variable: "vars.y" is not defined (on a) | Known there: x.',
    ]);
  });
});

describe('each and when', () => {
  test.each<Case>([
    [
      'no list',
      "- package: { names: ['{{item}}'] }\n  each: '{{vars.domain}}'",
      [
        '5:11 each-no-list: `each` takes a list, or {{vars.NAME}} of a variable that holds one | ' +
          'Write [a, b], or the variable alone in quotes.',
      ],
    ],
    [
      'a list that does not exist',
      "- package: { names: ['{{item}}'] }\n  each: '{{vars.pakages}}'",
      ['5:14 render/undefined-variable: "vars.pakages" is not defined | Did you mean vars.packages?'],
    ],
    [
      'every element, each mistake once',
      "- package: { names: ['{{item.nme}}', '{{itm}}'] }\n  each: [{ name: vim }, { name: tmux }]",
      [
        '4:27 render/undefined-variable: "item.nme" is not defined | Did you mean item.name?',
        '4:43 render/undefined-variable: "itm" is not defined | Did you mean item?',
      ],
    ],
    [
      'a key, an id and a group in `when`',
      '- package: { names: [vim] }\n  id: one\n- package: { names: [tmux] }\n  when: { changed: on, os_famly: debian, group: dnss }',
      [
        '7:13 unknown-id: no earlier item has the id "on" | Did you mean one?',
        '7:26 unknown-condition: unknown key "os_famly" in a condition | Did you mean os_family?',
        '7:44 unknown-group: there is no group "dnss" in the inventory | Did you mean dns?',
      ],
    ],
    [
      'a later id',
      '- package: { names: [vim] }\n  when: { changed: one }\n- package: { names: [tmux] }\n  id: one',
      ['5:13 unknown-id: no earlier item has the id "one" | Give the earlier item an `id`.'],
    ],
  ])('%s', async (_name, items, expected) => {
    expect(await mistakes(play(items))).toEqual(expected);
  });
});

describe('files and templates', () => {
  test.each<Case>([
    [
      'no such file',
      '- file: { path: /a, source: files/bakup.sh }',
      ['4:31 missing-file: cannot read files/bakup.sh (ENOENT) | Did you mean files/backup.sh?'],
    ],
    [
      'out of the project',
      '- file: { path: /a, source: ../x }',
      [
        '4:31 outside-project: ../x is outside of the project | Copy the file into the project and name it relative to that.',
      ],
    ],
    [
      'no such template',
      '- template: { path: /a, template: god.hbs }',
      [
        '4:37 missing-template: there is no template "god.hbs" in templates/ | Did you mean good.hbs or motd.hbs?',
      ],
    ],
    [
      'a name made of a variable has its place too',
      "- template: { path: /a, template: '{{vars.domain}}.hbs' }",
      [
        '4:37 missing-template: there is no template "lan.hbs" in templates/ | Templates are the files of that folder of the project.',
      ],
    ],
    [
      'inside a template: its own place',
      '- template: { path: /a, template: motd.hbs }',
      [
        'templates/motd.hbs:2:3 render/undefined-variable: "host.nme" is not defined | Did you mean host.name?',
        'templates/motd.hbs:3:7 render/undefined-variable: "vars.quiet" is not defined | Known there: domain, packages, port, title.',
      ],
    ],
  ])('%s', async (_name, items, expected) => {
    expect(await mistakes({ ...TEMPLATES, 'site.yml': play(items) })).toEqual(expected);
  });
});

describe('hosts of a play', () => {
  test.each<readonly [hosts: string, expected: readonly string[]]>([
    [
      'dns3',
      ['1:20 inventory/unknown-host: "dns3" matches no host and no group | Did you mean dns, dns1 or dns2?'],
    ],
    [
      "[dns1, '!storag', 'web-*']",
      [
        '1:27 inventory/unknown-host: "storag" matches no host and no group | Did you mean storage?',
        '1:38 inventory/unknown-host: "web-*" matches no host and no group | `homelab inventory list` shows the hosts and their groups.',
      ],
    ],
    [
      "[dns, '!dns1', '!dns2']",
      [
        '1:20 inventory/no-hosts: no host is left of "dns, !dns1, !dns2" | `homelab inventory list` shows the hosts and their groups.',
      ],
    ],
    [
      "[all, '!all']",
      [
        '1:20 inventory/no-hosts: no host is left of "all, !all" | `homelab inventory list` shows the hosts and their groups.',
      ],
    ],
    [
      "'dns['",
      [
        '1:20 pattern: the host pattern "dns[" cannot be used: a [ has no ] behind it | ' +
          'Write a name, a group, a glob such as web-*, all, or one of these behind !.',
      ],
    ],
  ])('%s', async (hosts, expected) => {
    expect(await mistakes(`- {name: P, hosts: ${hosts}}`)).toEqual(expected);
  });
});

test('a tag is no template', async () => {
  expect(await mistakes(play("- { package: { names: [vim] }, tags: [a, '{{vars.domain}}'] }"))).toEqual([
    '4:44 schema: tags[1]: tags are the same on every host, so not made by templates | ',
  ]);
});

describe('tags of the command line', () => {
  const tagged = '- { name: P, hosts: all, tasks: [{ package: { names: [vim] }, tags: [base, web] }] }';
  test.each([
    [
      'near',
      tagged,
      { tags: ['bse'] },
      ['nowhere usage/unknown-tag: no item has the tag "bse" | Did you mean base?'],
    ],
    [
      'several',
      tagged,
      { tags: ['zzzz'], skipTags: ['wbe'] },
      [
        'nowhere usage/unknown-tag: no item has the tag "zzzz" | Tags: base, web.',
        'nowhere usage/unknown-tag: no item has the tag "wbe" | Did you mean web?',
      ],
    ],
    [
      'none at all',
      '- { name: P, hosts: all }',
      { tags: ['base'] },
      ['nowhere usage/unknown-tag: no item has the tag "base" | Nothing has tags.'],
    ],
  ])('%s', async (_name, playbook, options, expected) => {
    expect(await mistakes(playbook, options)).toEqual(expected);
  });
});

test('only the chosen hosts are looked at', async () => {
  const playbook = play("- file: { path: '/{{vars.port}}', content: x }");
  expect(await mistakes(playbook, { hosts: ['dns'] })).toEqual([]);
  expect(await mistakes(playbook, { hosts: ['nas'] })).toHaveLength(1);
});

test('what only a fact makes wrong is found once the fact is known, each mistake once', async () => {
  const playbook = play("- file: { path: '{{facts.hostname}}', content: '{{item}}' }\n  each: [a, b]");
  const facts = { ...FACT_EXAMPLES, hostname: 'no-path' };
  expect(await mistakes(playbook)).toEqual([]);
  expect(await told(() => compileFor('nas', playbook, { facts }))).toEqual([
    '4:19 parameter: path: has to be an absolute path | ',
  ]);
});
