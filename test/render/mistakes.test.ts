import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { Secret } from '../../src/core/secret.js';
import { renderTemplate } from '../../src/render/render-template.js';
import type { PartialSource } from '../../src/render/partials.js';

const context = {
  host: { name: 'dns1', groups: ['dns', 'edge'] },
  vars: {
    domain: 'lan',
    port: 53,
    list: ['a', 'b'],
    empty: [],
    nothing: null,
    net: { dns: '10.0.0.1', 'search-list': 'x' },
    users: [{ name: 'ann', shell: '/bin/sh' }, { name: 'bob' }],
    password: new Secret('hunter2'),
    zero: 0,
  },
  facts: FACT_EXAMPLES,
  groups: { dns: [{ name: 'dns1', address: '10.0.0.2' }] },
  item: 'one',
};

const files: Record<string, string> = {
  'head.hbs': 'Host {{host.name}}\n{{host.nmae}}\n',
  'fine.hbs': '{{host.name}} {{vars.domain}}',
  'peer.hbs': '{{address}} {{label}}',
  'loop.hbs': '{{> again}}',
  'up.hbs': '{{../vars.domain}}',
};
const aliases: Record<string, string> = { again: 'loop.hbs' };
const partials: PartialSource = {
  names: () => Object.keys(files).map((file) => file.replace('.hbs', '')),
  load: (name) => {
    const file = aliases[name] ?? (name.endsWith('.hbs') ? name : `${name}.hbs`);
    const text = files[file];
    return text === undefined ? undefined : { text, name: `templates/${file}` };
  },
};

function mistakes(text: string, file = 'a.hbs'): string[] {
  return renderTemplate({ text, name: file }, context, partials).errors.map(
    ({ code, source, message }) =>
      `${source?.file === file ? '' : source?.file}${source?.line}:${source?.column} ${code.replace('render/', '')} ${message}`,
  );
}

const hintOf = (text: string) => renderTemplate({ text, name: 'a.hbs' }, context, partials).errors[0]?.hint;

describe('templates without a mistake', () => {
  test.each<[string, string]>([
    ['plain text', 'nothing { here }'],
    ['names', '{{vars.domain}} {{host.name}} {{facts.os.version}}'],
    ['other ways to write them', '{{{vars.domain}}} {{&vars.domain}} {{vars/domain}} {{vars.[domain]}}'],
    ['a key with a dash', '{{vars.net.search-list}} {{vars.net.[search-list]}}'],
    ['an item of a list', '{{vars.list.[1]}} {{vars.list.length}}'],
    ['this', '{{#each vars.list}}{{this}} {{.}}{{/each}} {{this.vars.port}} {{./vars.port}}'],
    ['each: its data', '{{#each vars.list}}{{@index}} {{@key}} {{@first}} {{@last}}{{/each}}'],
    [
      'each: the data of the outer one',
      '{{#each vars.list}}{{#each ../vars.list}}{{@../index}}{{/each}}{{/each}}',
    ],
    ['each: names of an item', '{{#each groups.dns}}{{address}} {{this.name}}{{/each}}'],
    ['each: outwards', '{{#each groups.dns}}{{../vars.domain}} {{@root.vars.domain}}{{/each}}'],
    ['each: block parameters', '{{#each groups.dns as |peer n|}}{{peer.name}} {{n}}{{/each}}'],
    ['each: of a mapping', '{{#each vars.net}}{{@key}}={{this}}{{/each}}'],
    ['each: outwards through if', '{{#each groups.dns}}{{#if name}}{{../vars.domain}}{{/if}}{{/each}}'],
    ['each: of nothing', '{{#each vars.nothing}}{{anything.at.all}}{{else}}none{{/each}}'],
    [
      'each: an empty list may hold anything',
      '{{#each vars.empty}}{{name}} {{#each parts}}{{x}}{{/each}}{{/each}}',
    ],
    ['if, else if, else', '{{#if vars.zero}}a{{else if vars.port}}b{{else}}c{{/if}}'],
    ['unless', '{{#unless vars.nothing}}{{vars.domain}}{{/unless}}'],
    ['an inverse', '{{^if vars.zero}}x{{/if}}'],
    ['with', '{{#with vars.net}}{{dns}} {{../vars.domain}}{{/with}}'],
    ['with, block parameter', '{{#with vars.net as |net|}}{{net.dns}}{{/with}}'],
    ['with nothing', '{{#with vars.nothing}}{{whatever}}{{/with}}'],
    ['functions', '{{join vars.list ", "}} {{json vars.net 2}} {{quote vars.domain}} {{eq vars.port "53"}}'],
    ['nested functions', '{{join (default vars.lost vars.list) (lookup vars.net "dns")}}'],
    [
      'a default for a name that is missing',
      '{{default vars.lost "x"}} {{#if (default vars.lost false)}}y{{/if}}',
    ],
    ['an optional key of an item', '{{#each vars.users}}{{default shell "none"}}{{/each}}'],
    ['a guarded value', '{{#if vars.nothing}}{{vars.nothing.dns}} {{join vars.nothing ","}}{{/if}}'],
    ['a guarded list', '{{#if vars.empty}}{{join vars.empty.[0].names ","}}{{/if}}'],
    ['whitespace control and comments', '{{~vars.domain~}}{{!-- {{nothing}} --}}{{! also }}'],
    ['escaped braces', '\\{{not.a.name}}'],
    ['a raw value of null is empty', '{{vars.nothing}}'],
    ['partials', '{{> fine}} {{> fine.hbs}}'],
    [
      'partials with values',
      '{{#each groups.dns}}{{> peer label="x"}}{{/each}}{{> peer vars.net address=1 label=2}}',
    ],
  ])('%s', (_name, text) => {
    expect(mistakes(text)).toEqual([]);
  });
});

describe('names that do not exist', () => {
  test.each<[string, string, string[]]>([
    ['a typo', 'x\n  {{vars.domian}}', ['2:5 undefined-variable "vars.domian" is not defined']],
    ['at the root', '{{var.domain}}', ['1:3 undefined-variable "var.domain" is not defined']],
    ['in a condition', '{{#if vars.lost}}a{{/if}}', ['1:7 undefined-variable "vars.lost" is not defined']],
    [
      'in unless',
      '{{#unless vars.lost}}a{{/unless}}',
      ['1:11 undefined-variable "vars.lost" is not defined'],
    ],
    ['as a list', '{{#each vars.lost}}a{{/each}}', ['1:9 undefined-variable "vars.lost" is not defined']],
    ['with', '{{#with vars.lost}}a{{/with}}', ['1:9 undefined-variable "vars.lost" is not defined']],
    ['given to a function', '{{join vars.lost ","}}', ['1:8 undefined-variable "vars.lost" is not defined']],
    [
      'in a branch that is not taken',
      '{{#if vars.zero}}{{vars.lost}}{{/if}}',
      ['1:20 undefined-variable "vars.lost" is not defined'],
    ],
    [
      'in the other branch',
      '{{#if vars.port}}a{{else}}\n{{vars.lost}}{{/if}}',
      ['2:3 undefined-variable "vars.lost" is not defined'],
    ],
    [
      'in else if',
      '{{#if vars.port}}a{{else if vars.lost}}b{{/if}}',
      ['1:29 undefined-variable "vars.lost" is not defined'],
    ],
    [
      'outwards from an empty list',
      '{{#each vars.empty}}{{../vars.lost}}{{/each}}',
      ['1:23 undefined-variable "../vars.lost" is not defined'],
    ],
    [
      'in one item of two',
      '{{#each vars.users}}{{shell}}{{/each}}',
      ['1:23 undefined-variable "shell" is not defined'],
    ],
    [
      'once, for many items',
      '{{#each vars.list}}{{lost}}{{/each}}',
      ['1:22 undefined-variable "lost" is not defined'],
    ],
    [
      'a root name inside a block',
      '{{#each groups.dns}}{{vars.domain}}{{/each}}',
      ['1:23 undefined-variable "vars.domain" is not defined'],
    ],
    [
      'too far outwards',
      '{{../vars.domain}}',
      ['1:3 undefined-variable "../vars.domain" goes up further than there are blocks around it'],
    ],
    [
      'if is no step outwards',
      '{{#if vars.port}}{{../vars.domain}}{{/if}}',
      ['1:20 undefined-variable "../vars.domain" goes up further than there are blocks around it'],
    ],
    ['@index outside of each', '{{@index}}', ['1:3 undefined-variable "@index" is not defined here']],
    [
      'an unknown @ name',
      '{{#each vars.list}}{{@idx}}{{/each}}',
      ['1:22 undefined-variable "@idx" is not defined here'],
    ],
    ['behind text', '{{vars.domain.name}}', ['1:3 undefined-variable "vars.domain.name" is not defined']],
    [
      'behind nothing',
      '{{vars.nothing.name}}',
      ['1:3 undefined-variable "vars.nothing.name" is not defined'],
    ],
    [
      'of a block parameter',
      '{{#each groups.dns as |peer|}}{{peer.port}}{{/each}}',
      ['1:33 undefined-variable "peer.port" is not defined'],
    ],
    [
      'what a prototype brings',
      '{{vars.constructor}} {{vars.__proto__}} {{vars.list.map}}',
      [
        '1:3 undefined-variable "vars.constructor" is not defined',
        '1:24 undefined-variable "vars.__proto__" is not defined',
        '1:43 undefined-variable "vars.list.map" is not defined',
      ],
    ],
    [
      'all of them',
      '{{vars.a}}\n{{vars.b}}{{c}}',
      [
        '1:3 undefined-variable "vars.a" is not defined',
        '2:3 undefined-variable "vars.b" is not defined',
        '2:13 undefined-variable "c" is not defined',
      ],
    ],
    [
      'in a partial, at its own place',
      'a\n{{> head}}',
      ['templates/head.hbs2:3 undefined-variable "host.nmae" is not defined'],
    ],
    [
      'outwards from a partial',
      '{{#each groups.dns}}{{> up}}{{/each}}',
      [
        'templates/up.hbs1:3 undefined-variable "../vars.domain" goes up further than there are blocks around it',
      ],
    ],
    [
      'a default does not excuse what it is looked for in',
      '{{default vras.x "y"}} {{default vars.domain.x "y"}}',
      [
        '1:11 undefined-variable "vras.x" is not defined',
        '1:34 undefined-variable "vars.domain.x" is not defined',
      ],
    ],
  ])('%s', (_name, text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });

  test.each<[string, string, string]>([
    ['the nearest name at that level', '{{vars.domian}}', 'Did you mean vars.domain?'],
    ['at the root', '{{fact.os.name}}', 'Did you mean facts?'],
    ['deeper', '{{facts.os.nmae}}', 'Did you mean facts.os.name?'],
    ['outwards', '{{#each groups.dns}}{{../vars.domian}}{{/each}}', 'Did you mean ../vars.domain?'],
    ['from the root', '{{@root.vars.domian}}', 'Did you mean @root.vars.domain?'],
    ['of a block parameter', '{{#each groups.dns as |p|}}{{p.adress}}{{/each}}', 'Did you mean p.address?'],
    [
      'a root name inside a block',
      '{{#each groups.dns}}{{vars.domain}}{{/each}}',
      'Inside a block names belong to its value; write ../vars.domain.',
    ],
    ['nothing near', '{{vars.net.zzzzzzz}}', 'Known there: dns, search-list.'],
    ['behind text', '{{vars.domain.name}}', 'vars.domain is a plain value without names in it.'],
  ])('hint: %s', (_name, text, hint) => {
    expect(hintOf(text)).toBe(hint);
  });
});

const locate = ({ line, column }: { line: number; column: number }) => ({
  file: 'p.yml',
  line: line + 10,
  column,
});

describe('other mistakes', () => {
  test.each<[string, string, string[]]>([
    [
      'an open block',
      'a\n{{#if vars.port}}',
      ['2:18 syntax the template cannot be read: something is missing or misplaced here'],
    ],
    [
      'an open brace',
      'a {{vars.x',
      ['1:10 syntax the template cannot be read: something is missing or misplaced here'],
    ],
    [
      'a wrong end',
      'a\n {{#if x}}\n{{/each}}',
      ["2:5 syntax the template cannot be read: if doesn't match each"],
    ],
    [
      'an end without a beginning',
      '\n {{/if}}',
      ['2:2 syntax the template cannot be read: something is missing or misplaced here'],
    ],
    [
      'nothing between braces',
      '  {{}}',
      ['1:5 syntax the template cannot be read: something is missing or misplaced here'],
    ],
    ['an impossible path', '{{a/../b}}', ['1:3 syntax the template cannot be read: Invalid path: a/..']],
    ['text between braces', 'x {{"text"}}', ['1:3 syntax a value stands here without a name']],
    ['an unknown function', '{{jion vars.list ","}}', ['1:3 unknown-function there is no function "jion"']],
    [
      'an unknown function inside',
      '{{#if (eqq vars.port 1)}}{{/if}}',
      ['1:8 unknown-function there is no function "eqq"'],
    ],
    ['a trailing dot', '{{vars.domain.}}', ['1:3 unknown-function there is no function "vars.domain"']],
    ['a block used as a function', '{{if vars.port}}', ['1:3 unknown-function "if" is not a function']],
    ['the log of the library', '{{log vars.port}}', ['1:3 unknown-function there is no function "log"']],
    [
      'the hook of the library',
      '{{helperMissing}}',
      ['1:3 undefined-variable "helperMissing" is not defined'],
    ],
    [
      'an unknown block',
      'a {{#foreach vars.list}}{{/foreach}}',
      ['1:3 unknown-block there is no block "foreach"'],
    ],
    [
      'a section of Mustache',
      '{{#vars.list}}{{this}}{{/vars.list}}',
      ['1:1 unknown-block there is no block "vars.list"'],
    ],
    ['a block without a value', '{{#if}}a{{/if}}', ['1:1 bad-argument {{#if}} takes exactly one value']],
    [
      'a block with two',
      '{{#if vars.port vars.zero}}a{{/if}}',
      ['1:1 bad-argument {{#if}} takes exactly one value'],
    ],
    [
      'too few values',
      '{{join vars.list}}',
      ['1:3 bad-argument join is called with the wrong number of values'],
    ],
    ['a bare function name', '{{json}}', ['1:3 bad-argument json is called with the wrong number of values']],
    [
      'named values',
      '{{json vars.net indent=2}}',
      ['1:3 bad-argument json is called with the wrong number of values'],
    ],
    ['join of text', '{{join vars.domain ","}}', ['1:3 bad-argument join: the first value has to be a list']],
    [
      'join of mappings',
      '{{join vars.users ","}}',
      ['1:3 bad-argument join: expected text or a number, not a list or a mapping'],
    ],
    [
      'lookup of a missing key',
      '{{lookup vars.net host.name}}',
      ['1:3 bad-argument lookup: there is no "dns1" in it'],
    ],
    [
      'lookup in a prototype',
      '{{lookup vars.net "constructor"}}',
      ['1:3 bad-argument lookup: there is no "constructor" in it'],
    ],
    [
      'each over text',
      '{{#each vars.domain}}a{{/each}}',
      ['1:9 not-a-list {{#each}} needs a list or a mapping'],
    ],
    ['a list as text', 'x {{vars.list}}', ['1:3 not-text a list cannot be printed as it is']],
    ['a mapping as text', 'x {{vars.net}}', ['1:3 not-text a mapping cannot be printed as it is']],
    [
      'a secret that is compared',
      '{{#if (eq vars.password "x")}}y{{/if}}',
      ['1:8 secret-shown eq may not read a secret: what it answers would tell of it'],
    ],
    [
      'a secret as a list',
      '{{#each vars.password}}y{{/each}}',
      ['1:9 not-a-list {{#each}} needs a list or a mapping'],
    ],
    [
      'a secret as a mapping',
      '{{vars.password.length}}',
      ['1:3 undefined-variable "vars.password.length" is not defined'],
    ],
    ['an unknown partial', 'a {{> haed}}', ['1:3 unknown-partial there is no partial "haed"']],
    [
      'a partial outside of the templates',
      '{{> ../secret}}',
      ['1:1 unknown-partial there is no partial "../secret"'],
    ],
    [
      'a partial with a computed name',
      '{{> (lookup vars.net "dns")}}',
      ['1:1 unsupported a partial with a computed name'],
    ],
    [
      'a partial inside itself',
      '{{> loop}}',
      ['templates/loop.hbs1:1 partial-loop the partial "again" is part of itself'],
    ],
    [
      'an inline partial',
      '{{#*inline "x"}}a{{/inline}}',
      ['1:1 unsupported inline partials, partial blocks and decorators are not supported'],
    ],
    [
      'a partial block',
      '{{#> fine}}a{{/fine}}',
      ['1:1 unsupported inline partials, partial blocks and decorators are not supported'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });

  test.each<[string, string]>([
    ['{{jion vars.list ","}}', 'Did you mean join or json?'],
    ['{{#eahc vars.list}}{{/eahc}}', 'Did you mean each?'],
    ['{{> haed}}', 'Did you mean head?'],
    ['{{if vars.port}}', 'It is a block: {{#if …}} … {{/if}}.'],
  ])('hint of %s', (text, hint) => {
    expect(hintOf(text)).toBe(hint);
  });

  test('a place of its own is asked for each error', () => {
    const result = renderTemplate({ text: '\n {{x}}', name: 'n', locate }, context);
    expect(result.errors[0]?.source).toEqual({ file: 'p.yml', line: 12, column: 4 });
  });
});

describe('what a template mentions', () => {
  test.each<[string, string, string[]]>([
    ['names', '{{vars.port}}{{facts.arch}}', ['vars.port', 'facts.arch']],
    ['nothing', 'text', []],
    ['in a branch that is not taken', '{{#if vars.zero}}{{facts.arch}}{{/if}}', ['vars.zero', 'facts.arch']],
    ['through outwards paths', '{{#each vars.list}}{{../facts.arch}}{{/each}}', ['vars.list', 'facts.arch']],
    ['through @root', '{{#each vars.list}}{{@root.facts.arch}}{{/each}}', ['vars.list', 'facts.arch']],
    ['by a block', '{{#with facts}}{{arch}}{{/with}}', ['facts']],
    ['by a function', '{{lookup facts "arch"}}', ['facts']],
    ['everything', '{{#with this}}{{facts.arch}}{{/with}}', ['', 'facts.arch']],
    ['in a partial', '{{> fine}}', ['host.name', 'vars.domain']],
    ['in a partial with values', '{{> fine x=1}}', ['host.name', 'vars.domain']],
    ['a name of an item is not one of the root', '{{#each groups.dns}}{{name}}{{/each}}', ['groups.dns']],
  ])('%s', (_name, text, expected) => {
    expect([...renderTemplate({ text, name: 'a.hbs' }, context, partials).references]).toEqual(expected);
  });
});
