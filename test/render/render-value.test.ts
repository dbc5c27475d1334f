import { describe, expect, test } from '@jest/globals';
import { HomelabError } from '../../src/core/errors.js';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { Secret } from '../../src/core/secret.js';
import { createRenderer } from '../../src/render/renderer.js';
import { mentions, renderValue } from '../../src/render/render-value.js';

const secret = new Secret('hunter2');
const context = {
  vars: { port: 53, on: true, list: [1, { a: 'x' }], nothing: null, text: '{{vars.port}}', password: secret },
  facts: FACT_EXAMPLES,
  candidate: '{{candidate}}',
};
const options = { renderer: createRenderer(), source: { name: 'p.yml' } };
const rendered = (value: unknown) => renderValue(value, context, options);

describe('what a value becomes', () => {
  test.each<[string, unknown, unknown]>([
    ['plain values stay', { a: 1, b: [true, null, 'x'] }, { a: 1, b: [true, null, 'x'] }],
    ['text is rendered', { a: ['port {{vars.port}}'] }, { a: ['port 53'] }],
    ['one expression keeps its type: a number', '{{vars.port}}', 53],
    ['a boolean', '{{ vars.on }}', true],
    ['a list', '{{vars.list}}', [1, { a: 'x' }]],
    ['nothing', '{{vars.nothing}}', null],
    ['what a function returns', '{{default vars.lost vars.list}}', [1, { a: 'x' }]],
    ['a comparison', '{{eq vars.port 53}}', true],
    ['a space beside it makes it text', ' {{vars.port}}', ' 53'],
    [
      'what comes out is not rendered again',
      ['{{vars.text}}', 'x {{vars.text}}'],
      ['{{vars.port}}', 'x {{vars.port}}'],
    ],
    ['a name may stand for itself', ['-f', '{{candidate}}'], ['-f', '{{candidate}}']],
    ['keys are not rendered', { '{{vars.port}}': 1 }, { '{{vars.port}}': 1 }],
    ['a whole secret', { password: '{{vars.password}}' }, { password: secret }],
    ['a value with a class of its own', { a: secret }, { a: secret }],
    [
      '__proto__ is a key like any other',
      JSON.parse('{"__proto__": "{{vars.port}}"}'),
      JSON.parse('{"__proto__": 53}'),
    ],
  ])('%s', (_name, value, expected) => {
    const result = rendered(value);
    expect(result.errors).toEqual([]);
    expect(result.value).toEqual(expected);
  });

  test('the value given is not changed', () => {
    const value = { a: ['{{vars.port}}'] };
    rendered(value);
    expect(value).toEqual({ a: ['{{vars.port}}'] });
  });
});

const locate = (path: readonly (string | number)[], inside: { line: number; column: number }) => ({
  file: path.join('/'),
  line: inside.line,
  column: inside.column,
});

test('a value that fails when it is read is a mistake of the text', () => {
  const failing = {
    get lazy(): unknown {
      throw new HomelabError({ code: 'x/circle', message: 'made of itself' });
    },
  };
  for (const text of ['{{vars.lazy}}', 'x {{vars.lazy}}', '{{json vars}}']) {
    const result = renderValue({ text }, { vars: failing }, options);
    expect(result.errors.map((error) => error.code)).toEqual(['x/circle']);
  }
});

describe('what is made of a secret is secret', () => {
  test.each<[string, string, string]>([
    ['a text', 'p={{vars.password}};', 'p=hunter2;'],
    ['a text with others', '{{vars.port}}{{vars.password}}', '53hunter2'],
    ['json of it', '{{json vars.password}}', '"hunter2"'],
    ['json of what holds it', '{{json vars.holder}};', '{"key":"hunter2","n":1};'],
    ['a list with it', '{{join vars.secrets "+"}}', 'a+hunter2'],
    ['a word for a shell', 'x {{quote vars.quoted}}', "x 'it'\\''s'"],
    ['a default that is not needed', '{{default vars.password "x"}}', 'hunter2'],
    ['a default that is one', '{{default vars.none vars.password}}', 'hunter2'],
    ['what is looked up', '{{lookup vars.holder "key"}}', 'hunter2'],
    ['a block', '{{#if vars.password}}{{vars.password}}{{/if}}', 'hunter2'],
    ['an item of a list', '{{#each vars.secrets}}{{this}},{{/each}}', 'a,hunter2,'],
  ])('%s', (_name, text, expected) => {
    const vars = {
      port: 53,
      password: secret,
      holder: { key: secret, n: 1 },
      secrets: ['a', secret],
      quoted: new Secret("it's"),
    };
    const { value, errors } = renderValue({ text }, { vars }, options);
    const made = (value as { text: unknown }).text;
    expect(errors).toEqual([]);
    expect(made).toBeInstanceOf(Secret);
    expect((made as Secret).reveal()).toBe(expected);
  });

  test.each<[string, string, string]>([
    ['a branch that is not taken', 'a{{#if vars.off}}{{vars.password}}{{/if}}', 'a'],
    ['a question whether there is one', '{{#if vars.password}}yes{{else}}no{{/if}}', 'yes'],
    ['an empty one', '{{#if vars.empty}}yes{{else}}no{{/if}}', 'no'],
  ])('not %s', (_name, text, expected) => {
    const vars = { off: false, password: secret, empty: new Secret('') };
    expect(renderValue({ text }, { vars }, options)).toMatchObject({ value: { text: expected }, errors: [] });
  });
});

test('every mistake, each at its place', () => {
  const value = {
    a: '{{vars.lost}}',
    b: ['ok', 'x\n {{vars.prot}}'],
    c: '{{#if}}',
    d: '{{eq vars.password 1}}',
  };
  const result = renderValue(value, context, { ...options, source: { name: 'p.yml', locate } });
  expect(
    result.errors.map(({ code, source }) => `${source?.file} ${source?.line}:${source?.column} ${code}`),
  ).toEqual([
    'a 1:3 render/undefined-variable',
    'b/1 2:4 render/undefined-variable',
    'c 1:8 render/syntax',
    'd 1:3 render/secret-shown',
  ]);
  expect(result.value).toEqual(value);
});

describe('what it mentions', () => {
  const { references } = rendered({
    a: '{{facts.arch}}',
    b: ['{{vars.port}}', '{{#if facts.cores}}x{{/if}}'],
    c: 'plain',
  });

  test.each<[string, string, (string | number)[], boolean]>([
    ['facts, anywhere', 'facts', [], true],
    ['facts at a path', 'facts', ['a'], true],
    ['facts below a path', 'facts', ['b'], true],
    ['facts in the text that a list came out of', 'facts', ['a', 0], true],
    ['facts in an item', 'facts', ['b', 1], true],
    ['no facts in another', 'facts', ['b', 0], false],
    ['no facts in plain text', 'facts', ['c'], false],
    ['variables', 'vars', ['b', 0], true],
    ['a longer name', 'facts.arch', ['a'], true],
    ['not by a part of a word', 'fact', [], false],
  ])('%s', (_name, root, path, expected) => {
    expect(mentions(references, root, path)).toBe(expected);
  });

  test('the root as a whole mentions all of it', () => {
    expect(mentions(rendered('{{#with this}}x{{/with}}').references, 'facts')).toBe(true);
  });
});
