import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as z from 'zod';
import { conditionSchema } from '../../src/core/condition.js';
import { Secret } from '../../src/core/secret.js';
import type { AnyTask } from '../../src/core/task.js';
import { toJsonSchema } from '../../src/reference/json-schema.js';
import { kindPage } from '../../src/reference/kind-page.js';
import { kindText } from '../../src/reference/kind-text.js';
import { table } from '../../src/reference/markdown.js';
import { parametersOf } from '../../src/reference/parameters.js';
import { typeText } from '../../src/reference/type-text.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';

describe('what a schema takes', () => {
  test.each<readonly [z.ZodType, string]>([
    [z.string(), 'text'],
    [z.union([z.string(), z.instanceof(Secret)]), 'text'],
    [z.string().regex(/^a/).nullish(), 'text'],
    [z.boolean(), 'true or false'],
    [z.int(), 'whole number'],
    [z.int().min(1).max(9), 'whole number 1 to 9'],
    [z.number().min(0), 'number from 0'],
    [z.int().max(9), 'whole number up to 9'],
    [z.enum(['a', 'b']), 'a | b'],
    [z.literal(true), 'true'],
    [z.literal('x'), '"x"'],
    [z.array(z.unknown()), 'list'],
    [z.union([z.string(), z.array(z.string())]), 'text or list of text'],
    [z.array(z.strictObject({})), 'list of mappings'],
    [z.record(z.string(), z.unknown()), 'mapping'],
    [z.unknown(), 'anything'],
    [conditionSchema, 'condition'],
    [z.union([conditionSchema, z.array(conditionSchema)]), 'condition or list of condition'],
    [z.string().transform(Number), 'text'],
  ])('%#: %s', (schema, expected) => {
    const { properties } = toJsonSchema(z.strictObject({ one: schema }));
    expect(typeText(properties?.['one'] ?? {})).toBe(expected);
  });
});

const params = z.strictObject({
  name: z.string().describe('who'),
  check: z
    .union([
      z.string(),
      z.strictObject({ url: z.string().describe('where'), port: z.int().optional().describe('p') }),
    ])
    .optional()
    .describe('a | b'),
  rules: z
    .array(z.strictObject({ allow: z.string().describe('in') }))
    .default([])
    .describe('list <of> *rules*'),
  zones: z
    .record(z.string(), z.strictObject({ net: z.string().optional().describe('n') }))
    .describe('by name'),
});

test('parameters are those of mappings inside too, by their way', () => {
  expect(
    parametersOf(toJsonSchema(params)).map(({ name, type, isRequired, fallback }) => [
      name,
      type,
      isRequired,
      fallback,
    ]),
  ).toEqual([
    ['name', 'text', true, undefined],
    ['check', 'text or mapping', false, undefined],
    ['check.url', 'text', true, undefined],
    ['check.port', 'whole number', false, undefined],
    ['rules', 'list of mappings', false, []],
    ['rules[].allow', 'text', true, undefined],
    ['zones', 'mapping', true, undefined],
    ['zones.NAME.net', 'text', false, undefined],
  ]);
});

describe('a kind', () => {
  const examples = [{ name: 'a', zones: {} }];
  const task = { summary: 'Does it', params, examples, touches: () => [] } as unknown as AnyTask;

  test('at a terminal', () => {
    const style = { palette: PLAIN_PALETTE, width: undefined };
    expect(kindText({ kind: 'it', task }, style)).toBe(
      [
        'it  Does it',
        '',
        'parameter       takes             what it is',
        'name*           text              who',
        'check           text or mapping   a | b',
        'check.url*      text              where',
        'check.port      whole number      p',
        'rules           list of mappings  list <of> *rules* (default: [])',
        'rules[].allow*  text              in',
        'zones*          mapping           by name',
        'zones.NAME.net  text              n',
        '',
        'Examples',
        '  - it: { name: "a", zones: {  } }',
        '',
      ].join('\n'),
    );
  });

  test('as a page', () => {
    expect(kindPage({ kind: 'it', task })).toBe(
      [
        '# it',
        '',
        'Does it.',
        '',
        '| parameter        | takes            | default    | what it is             |',
        '| ---------------- | ---------------- | ---------- | ---------------------- |',
        '| `name`           | text             | _required_ | who                    |',
        '| `check`          | text or mapping  |            | a \\| b                 |',
        '| `check.url`      | text             | _required_ | where                  |',
        '| `check.port`     | whole number     |            | p                      |',
        '| `rules`          | list of mappings | `[]`       | list &lt;of> \\*rules\\* |',
        '| `rules[].allow`  | text             | _required_ | in                     |',
        '| `zones`          | mapping          | _required_ | by name                |',
        '| `zones.NAME.net` | text             |            | n                      |',
        '',
        'What else an item may have: [keys of an item](../playbook.md#keys-of-an-item).',
        '',
        '## Examples',
        '',
        '```yaml',
        '- it:',
        '    name: a',
        '    zones: {}',
        '```',
        '',
      ].join('\n'),
    );
  });
});

test('a cell keeps code as it is, and ends nowhere but at its end', () => {
  expect(table(['a'], [['`x*|<y>` a*b\n| <c>']])).toBe(
    ['| a                        |', `| ${'-'.repeat(24)} |`, '| `x*\\|<y>` a\\*b \\| &lt;c> |', ''].join(
      '\n',
    ),
  );
  expect(table(['a'], [])).toBe('');
});

test('whatever a cell holds, its row is one line with one cell', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('|', '`', '<', '*', '\n', 'a', '\\', ' ') }), (text) => {
      const lines = table(['a'], [[text]]).split('\n');
      expect(lines).toHaveLength(4);
      expect(lines[2]?.slice(1, -2)).not.toMatch(/(?<!\\)\|/);
    }),
  );
});
