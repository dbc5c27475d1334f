#!/usr/bin/env node
'use strict';
// Runs the sources as they are, without a build.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { execute, Plugin } = require('@oclif/core');

async function main() {
  const { register } = await import('tsx/esm/api');
  register();
  const root = join(__dirname, '..');
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  pjson.oclif.commands.target = './src/commands';
  pjson.oclif.hooks.command_not_found = './src/commands/shared/command-not-found';
  // Loaded here, since a plugin that oclif loads itself takes its commands from the manifest of the last build.
  const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true });
  await plugin.load();
  await execute({ loadOptions: { root, pjson, plugins: [plugin] } });
}

void main();
