import { describe, expect, test } from '@jest/globals';
import { conditionKey } from '../../src/probes/conditions.js';
import command from '../../src/tasks/command.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const NEEDED = ['run: needed -> done'];
const key = (shell: string, cwd?: string, env?: Record<string, string>): string =>
  conditionKey({ shell, cwd, env });

type Row = readonly [string, object, Answers, readonly string[], readonly string[]];

const ROWS: readonly Row[] = [
  ['creates, there', { argv: ['x'], creates: '/x' }, { files: { '/x': fileEntry() } }, [], []],
  [
    'creates, missing',
    { argv: ['x', 'a b'], creates: '/x' },
    { files: { '/x': null } },
    NEEDED,
    ["x 'a b' (successCodes [0])"],
  ],
  [
    'removes, there',
    { shell: 'rm /x', removes: '/x' },
    { files: { '/x': fileEntry() } },
    NEEDED,
    ["sh -c 'rm /x' (successCodes [0])"],
  ],
  ['removes, missing', { argv: ['x'], removes: '/x' }, { files: { '/x': null } }, [], []],
  ['unless, holds', { argv: ['x'], unless: 't' }, { conditions: { [key('t')]: true } }, [], []],
  [
    'unless, does not',
    { argv: ['x'], unless: 't' },
    { conditions: { [key('t')]: false } },
    NEEDED,
    ['x (successCodes [0])'],
  ],
  [
    'only_if, holds',
    { argv: ['x'], only_if: 't' },
    { conditions: { [key('t')]: true } },
    NEEDED,
    ['x (successCodes [0])'],
  ],
  ['only_if, does not', { argv: ['x'], only_if: 't' }, { conditions: { [key('t')]: false } }, [], []],
  [
    'unless, its program is missing',
    { argv: ['x'], unless: 't' },
    { conditions: { [key('t')]: 'no program' } },
    NEEDED,
    ['x (successCodes [0])'],
  ],
  [
    'only_if, its program is missing',
    { argv: ['x'], only_if: 't' },
    { conditions: { [key('t')]: 'no program' } },
    [],
    [],
  ],
  ['always', { argv: ['x'], always: true }, {}, NEEDED, ['x (successCodes [0])']],
  [
    'with everything given',
    { argv: ['x'], unless: 't', cwd: '/srv', env: { A: 1 }, stdin: 'in', success_codes: [0, 3] },
    {
      files: { '/srv': fileEntry({ type: 'directory' }) },
      conditions: { [key('t', '/srv', { A: '1' })]: false },
    },
    NEEDED,
    ['x < in (cwd "/srv") (env {"A":"1"}) (successCodes [0,3])'],
  ],
  [
    'done, its directory gone',
    { argv: ['x'], creates: '/x', cwd: '/tmp/build' },
    { files: { '/x': fileEntry(), '/tmp/build': null } },
    [],
    [],
  ],
];

describe('command', () => {
  test.each(ROWS)('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(command, params, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each([{ creates: '/x' }, { unless: 't' }, { only_if: 't' }])(
    'a directory that is not there: %p',
    async (condition) => {
      const host = fakeHost({
        files: { '/srv': null, '/x': null },
        conditions: { [key('t', '/srv', undefined)]: false },
      });
      const { unknown } = await plan(command, { argv: ['x'], cwd: '/srv', ...condition }, host);
      expect(unknown).toBe('the directory /srv does not exist');
    },
  );

  test('a path that is hidden is not taken for missing', async () => {
    const host = fakeHost({ files: { '/root/x': fileEntry({ type: 'hidden' }) } });
    const planned = plan(command, { argv: ['x'], creates: '/root/x' }, host);
    await expect(planned).rejects.toMatchObject({ code: 'task/permission-denied' });
  });

  test.each<[string, object, string]>([
    ['nothing to run', { always: true }, 'needs exactly one of `argv` and `shell`'],
    [
      'two things to run',
      { argv: ['x'], shell: 'x', always: true },
      'needs exactly one of `argv` and `shell`',
    ],
    ['no condition', { argv: ['x'] }, 'when is it to run?'],
    ['two conditions', { argv: ['x'], creates: '/x', always: true }, 'when is it to run?'],
    ['a variable that is none', { argv: ['x'], always: true, env: { 'A-B': '1' } }, 'env'],
    ['NUL', { argv: ['x\0'], always: true }, 'argv.0: must not hold NUL'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(command, params).join('\n')).toContain(problem);
  });

  test('only what has a condition can be proven', () => {
    const conditions = [{ always: true }, { unless: 't' }].map((one) =>
      command.params.parse({ argv: ['x'], ...one }),
    );
    expect(conditions.map((params) => command.isVerifiable?.(params))).toEqual([false, true]);
  });

  test('may touch anything', () => {
    expect(command.touches).toBeUndefined();
  });
});
