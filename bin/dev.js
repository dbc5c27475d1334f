#!/usr/bin/env -S node --import tsx
// Runs the sources as they are, without a build.
import { execute } from '@oclif/core';

await execute({ dir: import.meta.url, development: true });
