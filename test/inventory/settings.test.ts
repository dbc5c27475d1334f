import { chmodSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { HomelabErrors } from '../../src/core/errors.js';
import { bareHost } from '../../src/core/host-config.js';
import { controllerErrors } from '../../src/inventory/controller-settings.js';
import { displayPath, findProject } from '../../src/inventory/project.js';
import { parseSetFlags } from '../../src/inventory/set-flag.js';
import { loadSettings } from '../../src/inventory/settings.js';
import { SET_ORIGIN, withPlaybookLayer } from '../../src/inventory/variables.js';
import { caught } from '../yaml/caught.js';
import { makeProject, removeProjects } from './project-folder.js';

afterAll(removeProjects);

describe('the project', () => {
  const root = makeProject({
    'site/homelab.yml': '',
    'site/playbooks/deep/a.yml': '',
    'old/inventory/hosts.yml': '',
    'none/inventory': 'a file',
    'none/homelab.yml/x': 'a folder',
  });

  test.each<[string, string, string | undefined, string]>([
    ['here, by its settings', 'site', undefined, 'site'],
    ['here, by its inventory', 'old', undefined, 'old'],
    ['above', 'site/playbooks/deep', undefined, 'site'],
    ['as told', 'site', '../old', 'old'],
  ])('%s', (_name, start, explicit, expected) => {
    expect(findProject(join(root, start), explicit)).toBe(join(root, expected));
  });

  test.each<[string, string, string | undefined]>([
    ['nowhere above', '.', undefined],
    ['not where told', 'site', '../none'],
    ['in no folder at all', 'site', 'lost'],
  ])('%s', (_name, start, explicit) => {
    const error = caught(() => findProject(join(root, start), explicit));
    expect(error).toMatchObject({ code: 'project/not-found' });
    expect((error as HomelabErrors).hint).toContain('homelab init');
  });

  test.each<[string, string]>([
    ['/p/inventory/a.yml', 'inventory/a.yml'],
    ['/p/..a.yml', '..a.yml'],
    ['/other/a.yml', '/other/a.yml'],
    ['/a.yml', '/a.yml'],
  ])('%s is shown as %s', (path, shown) => {
    expect(displayPath('/p', path)).toBe(shown);
  });
});

const settingsOf = (text: string) => loadSettings(makeProject({ 'homelab.yml': text }));

describe('settings', () => {
  test('defaults, where there is no file and where it is empty', () => {
    const defaults = { playbooks: ['playbooks/site.yml'], inventory: undefined, concurrency: undefined };
    expect(loadSettings(makeProject({}))).toMatchObject(defaults);
    expect(settingsOf('')).toMatchObject(defaults);
  });

  test('everything that can be set', () => {
    const folder = makeProject({
      'homelab.yml': `playbooks: [a.yml, b.yml]
inventory: inventory/lab.yml
ssh_config: ~/.ssh/lab
concurrency: 8
state: /var/lib/homelab
recipients: [age1x]
identity: key.txt
notify: { ntfy: 'https://ntfy.lan/house', on: [failed] }
drift: { ping: https://hc.lan/uuid }
controller: { runs_on: pve1, needs: [gate, vpn] }
x-mine: 1
`,
    });
    expect(loadSettings(folder)).toEqual({
      playbooks: ['a.yml', 'b.yml'],
      playbookPlaces: new Map([
        ['a.yml', { file: 'homelab.yml', line: 1, column: 13 }],
        ['b.yml', { file: 'homelab.yml', line: 1, column: 20 }],
      ]),
      inventory: join(folder, 'inventory/lab.yml'),
      sshConfig: join(homedir(), '.ssh/lab'),
      concurrency: 8,
      state: '/var/lib/homelab',
      recipients: [{ text: 'age1x', source: { file: 'homelab.yml', line: 6, column: 14 } }],
      identity: [join(folder, 'key.txt')],
      controller: {
        runsOn: { text: 'pve1', source: { file: 'homelab.yml', line: 10, column: 24 } },
        needs: [
          { text: 'gate', source: { file: 'homelab.yml', line: 10, column: 38 } },
          { text: 'vpn', source: { file: 'homelab.yml', line: 10, column: 44 } },
        ],
      },
      notify: { ntfy: 'https://ntfy.lan/house', on: ['failed'] },
      drift: { ping: 'https://hc.lan/uuid' },
    });
  });

  test('hosts that homelab needs have to be in the inventory', () => {
    const { controller } = settingsOf('controller: { runs_on: pve, needs: gate }');
    const errors = controllerErrors(controller, { hosts: new Map([['pve1', bareHost('pve1')]]) });
    expect(errors.map(({ code, message, hint, source }) => [code, message, hint, source?.column])).toEqual([
      [
        'project/unknown-host',
        '`controller` names a host "pve" that the inventory does not have',
        'Did you mean pve1?',
        24,
      ],
      [
        'project/unknown-host',
        '`controller` names a host "gate" that the inventory does not have',
        'Add it under `hosts` of the inventory.',
        36,
      ],
    ]);
    expect(controllerErrors(settingsOf('').controller, { hosts: new Map() })).toEqual([]);
  });

  test('a single playbook', () => {
    expect(settingsOf('playbooks: a.yml').playbooks).toEqual(['a.yml']);
  });

  test.each<[string, string, string]>([
    ['an unknown key', 'a: 1', '1:1 unknown key "a"'],
    ['no playbook', 'playbooks: []', '1:12 playbooks: must be at least 1 item'],
    ['too few hosts at a time', 'concurrency: 0', '1:14 concurrency: must be at least 1'],
    ['a path that is an option', 'ssh_config: -F', '1:13 ssh_config: must not begin with a dash'],
    ['an empty path', 'state: ""', '1:8 state: must not be empty'],
    [
      'a controller on an option',
      'controller: { runs_on: -x }',
      '1:24 controller.runs_on: must not begin with a dash',
    ],
    ['a list', '- a', '1:1 expected a mapping, not a list'],
  ])('%s', (_name, text, expected) => {
    const { errors } = caught(() => settingsOf(text)) as HomelabErrors;
    const [error] = errors;
    expect(error?.code).toBe('project/settings');
    expect(`${error?.source?.line}:${error?.source?.column} ${error?.message}`).toBe(expected);
  });

  test.each<[string, string]>([
    ['a folder', '.'],
    ['a file', 'homelab.yml'],
  ])('are not trusted in %s that anyone may write to', (_name, path) => {
    const folder = makeProject({ 'homelab.yml': '' });
    chmodSync(join(folder, path), 0o777);
    expect(caught(() => loadSettings(folder))).toMatchObject({ code: 'project/world-writable' });
  });
});

describe('--set', () => {
  test.each<[string, string, unknown]>([
    ['a number', 'n=3', 3],
    ['an octal number', 'n=0o17', 15],
    ['a number in quotes', "n='3'", '3'],
    ['text', 'n=hello', 'hello'],
    ['text with spaces and colons', 'n=a: b - c', 'a: b - c'],
    ['text with an equals sign', 'n=a=b', 'a=b'],
    ['text that looks like a comment', 'n=#fff', '#fff'],
    ['text that looks like a list', 'n=- a', '- a'],
    ['text that looks like a tag', 'n=!x', '!x'],
    ['a template', 'n={{vars.x}}', '{{vars.x}}'],
    ['a mode', 'n=0644', '0644'],
    ['true', 'n=true', true],
    ['Norway', 'n=no', 'no'],
    ['null', 'n=null', null],
    ['nothing', 'n=', ''],
    ['a list', 'n=[a, 2]', ['a', 2]],
    ['a mapping', 'n={a: {b: 1}}', { a: { b: 1 } }],
    ['several lines', 'n=a\nb: 1', 'a\nb: 1'],
  ])('%s', (_name, flag, value) => {
    expect(parseSetFlags([flag])).toEqual(new Map([['n', value]]));
  });

  test('the last of a name wins', () => {
    expect([...parseSetFlags(['a=1', 'b=2', 'a=3'])]).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
  });

  test.each<[string, string]>([
    ['no equals sign', 'abc'],
    ['no name', '=3'],
    ['a name with a dot', 'a.b=3'],
    ['a name from a prototype', '__proto__=3'],
    ['an open list', 'a=[1, 2'],
    ['an open quote', 'a="x'],
    ['a key given twice', 'a={b: 1, b: 2}'],
  ])('%s', (_name, flag) => {
    const { errors } = caught(() => parseSetFlags([flag, 'good=1', flag])) as HomelabErrors;
    expect(errors.map(({ code }) => code)).toEqual(['usage/set', 'usage/set']);
  });

  test('a value is not repeated in an error', () => {
    const { errors } = caught(() => parseSetFlags(['password=["hunter2"'])) as HomelabErrors;
    expect(JSON.stringify([errors[0]?.message, errors[0]?.hint])).not.toContain('hunter2');
  });
});

const variable = (value: unknown, origin: string) => ({ value, origin, source: undefined });

test('variables of a playbook stand over the inventory and under --set', () => {
  const vars = new Map([
    ['a', variable(1, 'vars')],
    ['b', variable(1, SET_ORIGIN)],
  ]);
  const play = new Map([
    ['a', variable(2, 'playbook')],
    ['b', variable(2, 'playbook')],
    ['c', variable(2, 'playbook')],
  ]);
  const stacked = withPlaybookLayer(vars, play);
  expect([...stacked].map(([name, { value, origin }]) => `${name} ${String(value)} ${origin}`)).toEqual([
    'a 2 playbook',
    'b 1 --set',
    'c 2 playbook',
  ]);
});

test.each<readonly [string, string]>([
  ['notify: [{ ntfi: "https://x.lan/a" }]', 'ntfi'],
  ['notify: { emial: a@x.lan, from: h@x.lan, host: mail }', 'emial'],
  ['notify: [{ slack: x }]', 'notify[0].slack: has to begin with https://'],
  ['notify: [{ email: a@x.lan, host: mail }]', 'notify[0]: the key "from" is missing'],
  ['notify: [{ discord: "https://x.lan/a", on: [digest] }]', 'notify[0].on: has `digest`; say when'],
  ['drift: { ping: x }', 'drift.ping: has to begin with https://'],
  ['drift: { pign: "https://x.lan" }', 'unknown key "pign" in drift'],
])('%s is found offline', (text, said) => {
  const { errors } = caught(() => settingsOf(text)) as HomelabErrors;
  expect(errors.map(({ message }) => message).join('\n')).toContain(said);
});
