import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { HomelabError } from '../../src/core/errors.js';
import { Secret } from '../../src/core/secret.js';
import { checkSchema } from '../../src/yaml/check-schema.js';
import { parseYaml } from '../../src/yaml/parse-yaml.js';
import { byPlace } from '../../src/yaml/place-order.js';
import { schemaProblems } from '../../src/yaml/schema-problems.js';

const text = z.string().min(1);
const host = z.strictObject({
  address: text.optional(),
  port: z.int().min(1).max(65535).optional(),
  transport: z.enum(['ssh2', 'local']).optional(),
  via: z.union([text, z.array(text)]).optional(),
  vars: z.record(z.string(), z.unknown()).optional(),
  user: text.regex(/^[a-z]+$/, 'letters only').optional(),
  when: z.union([z.enum(['always', 'never']), z.int()]).optional(),
  check: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('tcp'), port: z.number() }),
      z.strictObject({ kind: z.literal('http'), url: text }),
    ])
    .optional(),
});
const schema = z.strictObject({
  hosts: z.record(z.string().regex(/^[a-z0-9-]+$/, 'small letters'), host),
  name: text.default('x'),
});

/** Errors of a file with the root schema: `line:column message | hint`. */
function errorsOf(yaml: string): string[] {
  const document = parseYaml(yaml, 'h.yml');
  const { errors } = checkSchema({ document, path: [], schema, code: 'test/schema' });
  return errors.map((error) => {
    expect(error.code).toBe('test/schema');
    const hint = error.hint === undefined ? '' : ` | ${error.hint}`;
    return `${error.source?.line}:${error.source?.column} ${error.message}${hint}`;
  });
}

describe('what a schema has against a file', () => {
  test.each<[string, string, string[]]>([
    ['nothing', 'hosts: { a: { address: x, via: [b] } }', []],
    [
      'an unknown key, at the key',
      'hosts:\n  a: { address: x, prot: 22 }',
      ['2:20 unknown key "prot" in hosts.a | Did you mean port?'],
    ],
    [
      'an unknown key like none',
      'hosts: {}\nzzzzzzzz: 1',
      ['2:1 unknown key "zzzzzzzz" | Known keys: hosts, name.'],
    ],
    [
      'two unknown keys',
      'hosts: {}\nnmae: 1\nhost: 2',
      ['2:1 unknown key "nmae" | Did you mean name?', '3:1 unknown key "host" | Did you mean hosts?'],
    ],
    ['a wrong type', 'hosts: { a: { port: "22 " } }', ['1:21 hosts.a.port: expected a number, not text']],
    [
      'a fraction',
      'hosts: { a: { port: 1.5 } }',
      ['1:21 hosts.a.port: expected a whole number, not a number'],
    ],
    ['too small', 'hosts: { a: { port: 0 } }', ['1:21 hosts.a.port: must be at least 1']],
    ['too big', 'hosts: { a: { port: 65536 } }', ['1:21 hosts.a.port: must be at most 65535']],
    ['empty text', 'hosts: { a: { address: "" } }', ['1:24 hosts.a.address: must not be empty']],
    [
      'a word of a choice',
      'hosts: { a: { transport: ssh } }',
      ['1:26 hosts.a.transport: expected ssh2 or local, not "ssh" | Did you mean ssh2?'],
    ],
    ['words of the schema itself', 'hosts: { a: { user: A1 } }', ['1:21 hosts.a.user: letters only']],
    ['a key of a free mapping', 'hosts: { A: {} }', ['1:10 hosts.A: small letters']],
    ['nothing where a mapping is needed', 'hosts:\n  a:', ['2:3 hosts.a: expected a mapping, not nothing']],
    [
      'a missing key, at what encloses it',
      'name: x',
      ['1:1 the key "hosts" is missing | It takes a mapping.'],
    ],
    ['a list for the whole file', '- a', ['1:1 expected a mapping, not a list']],
    [
      'neither member of a union',
      'hosts: { a: { via: 3 } }',
      ['1:20 hosts.a.via: expected text or a list, not a number'],
    ],
    [
      'inside the member that was meant',
      'hosts: { a: { via: [b, 3] } }',
      ['1:24 hosts.a.via[1]: expected text, not a number'],
    ],
    [
      'a union with words',
      'hosts: { a: { when: alway } }',
      ['1:21 hosts.a.when: expected always, never or a number, not "alway" | Did you mean always?'],
    ],
    [
      'a tagged union, its tag',
      'hosts: { a: { check: { kind: tpc } } }',
      ['1:30 hosts.a.check.kind: expected tcp or http, not "tpc" | Did you mean tcp?'],
    ],
    [
      'a tagged union, its member',
      'hosts: { a: { check: { kind: tcp, prt: 1 } } }',
      ['1:35 unknown key "prt" in hosts.a.check | Did you mean port or url?'],
    ],
  ])('%s', (_name, yaml, expected) => {
    expect(errorsOf(yaml)).toEqual(expected);
  });

  test('a value below the root', () => {
    const document = parseYaml('a:\n  b: { prot: 1 }', 'h.yml');
    const checked = checkSchema({ document, path: ['a', 'b'], schema: host, code: 'test/schema' });
    expect(checked.errors[0]?.source).toEqual({ file: 'h.yml', line: 2, column: 8 });
  });

  test('long values are not repeated', () => {
    const secret = 'k'.repeat(60);
    expect(errorsOf(`hosts: { a: { transport: ${secret} } }`).join()).not.toContain(secret);
  });
});

describe('keys that begin with x-', () => {
  test('are ignored where keys are fixed, kept where they are free', () => {
    const value = { 'x-a': 1, hosts: { 'x-host': { vars: { 'x-kept': 1 }, 'x-gone': {} } } };
    const result = schemaProblems(value, schema);
    expect(result).toMatchObject({ isValid: true });
    expect(result.isValid && result.value).toEqual({
      hosts: { 'x-host': { vars: { 'x-kept': 1 } } },
      name: 'x',
    });
    expect(value.hosts['x-host']).toHaveProperty('x-gone');
  });

  test('a value with a class of its own passes untouched', () => {
    const secret = new Secret('s');
    const result = schemaProblems(
      { a: secret },
      z.strictObject({ a: z.union([text, z.instanceof(Secret)]) }),
    );
    expect(result.isValid && result.value.a).toBe(secret);
  });
});

const at = (file: string, line: number, column: number) =>
  new HomelabError({ code: 'x', message: `${file}:${line}:${column}`, source: { file, line, column } });

test('errors sort by file, line and column', () => {
  const none = new HomelabError({ code: 'x', message: 'none' });
  const errors = [at('b', 1, 1), at('a', 10, 1), at('a', 9, 2), none, at('a', 9, 1)];
  expect(errors.toSorted(byPlace).map((error) => error.message)).toEqual([
    'none',
    'a:9:1',
    'a:9:2',
    'a:10:1',
    'b:1:1',
  ]);
});
