import { defineConfig } from 'oxlint';

// Which room of src/ may import which; the table of docs/architecture.md, enforced.
const ROOMS = {
  core: [],
  yaml: ['core'],
  secrets: ['core', 'yaml'],
  inventory: ['core', 'yaml', 'secrets'],
  render: ['core'],
  transport: ['core'],
  probes: ['core'],
  report: ['core'],
  lab: ['core'],
  tasks: ['core', 'probes', 'render'],
  roles: ['core', 'render'],
  playbook: ['core', 'yaml', 'secrets', 'inventory', 'render'],
  engine: ['core', 'probes'],
  rolling: ['core', 'probes', 'engine'],
  drift: ['core', 'probes', 'engine'],
  notify: ['core'],
  adopt: ['core'],
  history: ['core'],
  reference: ['core', 'yaml', 'inventory', 'playbook', 'report'],
  commands: [
    'core',
    'yaml',
    'secrets',
    'inventory',
    'render',
    'transport',
    'probes',
    'report',
    'lab',
    'playbook',
    'engine',
    'rolling',
    'drift',
    'notify',
    'adopt',
    'history',
    'reference',
  ],
};

// A library that is one room's business.
const LIBRARIES = {
  ssh2: ['transport'],
  listr2: ['report'],
  chalk: ['report'],
  'cli-table3': ['report'],
  diff: ['report'],
  handlebars: ['render'],
  yaml: ['yaml'],
  'age-encryption': ['secrets'],
  'node-sqlite3-wasm': ['drift'],
  'prom-client': ['drift'],
  nodemailer: ['notify'],
  '@oclif/core': ['commands'],
};

const roomRule = (room) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: Object.entries(LIBRARIES)
          .filter(([, rooms]) => !rooms.includes(room))
          .map(([name, rooms]) => ({ name, message: `Only ${rooms.join(', ')} may import ${name}.` })),
        patterns: Object.keys(ROOMS)
          .filter((other) => other !== room && !ROOMS[room]?.includes(other))
          .map((other) => ({
            group: [`../${other}/**`, `../../${other}/**`],
            message: `The room ${room} may not enter ${other} (docs/architecture.md).`,
          })),
      },
    ],
  },
});

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['dist', 'node_modules', 'coverage'],
  rules: {
    'import/no-cycle': 'error',
    'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'no-console': 'error',
    eqeqeq: 'error',
    // Control characters are this project's business: they are what must not reach a terminal or a host.
    'no-control-regex': 'off',
    // Order is part of the meaning: steps of one host follow each other.
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    // The schema at each edge says what a value is; the assertion beside it only repeats that to the compiler.
    'typescript/no-unsafe-type-assertion': 'off',
  },
  overrides: [
    ...Object.keys(ROOMS).map(roomRule),
    {
      files: ['test/**/*.ts', 'scripts/**', 'bin/**'],
      rules: { 'no-console': 'off', 'max-lines': 'off', 'unicorn/consistent-function-scoping': 'off' },
    },
  ],
});
