// Bundles src/ into dist/: one file a command, a task kind and a role, what they share in chunks beside them.
// oclif reads dist/commands, the registries of core read dist/tasks and dist/roles; all find new files by themselves.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Plugin } from '@oclif/core';
import { build, transform } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const sources = (folder, isDeep) =>
  readdirSync(folder, { recursive: isDeep, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`)
    // What commands share is no command.
    .filter((path) => !path.includes('/shared/'));

const { outputFiles } = await build({
  entryPoints: [
    ...sources('src/commands', true),
    ...sources('src/tasks', false),
    ...sources('src/rolling/drains', false),
    ...sources('src/roles', true).filter((path) => path.endsWith('/role.ts')),
    'src/commands/shared/main.ts',
    'src/commands/shared/command-not-found.ts',
    'src/lab/package-proxy-process.ts',
  ],
  write: false,
  outdir: 'dist',
  outbase: 'src',
  // One level deep, like the rooms: import.meta.url in a chunk then finds ../tasks as it does in src/core.
  chunkNames: 'core/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  // ssh2 runs without its native add-on, oclif without a compiler for its development mode.
  external: ['cpu-features', '*.node', 'typescript'],
  logLevel: 'warning',
});

rmSync('dist', { recursive: true, force: true });
// Only ES modules can be split, and only CommonJS starts from kept code (bin/code-cache.js): so one becomes the other.
for (const { path, text } of outputFiles) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'homelabModuleUrl' },
    banner: text.includes('import.meta.url')
      ? "const homelabModuleUrl = require('node:url').pathToFileURL(__filename).href;"
      : '',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}
// SQLite looks for its other half beside itself, in the folder of the chunks.
const sqlite = createRequire(import.meta.url).resolve('node-sqlite3-wasm');
copyFileSync(join(dirname(sqlite), 'node-sqlite3-wasm.wasm'), 'dist/core/node-sqlite3-wasm.wasm');
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');

const plugin = new Plugin({ root, isRoot: true, ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync('oclif.manifest.json', `${JSON.stringify(plugin.manifest, null, 2)}\n`);

execFileSync(process.execPath, ['scripts/keep-code.mjs'], { stdio: 'inherit' });
