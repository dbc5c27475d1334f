// Jest runs the TypeScript sources as native ES modules; see docs/architecture.md for the two projects.
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
      testPathIgnorePatterns: ['<rootDir>/test/lab/apart/'],
      globalTeardown: '<rootDir>/test/lab/harness/global-teardown.mjs',
    },
    // Each has a lab of its own, so these run beside the others.
    {
      ...common,
      displayName: 'apart',
      testMatch: ['<rootDir>/test/lab/apart/**/*.test.ts'],
      globalTeardown: '<rootDir>/test/lab/harness/global-teardown.mjs',
    },
  ],
};
