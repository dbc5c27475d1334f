import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  editCrontab,
  findEntry,
  quotedVariable,
  type CronEntry,
} from '../../../src/tasks/shared/crontab-edit.js';

const JOB: CronEntry = { schedule: '0 3 * * *', command: 'job', env: {} };
const OURS = '#homelab: x\n0 3 * * * job\n';
const THEIRS = '# mine\nMAILTO=me\n5 5 * * * theirs\n';

describe('editCrontab', () => {
  test.each<[string, string, CronEntry | undefined, string]>([
    ['into an empty one', '', JOB, OURS],
    ['below what is there', THEIRS, JOB, THEIRS + OURS],
    ['without a final newline', '# a', JOB, `# a\n${OURS}`],
    ['where it was', `#homelab: x\n1 1 * * * old\n${THEIRS}`, JOB, OURS + THEIRS],
    ['a marker without an entry', `#homelab: x\n${THEIRS.slice(0, 7)}`, JOB, `${OURS}# mine\n`],
    ['a marker at the end', '#homelab: x', JOB, OURS],
    ['said twice', `${OURS}${THEIRS}${OURS}`, JOB, OURS + THEIRS],
    ['another name stays', '#homelab: x y\n1 1 * * * y\n', JOB, `#homelab: x y\n1 1 * * * y\n${OURS}`],
    [
      'variables: at the end',
      OURS + THEIRS,
      { ...JOB, env: { A: 'b c', B: ' d' } },
      `${THEIRS}#homelab: x\nA=b c\nB=" d"\n0 3 * * * job\n`,
    ],
    [
      'variables: where it was, when it had some',
      `#homelab: x\nA=1\n0 3 * * * job\n${THEIRS}`,
      { ...JOB, env: { A: '2' } },
      `#homelab: x\nA=2\n0 3 * * * job\n${THEIRS}`,
    ],
    [
      'above another entry with variables',
      `${THEIRS}#homelab: z\nA=1\n0 3 * * * z\n`,
      JOB,
      `${THEIRS}${OURS}#homelab: z\nA=1\n0 3 * * * z\n`,
    ],
    ['removed', `# a\n#homelab: x\nA=1\n0 3 * * * job\n${THEIRS}`, undefined, `# a\n${THEIRS}`],
    ['removed, every time', `${OURS}# a\n${OURS}`, undefined, '# a\n'],
    ['removed and gone', THEIRS, undefined, THEIRS],
  ])('%s', (_name, text, entry, result) => {
    expect(editCrontab(text, 'x', entry)).toBe(result);
    expect(editCrontab(result, 'x', entry)).toBe(result);
  });

  test('what is put is found, and taken out again nothing else has changed', () => {
    const env = fc.dictionary(
      fc.constantFrom('A', 'MAILTO', '_b1'),
      fc.constantFrom('', ' ', 'a', '"', " it's ", 'a=b', '#', '%', "'q'", 'é '),
    );
    const lines = fc.array(
      fc.constantFrom('# a', '', '1 2 3 4 5 b', 'A=1', '#homelab: y', '#homelab: xx', '@daily c'),
    );
    fc.assert(
      fc.property(
        lines,
        env,
        fc.constantFrom('a', '-x "b" % \\% #', '☂ = 1'),
        (others, variables, command) => {
          const before = others.map((line) => `${line}\n`).join('');
          const entry = { schedule: '@daily', command, env: variables };
          const once = editCrontab(before, 'x', entry);
          expect(findEntry(once, 'x')).toEqual({
            entry: { schedule: '@daily', command },
            env: variables,
            count: 1,
          });
          expect(editCrontab(once, 'x', entry)).toBe(once);
          expect(editCrontab(once, 'x', undefined)).toBe(before);
        },
      ),
    );
  });
});

describe('findEntry', () => {
  test.each<[string, string, ReturnType<typeof findEntry>]>([
    ['none', THEIRS, undefined],
    [
      'tabs and spaces',
      '#homelab: x \n 0\t3  * * *\tjob  a \n',
      { entry: { schedule: '0 3 * * *', command: 'job  a' }, env: {}, count: 1 },
    ],
    ['a marker alone', '#homelab: x\n\n0 3 * * * job\n', { entry: undefined, env: {}, count: 1 }],
    ['commented out', '#homelab: x\n#0 3 * * * job\n', { entry: undefined, env: {}, count: 1 }],
    [
      'variables',
      "#homelab: x\nA = b \nB=' c'\nC=\n@daily job\n",
      { entry: { schedule: '@daily', command: 'job' }, env: { A: 'b', B: ' c', C: '' }, count: 1 },
    ],
    ['a variable alone', '#homelab: x\nA=1\n', { entry: undefined, env: { A: '1' }, count: 1 }],
    ['twice', OURS + OURS, { entry: { schedule: '0 3 * * *', command: 'job' }, env: {}, count: 2 }],
  ])('%s', (_name, text, found) => {
    expect(findEntry(text, 'x')).toEqual(found);
  });
});

test.each<[string, string | undefined]>([
  ['a b', 'a b'],
  ['it\'s "a"', 'it\'s "a"'],
  ['', '""'],
  [' a', '" a"'],
  ['"a', `'"a'`],
  [`"a'`, undefined],
])('%j is written as %s', (value, expected) => {
  expect(quotedVariable(value)).toBe(expected);
});
