import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { HomelabError, HomelabErrors } from '../../src/core/errors.js';
import { parseYaml, readYamlFile } from '../../src/yaml/parse-yaml.js';
import { caught } from './caught.js';

/** Every error of `text` as `line:column message`. */
function mistakes(text: string): string[] {
  const error = caught(() => parseYaml(text, 'a.yml'));
  expect(error).toBeInstanceOf(HomelabErrors);
  return (error as HomelabErrors).errors.map((one) => {
    expect(one.code).toBe('yaml/syntax');
    expect(one.source?.file).toBe('a.yml');
    return `${one.source?.line}:${one.source?.column} ${one.message}`;
  });
}

describe('what a text means', () => {
  test.each<[string, string, unknown]>([
    ['an empty file is an empty mapping', '', {}],
    ['so is a file of comments', '# nothing\n\n', {}],
    ['so is a lone null', '~\n', {}],
    ['a byte order mark is no part of it', '\uFEFFa: 1\n', { a: 1 }],
    ['CRLF line ends', 'a: 1\r\nb: x\r\n', { a: 1, b: 'x' }],
    ['Norway stays text', 'a: no\nb: yes\nc: on\n', { a: 'no', b: 'yes', c: 'on' }],
    ['sexagesimal numbers stay text', 'a: 22:22\n', { a: '22:22' }],
    ['octal, hexadecimal and exponent', 'a: 0o17\nb: 0x1f\nc: 1e3\n', { a: 15, b: 31, c: 1000 }],
    ['zero is no leading zero', 'a: 0\nb: 0.5\n', { a: 0, b: 0.5 }],
    ['dates stay text', 'a: 2024-01-02\n', { a: '2024-01-02' }],
    ['keys are text', '1: a\nnull: b\ntrue: c\n', { 1: 'a', null: 'b', true: 'c' }],
    ['a key without a value is null', 'gate:\n', { gate: null }],
    ['an alias is what it names', 'a: &x [1]\nb: *x\n', { a: [1], b: [1] }],
    ['`constructor` is a key like any other', 'constructor: 1\n', { constructor: 1 }],
  ])('%s', (_name, text, value) => {
    expect(parseYaml(text, 'a.yml').value).toEqual(value);
  });
});

describe('mistakes and their places', () => {
  test.each<[string, string, string[]]>([
    ['a key given twice', 'a: 1\nb:\n  c: 1\n  c: 2\n', ['4:3 the key "c" is given twice']],
    ['a key given twice, as number and text', '1: a\n"1": b\n', ['2:1 the key "1" is given twice']],
    ['a tag of a program', 'a: !!js/function "x"\n', ['1:4 Unresolved tag: tag:yaml.org,2002:js/function']],
    ['a tag of an application', 'a: 1\nb: !vault x\n', ['2:4 Unresolved tag: !vault']],
    ['a secret that is not encrypted', 'a: !secret x\n', ['1:4 what is behind !secret is not encrypted']],
    [
      'a secret that begins like a block',
      'a: !secret |x\n y\n',
      ['1:13 Block scalar header includes extra characters'],
    ],
    ['a secret that begins like a tag', 'a: !secret !x\n', ['1:12 A node can have at most one tag']],
    ['a secret without a value', 'a: !secret\nb: 1\n', ['1:4 what is behind !secret is not encrypted']],
    ['a mapping as a secret', 'a: !secret { b: 1 }\n', ['1:4 what is behind !secret has to be text']],
    ['__proto__', 'a:\n  __proto__: { b: 1 }\n', ['2:3 the key "__proto__" is not allowed']],
    ['a merge key', 'a: &x { b: 1 }\nc:\n  <<: *x\n', ['3:3 merge keys (<<) are not supported']],
    ['an alias of nothing', 'a: *x\n', ['1:4 no anchor &x before this alias']],
    ['an alias of itself', 'a: &x [1, *x]\n', ['1:11 the alias *x contains itself']],
    ['a tab', 'a:\n\tb: 1\n', ['2:1 Tabs are not allowed as indentation']],
    ['a list as a key', '? [a]\n: b\n', ['1:3 a key must be text']],
    ['a template without quotes', 'a: {{vars.x}}\n', ['1:5 {{ without quotes is a mapping in YAML']],
    ['a mode that would be decimal', 'mode: 0644\n', ['1:7 0644 would be read as the decimal number 644']],
    [
      'a number that loses digits',
      'serial: 12345678901234567890\n',
      ['1:9 12345678901234567890 is too large for a number and would lose digits'],
    ],
    ['another version', '%YAML 1.1\n---\na: no\n', ['1:1 only YAML 1.2 is understood']],
    [
      'all of them at once, one for a line',
      'a: "x\\qy"\nb: 007\nb: !x 1\n',
      [
        '1:6 Invalid escape sequence \\q',
        '2:4 007 would be read as the decimal number 7',
        '3:1 the key "b" is given twice',
        '3:4 Unresolved tag: !x',
      ],
    ],
  ])('%s', (_name, text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });

  test('a second document', () => {
    expect(mistakes('a: 1\n---\nb: 2\n').map((one) => one.slice(0, 3))).toEqual(['2:1']);
  });

  test('the first place of a key given twice is the hint', () => {
    const error = caught(() => parseYaml('a: 1\na: 2\n', 'a.yml')) as HomelabErrors;
    expect(error.errors[0]?.hint).toBe('It is first given at a.yml:1:1.');
  });

  test('a bare template is told to be quoted', () => {
    const error = caught(() => parseYaml('a: {{x}}\n', 'a.yml')) as HomelabErrors;
    expect(error.errors[0]?.hint).toBe('A value that begins with {{ needs quotes.');
  });
});

describe('texts made to harm', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (let level = 0; level < 8; level++) {
    const [name, next] = [String.fromCharCode(97 + level), String.fromCharCode(98 + level)];
    bomb.push(`${next}: &${next} [${`*${name},`.repeat(9)}*${name}]`);
  }

  test('a bomb of aliases is refused where it goes off', () => {
    expect(mistakes(bomb.join('\n'))).toEqual(['4:29 aliases multiply this file beyond any use']);
  });

  test.each<[string, string, string]>([
    ['brackets', '['.repeat(100_000), '1:101'],
    ['braces', '{a: '.repeat(100_000), '1:401'],
    ['dashes on one line', `${'- '.repeat(100_000)}x`, '1:201'],
    ['indentation', `a:\n${' '.repeat(5000)}b: 1`, '2:1'],
    ['after good lines', `a: 1\nb: ${'['.repeat(3000)}`, '2:104'],
  ])('nesting by %s is refused before the parser sees it', (_name, text, place) => {
    expect(mistakes(text)).toEqual([`${place} nested more than 100 levels deep`]);
  });

  test('any text is data or a list of mistakes', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x ',
      '*x',
      '"',
      "'",
      '|\n',
      '#',
      '!t ',
      '%',
      '0',
      ',',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          expect(JSON.stringify(parseYaml(pieces.join(''), 'a.yml').value)).toEqual(expect.any(String));
        } catch (error) {
          expect(error).toBeInstanceOf(HomelabErrors);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'homelab-yaml-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read and named as the user would type it', () => {
    writeFileSync(join(folder, 'a.yml'), 'a: 1\n');
    expect(readYamlFile(join(folder, 'a.yml'), 'inventory/a.yml')).toMatchObject({
      file: 'inventory/a.yml',
      value: { a: 1 },
    });
  });

  test.each<[string, Uint8Array | undefined, string]>([
    ['missing', undefined, 'yaml/unreadable'],
    ['not UTF-8', Uint8Array.of(0x61, 0xff), 'yaml/not-text'],
    ['with a NUL', Buffer.from('a: \0'), 'yaml/not-text'],
  ])('%s', (name, bytes, code) => {
    const path = join(folder, `${name}.yml`);
    if (bytes !== undefined) writeFileSync(path, bytes);
    const error = caught(() => readYamlFile(path, 'x.yml'));
    expect(error).toBeInstanceOf(HomelabError);
    expect((error as HomelabError).code).toBe(code);
  });
});
