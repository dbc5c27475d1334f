import { afterAll, describe, expect, test } from '@jest/globals';
import { SecretOpener } from '../../src/secrets/secret-opener.js';
import { loadPlaybooks } from '../../src/playbook/load-playbooks.js';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { KINDS, mistakes } from './playbook-project.js';

afterAll(removeProjects);

type Case = readonly [name: string, playbook: string, expected: readonly string[]];

describe('mistakes of a play', () => {
  test.each<Case>([
    [
      'a key',
      '- { name: P, hosts: all, serail: 2 }',
      ['1:26 schema: unknown key "serail" | Did you mean serial?'],
    ],
    ['no name', '- { nam: P, hosts: all }', ['1:5 schema: unknown key "nam" | Did you mean name?']],
    ['no list', 'name: P', ['1:1 schema: expected a list, not a mapping | ']],
    ['a play that is text', '- P', ['1:3 schema: expected a mapping, not text | ']],
    [
      'tasks that are no list',
      '- { name: P, hosts: all, tasks: {} }',
      ['1:33 schema: tasks: expected a list, not a mapping | '],
    ],
    ['a number', '- { name: P, hosts: all, serial: 0 }', ['1:34 schema: serial: must be at least 1 | ']],
    [
      'a variable that no template could name',
      '- { name: P, hosts: all, vars: { my-port: 1 } }',
      ['1:34 variable-name: "my-port" cannot be the name of a variable | Write my_port.'],
    ],
    [
      'YAML itself',
      '- { name: P, hosts: all, name: Q }',
      ['1:26 yaml/syntax: the key "name" is given twice | It is first given at site.yml:1:5.'],
    ],
  ])('%s', async (_name, playbook, expected) => {
    expect(await mistakes(playbook)).toEqual(expected);
  });
});

describe('mistakes of an item', () => {
  test.each<Case>([
    ['a kind', '- fiel: { path: /a }', ['4:5 unknown-key: unknown kind or key "fiel" | Did you mean file?']],
    [
      'a key',
      '- { package: { names: [vim] }, wen: { arch: amd64 } }',
      ['4:34 unknown-key: unknown kind or key "wen" | Did you mean when?'],
    ],
    [
      'nothing near',
      '- zookeeper: {}',
      ['4:5 unknown-key: unknown kind or key "zookeeper" | `homelab tasks` lists the kinds.'],
    ],
    [
      'two kinds',
      '- file: { path: /a, content: x }\n  group: { name: a }',
      ['5:5 two-kinds: an item has one kind, this one has file and group | Write two items.'],
    ],
    [
      'no kind, and its keys are checked all the same',
      '- name: Nothing\n  retry: { times: 0 }\n  on_failure: contnue',
      [
        '4:5 no-kind: the item has no kind (file, package, service, …) | `homelab tasks` lists the kinds.',
        '5:21 schema: retry.times: must be at least 1 | ',
        '6:17 schema: on_failure: expected stop or continue, not "contnue" | Did you mean continue?',
      ],
    ],
    [
      'an action that does not exist',
      '- package: { names: [vim] }\n  on_change: [restrat ssh]\n- package: { names: [tmux] }\n  on_change: reload',
      [
        '5:17 unknown-action: the play has no action "restrat ssh" | Did you mean restart ssh?',
        '7:16 unknown-action: the play has no action "reload" | Write it under `actions` of the play.',
      ],
    ],
    [
      'an id that is given twice',
      '- { id: one, package: { names: [vim] } }\n- { id: one, package: { names: [tmux] } }',
      ['5:11 duplicate-id: the id "one" is given twice in this play | It is first given at site.yml:4:11.'],
    ],
    [
      'an id given twice by an item that is wrong itself',
      '- { id: one, pakage: { names: [vim] } }\n- { id: one, package: { names: [tmux] } }',
      [
        '4:16 unknown-key: unknown kind or key "pakage" | Did you mean package?',
        '5:11 duplicate-id: the id "one" is given twice in this play | It is first given at site.yml:4:11.',
      ],
    ],
    [
      'an id that is no word',
      '- { id: a b, package: { names: [vim] } }',
      ['4:11 schema: id: letters, digits, dots, dashes and underscores | '],
    ],
  ])('%s', async (_name, items, expected) => {
    const actions = 'actions: { restart ssh: { service: { name: ssh, restart: true } } }';
    expect(await mistakes(`- name: P\n  hosts: all\n  tasks:\n${indented(items)}\n  ${actions}`)).toEqual(
      expected,
    );
  });

  test('an action has no keys of an item, and runs only because something changed', async () => {
    const playbook = `
- name: P
  hosts: all
  actions:
    one:
      service: { name: ssh, restart: true }
      each: [a]
      retry: { times: 2 }
      when: { arch: amd64, not: { changed: x } }
    two:
      servic: { name: ssh }
`;
    const hint =
      'Actions run once, in their written order, when an item that names them in `on_change` has changed something.';
    expect(await mistakes(playbook)).toEqual([
      `7:7 not-in-action: an action has no "each" | ${hint}`,
      `8:7 not-in-action: an action has no "retry" | ${hint}`,
      `9:35 not-in-action: an action has no "changed" | ${hint}`,
      '11:7 unknown-key: unknown kind or key "servic" | Did you mean service?',
    ]);
  });
});

/** The items of a play, each line two columns in. */
function indented(items: string): string {
  return items.replaceAll(/^/gm, '  ');
}

describe('all files', () => {
  test('everything that is wrong, in the order the files are given and of the places in them', async () => {
    const files = {
      'b.yml': '- { name: B, hosts: dsn }\n- { name: B2, hosts: all, taks: [] }\n',
      'a.yml':
        "- name: A\n  hosts: all\n  tasks:\n    - file: { path: '{{vars.x}}', content: '' }\n    - fil: {}\n",
    };
    expect(await mistakes(files, { playbooks: ['b.yml', 'a.yml', 'gone.yml'] })).toEqual([
      'nowhere yaml/unreadable: cannot read gone.yml (ENOENT) | Check that the file exists and that you may read it.',
      'b.yml:1:21 inventory/unknown-host: "dsn" matches no host and no group | Did you mean dns, dns1 or dns2?',
      'b.yml:2:27 schema: unknown key "taks" | Did you mean tasks or vars?',
      'a.yml:4:24 render/undefined-variable: "vars.x" is not defined | Known there: domain, packages, port, title.',
      'a.yml:5:7 unknown-key: unknown kind or key "fil" | Did you mean file?',
    ]);
  });

  test('items of a play with a wrong key are checked too', async () => {
    const playbook = '- name: P\n  host: all\n  tasks:\n    - fiel: {}\n';
    expect((await mistakes(playbook)).at(-1)).toBe(
      '4:7 unknown-key: unknown kind or key "fiel" | Did you mean file?',
    );
  });

  test('an item that is wrong still has its id', async () => {
    const playbook =
      '- name: P\n  hosts: all\n  tasks:\n    - { id: one, fiel: {} }\n    - { package: { names: [vim] }, when: { changed: one } }\n';
    expect(await mistakes(playbook)).toEqual([
      '4:18 unknown-key: unknown kind or key "fiel" | Did you mean file?',
    ]);
  });
});

const load = (text: string) =>
  loadPlaybooks(makeProject({ 'site.yml': text }), ['site.yml'], {
    kinds: KINDS,
    secrets: new SecretOpener(),
  });

describe('what is loaded', () => {
  test('an empty file has no plays, a play may be empty', async () => {
    expect(await load('# nothing yet\n')).toEqual({ plays: [], errors: [] });
    const { plays, errors } = await load('- name: P\n  hosts: all\n  vars:\n  tasks:\n  actions:\n');
    expect(errors).toEqual([]);
    expect(plays).toMatchObject([{ source: { name: 'P' }, items: [], brokenIds: [] }]);
  });

  test('keys beginning with x- are ignored', async () => {
    const { plays, errors } = await load(
      '- { name: P, hosts: all, x-note: 1, tasks: [{ x-why: y, package: { names: [vim], x-z: 1 } }] }',
    );
    expect(errors).toEqual([]);
    expect(plays[0]?.items.map((item) => item.kind)).toEqual(['package']);
  });

  test('kinds that no item has are not loaded', async () => {
    const asked: string[] = [];
    const loadKind = (kind: string) => {
      asked.push(kind);
      return KINDS.load(kind);
    };
    const text =
      '- { name: P, hosts: all, tasks: [{ file: { path: /a, content: x } }], actions: { r: { service: { name: s, restart: true } } } }';
    await loadPlaybooks(makeProject({ 'site.yml': text }), ['site.yml'], {
      kinds: { kinds: () => KINDS.kinds(), load: loadKind },
      secrets: new SecretOpener(),
    });
    expect(asked).toEqual(['file', 'service']);
  });
});
