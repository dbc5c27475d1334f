import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { createRegistry } from '../../src/core/registry.js';

const registry = createRegistry();

/** What issue 2 asks for; more may be there. */
const FIRST_KINDS = ['command', 'directory', 'file', 'group', 'line', 'link', 'package', 'service'].concat([
  'systemd_unit',
  'template',
  'user',
]);

interface JsonSchema {
  readonly type?: string;
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
}

test('the first kinds are there', () => {
  expect(registry.kinds()).toEqual(expect.arrayContaining(FIRST_KINDS));
});

describe.each(registry.kinds())('%s', (kind) => {
  test('has a test file', () => {
    expect(existsSync(fileURLToPath(new URL(`${kind}.test.ts`, import.meta.url)))).toBe(true);
  });

  test('has examples that its schema takes', async () => {
    const task = await registry.load(kind);
    expect(task.examples.length).toBeGreaterThan(0);
    for (const example of task.examples)
      expect(task.params.safeParse(example)).toMatchObject({ success: true });
  });

  test('is strict, and describes every parameter', async () => {
    const { params, summary } = await registry.load(kind);
    const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    const undescribed = Object.entries(schema.properties ?? {}).filter(
      ([, { description = '' }]) => description === '',
    );
    expect(undescribed).toEqual([]);
    expect(summary).toMatch(/^[A-Z][^\n]{5,100}[^.\n]$/);
  });
});
