import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { HomelabErrors } from '../../src/core/errors.js';
import Handlebars from 'handlebars';
import { createRenderer } from '../../src/render/renderer.js';
import { TEMPLATE_FUNCTIONS } from '../../src/render/template-functions.js';

const context = {
  host: { name: 'dns1', groups: ['dns', 'edge'] },
  vars: {
    domain: 'lan',
    port: 53,
    yes: true,
    no: false,
    zero: 0,
    nothing: null,
    list: ['a', 'b'],
    net: { a: 1 },
  },
  groups: { dns: [{ name: 'dns1' }, { name: 'dns2' }], none: [] },
};
const partials: Record<string, string> = {
  'net/line': '{{label}}={{host.name}}\nend\n',
  deep: '{{> net/line label=1}}',
};
const renderer = createRenderer({
  names: () => Object.keys(partials),
  load: (name) => (Object.hasOwn(partials, name) ? { text: partials[name] ?? '', name } : undefined),
});
const render = (text: string, values: Readonly<Record<string, unknown>> = context) =>
  renderer.renderText({ text, name: 'a.hbs' }, values);

describe('what a template prints', () => {
  test.each<[string, string, string]>([
    ['nothing is escaped', '<a href="{{vars.domain}}">&\'', '<a href="lan">&\''],
    [
      'scalars',
      '{{vars.port}} {{vars.yes}} {{vars.no}} {{vars.zero}} [{{vars.nothing}}]',
      '53 true false 0 []',
    ],
    ['a single expression is text too', '{{vars.port}}', '53'],
    [
      'each',
      '{{#each groups.dns}}{{@index}}:{{name}}.{{../vars.domain}} {{/each}}',
      '0:dns1.lan 1:dns2.lan ',
    ],
    ['standalone lines vanish', '{{#each groups.dns}}\n{{name}}\n{{/each}}\n', 'dns1\ndns2\n'],
    ['else', '{{#each groups.none}}x{{else}}none{{/each}}', 'none'],
    ['if and else if', '{{#if vars.no}}a{{else if vars.port}}b{{else}}c{{/if}}', 'b'],
    ['zero is nothing', '{{#if vars.zero}}a{{else}}b{{/if}}', 'b'],
    ['with', '{{#with vars.net as |n|}}{{a}}{{n.a}}{{../vars.domain}}{{/with}}', '11lan'],
    ['join', '{{join host.groups ", "}}', 'dns, edge'],
    ['json', '{{json vars.net}} {{json vars.domain}}', '{"a":1} "lan"'],
    ['json, indented', '{{json vars.net 2}}', '{\n  "a": 1\n}'],
    ['json of nothing', '{{json vars.nothing}}', 'null'],
    [
      'eq compares as written',
      '{{eq vars.port "53"}} {{eq vars.port 54}} {{eq vars.yes true}}',
      'true false true',
    ],
    ['default', '{{default vars.lost "x"}}{{default vars.nothing "y"}}{{default vars.no "z"}}', 'xyfalse'],
    ['lookup', '{{lookup vars.net "a"}}{{lookup vars.list 1}}', '1b'],
    ['quote', '{{quote vars.domain}} {{quote "it\'s"}} {{quote ""}}', "lan 'it'\\''s' ''"],
    ['nested functions', '{{#if (eq (default vars.lost "a") "a")}}yes{{/if}}', 'yes'],
    ['partials keep their indentation', 'x\n  {{> net/line label="a"}}\ny', 'x\n  a=dns1\n  end\ny'],
    ['partials in partials', '{{> deep}}', '1=dns1\nend\n'],
    ['escaped braces', '\\{{vars.domain}} {{vars.domain}}', '{{vars.domain}} lan'],
  ])('%s', (_name, text, expected) => {
    expect(render(text)).toBe(expected);
  });

  test('a name that a function has is reached by this', () => {
    expect(render('{{this.join}} {{#with this as |json|}}{{json.join}}{{/with}}', { join: 'x' })).toBe('x x');
  });
});

describe('values are data', () => {
  test.each<[string, string]>([
    ['a template', '{{vars.domain}} {{{x}}} {{> head}}'],
    ['code of other languages', '${x} $(id) `id` <%= 1 %>'],
    ['markup', '<b>&amp;</b>'],
    ['control characters', 'a\u0000b\u001b[31m\u202e\r\n'],
  ])('%s is printed as it is', (_name, value) => {
    expect(render('[{{facts.hostname}}]', { facts: { hostname: value } })).toBe(`[${value}]`);
  });

  test('whatever a value is, it is printed letter by letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(render('a {{x}} b', { x: value })).toBe(`a ${value} b`);
      }),
    );
  });

  test('a value behind a function is one line of shell again', () => {
    expect(render('{{quote x}}', { x: "$(id) '; rm" })).toBe(`'$(id) '\\''; rm'`);
  });
});

test('everything that is wrong is thrown together', () => {
  expect.assertions(2);
  try {
    render('{{a}}{{b}}');
  } catch (error) {
    expect(error).toBeInstanceOf(HomelabErrors);
    expect((error as HomelabErrors).errors.map((one) => one.code)).toEqual([
      'render/undefined-variable',
      'render/undefined-variable',
    ]);
  }
});

/** Random templates of names, functions and blocks, most of them wrong somewhere. */
function templates(): fc.Arbitrary<string> {
  const path = fc.constantFrom(
    'vars.domain',
    'vars.list',
    'vars.net',
    'vars.lost',
    'vars.nothing',
    'this',
    'name',
    'groups.dns',
    'groups.none',

    '../vars.domain',
    '../name',
    '../../vars',
    '@index',
    '@root.vars.domain',
    '@key',
    'p',
    'p.name',
    'vars.no',
    'vars.port',
    'vars.zero',
    '.',
  );
  const value = fc.oneof(
    path,
    fc.constantFrom('"x"', 'null', '(default vars.lost "1")', '(eq vars.domain "lan")'),
  );
  return fc.letrec<{ template: string; piece: string }>((tie) => ({
    template: fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => pieces.join('')),
    piece: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('text', '\n', ' ', '{{! note }}', '\n  {{> net/line label="x"}}\n'),
      path.map((one) => `{{${one}}}`),
      path.map((one) => `{{~${one}~}}`),
      fc.tuple(path, value).map(([a, b]) => `{{default ${a} ${b}}}`),
      value.map((one) => `{{json ${one}}}`),
      fc
        .tuple(value, tie('template'), tie('template'))
        .map(([a, x, y]) => `{{#if ${a}}}${x}{{else}}${y}{{/if}}`),
      fc.tuple(value, tie('template')).map(([a, x]) => `{{#unless ${a}}}\n${x}{{/unless}}\n`),
      fc
        .tuple(path, tie('template'), tie('template'))
        .map(([a, x, y]) => `{{#each ${a}}}${x}{{else}}${y}{{/each}}`),
      fc.tuple(path, tie('template')).map(([a, x]) => `{{#each ${a} as |p i|}}\n${x}{{/each}}`),
      fc.tuple(path, tie('template')).map(([a, x]) => `{{#with ${a} as |p|}}${x}{{/with}}`),
    ),
  })).template;
}

/** Handlebars prints numbers side by side as their sum unless it escapes; so it does, and this takes it back. */
function unescaped(html: string): string {
  const entities: Record<string, string> = {
    quot: '"',
    '#x3D': '=',
    '#x27': "'",
    lt: '<',
    gt: '>',
    amp: '&',
  };
  return html.replaceAll(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
}

test('a template without a mistake prints what Handlebars prints', () => {
  const handlebars = Handlebars.create();
  for (const [name, { call }] of TEMPLATE_FUNCTIONS)
    handlebars.registerHelper(name, (...values: unknown[]) => call(...values.slice(0, -1)));
  for (const [name, text] of Object.entries(partials)) handlebars.registerPartial(name, text);
  let compared = 0;
  fc.assert(
    fc.property(templates(), (text) => {
      const { text: printed, errors } = renderer.render({ text, name: 'a.hbs' }, context);
      if (errors.length > 0) return;
      compared += 1;
      expect(printed).toBe(unescaped(handlebars.compile(text)(context)));
    }),
    { numRuns: 5000 },
  );
  expect(compared).toBeGreaterThan(300);
});

test('numbers side by side are not added up', () => {
  expect(render('{{#with vars.net}}{{a}}{{a}}{{/with}}')).toBe('11');
});
