#!/usr/bin/env node
// The bench is TypeScript, like what it measures the lab with; what it measures is the build, bin/run.js.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
