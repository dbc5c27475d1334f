// Bundles src/ into dist/: one file a command and one a task kind, what they share in chunks beside them.
// oclif reads dist/commands, core/registry reads dist/tasks; both find new files by themselves.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Plugin } from '@oclif/core';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
rmSync('dist', { recursive: true, force: true });

const sources = (folder, isDeep) =>
  readdirSync(folder, { recursive: isDeep, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`)
    // What commands share is no command.
    .filter((path) => !path.includes('/shared/'));

await build({
  entryPoints: [
    ...sources('src/commands', true),
    ...sources('src/tasks', false),
    'src/commands/shared/main.ts',
    'src/commands/shared/command-not-found.ts',
    'src/lab/package-proxy-process.ts',
  ],
  outdir: 'dist',
  outbase: 'src',
  // One level deep, like the rooms: import.meta.url in a chunk then finds ../tasks as it does in src/core.
  chunkNames: 'core/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  legalComments: 'none',
  // ssh2 runs without its native add-on, oclif without a compiler for its development mode.
  external: ['cpu-features', '*.node', 'typescript'],
  // What CommonJS packages expect to find around them.
  banner: {
    js: [
      "import { createRequire as homelabRequire } from 'node:module';",
      'const require = homelabRequire(import.meta.url);',
      'const __dirname = import.meta.dirname;',
    ].join(''),
  },
  logLevel: 'warning',
});

const plugin = new Plugin({ root, isRoot: true, ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync('oclif.manifest.json', `${JSON.stringify(plugin.manifest, null, 2)}\n`);
