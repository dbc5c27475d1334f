#!/usr/bin/env node
// Runs the sources as they are, without a build.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execute, Plugin } from '@oclif/core';
import { register } from 'tsx/esm/api';

register();
const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
pjson.oclif.commands.target = './src/commands';
pjson.oclif.hooks.command_not_found = './src/commands/shared/command-not-found';
// Loaded here, since a plugin that oclif loads itself takes its commands from the manifest of the last build.
const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true });
await plugin.load();
await execute({ loadOptions: { root, pjson, plugins: [plugin] } });
