import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRegistry } from '../../src/core/registry.js';

const folders: string[] = [];
const DEFINITION = `export default { summary: 'x', params: { safeParse() {} }, examples: [],
  desired() {}, probe() {}, steps() {} };`;

function folderWith(files: Readonly<Record<string, string>>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  folders.push(folder);
  // The files of a build are modules by the package they lie in.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return pathToFileURL(`${folder}/`);
}

let folder: URL;
beforeAll(() => {
  folder = folderWith({
    'zebra.js': DEFINITION,
    'big_apple.js': DEFINITION,
    'broken.js':
      'export default { summary: 1, params: {}, examples: [], desired() {}, probe() {}, touches: 1 };',
    'nothing.js': 'export const x = 1;',
    'zebra.d.ts': '',
    'zebra.test.ts': '',
    'Notes.md': '',
    'kebab-case.js': DEFINITION,
  });
});
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

describe('createRegistry', () => {
  test('a kind is a file, sorted by name', () => {
    expect(createRegistry([folder]).kinds()).toEqual(['big_apple', 'broken', 'nothing', 'zebra']);
  });

  test('has', () => {
    const registry = createRegistry([folder]);
    expect(['zebra', 'toString', 'kebab-case'].map((kind) => registry.has(kind))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('loads a definition', async () => {
    expect(await createRegistry([folder]).load('zebra')).toMatchObject({ summary: 'x' });
  });

  test('the default folder is that of the kinds', async () => {
    const registry = createRegistry();
    expect(registry.has('file')).toBe(true);
    expect(await registry.load('file')).toMatchObject({ summary: 'A file holds exactly this' });
  });

  test.each([
    ['broken', 'core/bad-kind', 'wrong or missing: summary, params, steps, touches'],
    ['nothing', 'core/bad-kind', 'wrong or missing: a default export'],
    ['zebr', 'core/unknown-kind', 'there is no task kind "zebr"'],
  ])('%s is refused', async (kind, code, message) => {
    const loading = createRegistry([folder]).load(kind);
    await expect(loading).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('an unknown kind is told the nearest', async () => {
    await expect(createRegistry([folder]).load('zebr')).rejects.toMatchObject({
      hint: 'Did you mean zebra?',
    });
  });

  test('a kind defined twice', () => {
    const other = folderWith({ 'zebra.ts': '' });
    expect(() => createRegistry([folder, other])).toThrow(
      expect.objectContaining({ code: 'core/duplicate-kind' }),
    );
  });

  test('a folder that is not there', () => {
    const missing = new URL('missing/', folder);
    expect(() => createRegistry([missing])).toThrow(expect.objectContaining({ code: 'core/no-kinds' }));
  });
});
