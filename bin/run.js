#!/usr/bin/env node
// Scripts ask for the version all the time: it is answered without loading anything else.
import { readFileSync } from 'node:fs';

if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-v')) {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  const { execute } = await import('../dist/commands/shared/main.js');
  await execute({ dir: import.meta.url });
}
