import { availableParallelism } from 'node:os';

// Jest runs the TypeScript sources as native ES modules; the projects are told apart below.
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
};

export default {
  // Many tests start programs; how busy the machine is must not decide.
  testTimeout: 30_000,
  // Jest leaves a core to others, which of two is half, and many tests wait for programs; projects with labs run `--runInBand`.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/lab/'],
    },
    {
      ...common,
      displayName: 'lab',
      testMatch: ['<rootDir>/test/lab/**/*.test.ts'],
      testPathIgnorePatterns: ['apart', 'contract', 'parity'].map((name) => `<rootDir>/test/lab/${name}/`),
      globalTeardown: '<rootDir>/test/lab/harness/global-teardown.mjs',
    },
    // These have labs of their own, so they run beside the others; so does the comparison with Ansible, which takes long.
    {
      ...common,
      displayName: 'apart',
      testMatch: ['<rootDir>/test/lab/{apart,parity}/**/*.test.ts'],
      globalTeardown: '<rootDir>/test/lab/harness/global-teardown.mjs',
    },
    // As many as all others together, in a lab of their own.
    {
      ...common,
      displayName: 'contract',
      testMatch: ['<rootDir>/test/lab/contract/**/*.test.ts'],
      globalTeardown: '<rootDir>/test/lab/harness/global-teardown.mjs',
    },
  ],
};
