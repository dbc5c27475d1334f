// Writes docs/reference, of the sources and of the manifest that the build made. What no longer belongs there goes.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

register();
const { createRegistry } = await import('../src/core/registry.ts');
const { createRoleRegistry } = await import('../src/core/role-registry.ts');
const { referencePages } = await import('../src/reference/pages.ts');

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'docs/reference');
const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'));
const pages = await referencePages({ kinds: createRegistry(), roles: createRoleRegistry() }, manifest);
for (const [path, text] of pages) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !pages.has(path.slice(folder.length + 1))) rmSync(path);
}
console.log(`docs/reference: ${pages.size} pages`);
