import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createRegistry } from '../../src/core/registry.js';
import { createRoleRegistry } from '../../src/core/role-registry.js';
import type { CommandManifest } from '../../src/reference/command-page.js';
import { referencePages } from '../../src/reference/pages.js';
import { requireBuild } from '../commands/homelab-program.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = join(ROOT, 'docs/reference');

/** Files as they are, by their path in the folder. */
const written = new Map(
  readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(FOLDER, path), readFileSync(path, 'utf8')]),
);
let pages: ReadonlyMap<string, string> = new Map();

beforeAll(async () => {
  await requireBuild();
  const manifest = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as CommandManifest;
  pages = await referencePages({ kinds: createRegistry(), roles: createRoleRegistry() }, manifest);
}, 60_000);

describe('docs/reference', () => {
  test('has the pages that `npm run reference` makes, and no others', () => {
    expect([...written.keys()].toSorted()).toEqual([...pages.keys()].toSorted());
  });

  test.each([...written.keys()])('%s is as `npm run reference` makes it', (path) => {
    expect(written.get(path)).toBe(pages.get(path));
  });

  test.each([...written])('%s links to what is there', (path, text) => {
    for (const [, link = ''] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
      expect(written.has(join(path, '..', link))).toBe(true);
  });
});
