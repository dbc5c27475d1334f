#!/usr/bin/env node
'use strict';
// Scripts ask for the version all the time: it is answered without loading anything else.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-v')) {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  const dist = join(root, 'dist');
  require('./code-cache.js').useCodeCache(dist);
  const { execute } = require(join(dist, 'commands', 'shared', 'main.js'));
  void execute({ loadOptions: { root } });
}
