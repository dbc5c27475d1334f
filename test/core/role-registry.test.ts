import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRoleRegistry } from '../../src/core/role-registry.js';

const folders: string[] = [];
const DEFINITION = "export default { summary: 'x', params: { safeParse() {} }, examples: [], items() {} };";

function folderWith(files: Readonly<Record<string, string>>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'roles-'));
  folders.push(folder);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return pathToFileURL(`${folder}/`);
}

let folder: URL;
beforeAll(() => {
  folder = folderWith({
    'web-server/role.js': DEFINITION,
    'dns/role.js': DEFINITION,
    'dns/settings.js': '',
    'broken/role.js': "export default { summary: 'x', params: {}, examples: [], items() {}, ports: [] };",
    'shared/network.js': '',
    'Upper/role.js': DEFINITION,
    'two--dashes/role.js': DEFINITION,
    'role.js': DEFINITION,
  });
});
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

describe('createRoleRegistry', () => {
  test('a role is a folder with a file of that name, sorted', () => {
    expect(createRoleRegistry([folder]).roles()).toEqual(['broken', 'dns', 'web-server']);
  });

  test('loads a definition', async () => {
    expect(await createRoleRegistry([folder]).load('web-server')).toMatchObject({ summary: 'x' });
  });

  test('the default folder is that of the roles', async () => {
    const registry = createRoleRegistry();
    expect(registry.has('time')).toBe(true);
    expect(await registry.load('time')).toMatchObject({ examples: expect.any(Array) });
  });

  test.each([
    ['broken', 'core/bad-role', 'wrong or missing: params, ports'],
    ['dsn', 'core/unknown-role', 'there is no role "dsn"'],
    ['shared', 'core/unknown-role', 'there is no role "shared"'],
  ])('%s is refused', async (role, code, message) => {
    const loading = createRoleRegistry([folder]).load(role);
    await expect(loading).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('a role defined twice, and a folder that is not there', () => {
    const other = folderWith({ 'dns/role.js': '' });
    expect(() => createRoleRegistry([folder, other])).toThrow(
      expect.objectContaining({ code: 'core/duplicate-role' }),
    );
    expect(() => createRoleRegistry([new URL('missing/', folder)])).toThrow(
      expect.objectContaining({ code: 'core/no-roles' }),
    );
  });
});
