import { afterAll, describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { removeProjects } from '../inventory/project-folder.js';
import { mistakes, paramsFor } from './playbook-project.js';

afterAll(removeProjects);

/** Variables whose values are made of facts, in every way there is. */
const VARS = `
    direct: '{{facts.hostname}}'
    inside: 'x-{{facts.hostname}}'
    through: 'y-{{vars.inside}}'
    from_list: ['{{facts.arch}}', b]
    site: { name: wiki, label: 'on {{facts.arch}}' }
    by_family: { alpine: { path: /srv/alpine } }
    chosen: '{{lookup vars.by_family facts.os.family}}'
    family: '{{facts.os.family}}'
    plain: no-path
`;

const play = (item: string): string => `- name: P\n  hosts: nas\n  vars:${VARS}  tasks:\n    - ${item}\n`;

const FILES = { 'templates/good.hbs': '{{vars.chosen.path}} {{vars.typo}}\n', 'files/arm64': 'x' };

describe('before the facts are known, what is made of them is not judged', () => {
  test.each([
    ['a fact alone', "file: { path: '{{facts.hostname}}', content: x }"],
    ['a fact within a text', "file: { path: '/{{facts.hostname}}/', content: x }"],
    ['a variable', "file: { path: '{{vars.direct}}', content: x }"],
    ['a variable within a text', "file: { path: '{{vars.inside}}', content: x }"],
    ['a variable of a variable', "file: { path: '{{vars.through}}', content: x }"],
    ['a value inside a variable', "file: { path: '{{vars.site.label}}', content: x }"],
    ['a whole variable that holds one', "file: { path: '{{json vars.site}}', content: x }"],
    ['a list that holds one', `file: { path: '{{join vars.from_list ","}}', content: x }`],
    ['what a fact chooses', "file: { path: '{{lookup vars.by_family facts.os.family}}', content: x }"],
    ['below what a fact chooses', "file: { path: '{{vars.chosen.path}}', content: x }"],
    ['through a block', "file: { path: '{{#with vars}}{{inside}}{{/with}}', content: x }"],
    ['a condition', 'file: { path: \'{{#if (eq facts.arch "arm64")}}/a{{/if}}\', content: x }'],
    ['one element of a list', "command: { argv: [x, '{{vars.site}}'], always: true }"],
    ['the list of `each`', "{ file: { path: '{{item}}', content: x }, each: '{{vars.from_list}}' }"],
    ['an element of `each`', "{ file: { path: '{{item}}', content: x }, each: ['{{vars.direct}}', /b] }"],
    [
      'a variable in `when`',
      '{ file: { path: /a, content: x, mode: "0644" }, when: { vars.family: alpine } }',
    ],
    ['the name of a file', "file: { path: /a, source: 'files/{{facts.arch}}' }"],
    ['the name of a template', "template: { path: /a, template: '{{vars.direct}}.hbs' }"],
    ['a check of the whole', "file: { path: /a, content: x, state: '{{vars.direct}}' }"],
  ])('%s', async (_name, item) => {
    expect(await mistakes({ ...FILES, 'site.yml': play(item) })).toEqual([]);
  });
});

describe('everything else is judged', () => {
  test.each<readonly [name: string, item: string, expected: readonly string[]]>([
    [
      'another parameter',
      "file: { path: '{{vars.direct}}', content: x, mode: 9 }",
      ["14:58 parameter: mode: must be octal digits in quotes, e.g. '0644' | "],
    ],
    [
      'another variable',
      "file: { path: '{{vars.plain}}', content: '{{vars.direct}}' }",
      ['14:21 parameter: path: has to be an absolute path | '],
    ],
    [
      'another value inside the same variable',
      "file: { path: '/a-{{vars.site.name}}', content: '{{vars.site.nme}}' }",
      ['14:58 render/undefined-variable: "vars.site.nme" is not defined | Did you mean vars.site.name?'],
    ],
    [
      'another element of `each`',
      "{ file: { path: '{{item}}', content: x }, each: ['{{vars.direct}}', b] }",
      ['14:23 parameter: path: has to be an absolute path | '],
    ],
    [
      'a key, whatever its value',
      "file: { path: /a, contnt: '{{vars.direct}}' }",
      ['14:25 parameter: unknown key "contnt" | Did you mean content?'],
    ],
    [
      'names beside a fact',
      "file: { path: '/{{facts.arch}}{{vars.pln}}', content: x }",
      ['14:39 render/undefined-variable: "vars.pln" is not defined | Did you mean vars.plain?'],
    ],
    [
      'the names of facts',
      "file: { path: '/{{facts.arhc}}', content: x }",
      ['14:25 render/undefined-variable: "facts.arhc" is not defined | Did you mean facts.arch?'],
    ],
    [
      'a template whose path depends on facts',
      "template: { path: '/{{facts.arch}}', template: good }",
      [
        'templates/good.hbs:1:24 render/undefined-variable: "vars.typo" is not defined | ' +
          'Known there: domain, packages, direct, inside, through, from_list, site, by_family, chosen, family, ….',
      ],
    ],
    [
      'a template beside a name that does not exist',
      "template: { path: '/{{vars.direct}}', template: goood }",
      ['14:55 missing-template: there is no template "goood" in templates/ | Did you mean good?'],
    ],
  ])('%s', async (_name, item, expected) => {
    const found = await mistakes({ ...FILES, 'site.yml': play(item) });
    expect(found).toEqual(expected);
  });
});

const chosenFile = (content: string) => play(`file: { path: '{{vars.chosen.path}}', content: '${content}' }`);

test('once the facts are known, everything has its value', async () => {
  const facts = {
    ...FACT_EXAMPLES,
    hostname: 'box',
    arch: 'arm64',
    os: { ...FACT_EXAMPLES.os, family: 'alpine' },
  };
  const contents = [
    '{{vars.through}}',
    '{{join vars.from_list ","}}',
    '{{vars.site.label}}',
    '{{json vars.site}}',
  ].map(async (content) => (await paramsFor('nas', chosenFile(content), { facts }))[0]);
  expect(await Promise.all(contents)).toMatchObject([
    { path: '/srv/alpine', content: 'y-x-box' },
    { content: 'arm64,b' },
    { content: 'on arm64' },
    { content: '{"name":"wiki","label":"on arm64"}' },
  ]);
});
