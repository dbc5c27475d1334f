import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.js';
import line from '../../src/tasks/line.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const path = '/etc/sysctl.conf';
const holding = (text: string | Uint8Array, options: Parameters<typeof fileEntry>[0] = {}): Answers => ({
  files: { [path]: fileEntry(options) },
  'file-contents': { [path]: { bytes: Buffer.from(text), isComplete: true } },
});
const missing: Answers = { files: { [path]: null }, 'file-contents': { [path]: null } };

describe('line', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', { line: 'a=1', match: '^a=' }, holding('a=1\n'), [], []],
    [
      'replaced, mode and owner kept',
      { line: 'a=2', match: '^a=' },
      holding('a=1\nb=1\n', { mode: '0600', owner: 'app', group: 'app' }),
      ['line: a=1 -> a=2'],
      [`write ${path} 0600 app:app "a=2\\nb=1\\n"`],
    ],
    [
      'added',
      { line: 'a=2' },
      holding('b'),
      ['line: null -> a=2'],
      [`write ${path} 0644 root:root "b\\na=2\\n"`],
    ],
    [
      'there, but not ended',
      { line: 'a=2' },
      holding('b\na=2'),
      ['line: a=2\n(no newline at the end of the file) -> a=2'],
      [`write ${path} 0644 root:root "b\\na=2\\n"`],
    ],
    ['there in a file of Windows', { line: 'a=2' }, holding('a=2\r\nb\r\n'), [], []],
    [
      'a secret',
      { line: new Secret('a=2'), match: '^a=', validate: ['check', '{{candidate}}'], backup: true },
      holding('a=1\n'),
      ['line: *** -> ***'],
      [`write ${path} 0644 root:root "a=2\\n" (validate check {{candidate}}) (backup)`],
    ],
    ['a secret in sync', { line: new Secret('a=2') }, holding('a=2\n'), [], []],
    [
      'created',
      { line: 'a=2', create: true },
      missing,
      ['state: absent -> present', 'line: null -> a=2'],
      [`write ${path} 0644 : "a=2\\n"`],
    ],
    [
      'removed',
      { match: '^a', state: 'absent' },
      holding('a=1\nb\n'),
      ['line: a=1 -> null'],
      [`write ${path} 0644 root:root "b\\n"`],
    ],
    ['gone', { line: 'a', state: 'absent' }, holding('b\n'), [], []],
    ['gone with its file', { line: 'a', state: 'absent' }, missing, [], []],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(line, { path, ...params }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('a missing file may still come', async () => {
    const { unknown } = await plan(line, { path, line: 'a' }, fakeHost(missing));
    expect(unknown).toBe(`${path} does not exist`);
  });

  test.each<[string, Answers, string]>([
    ['binary', holding(new Uint8Array([0xff, 0])), 'task/not-text'],
    [
      'too large',
      { ...holding('a'), 'file-contents': { [path]: { bytes: Buffer.from('a'), isComplete: false } } },
      'task/not-text',
    ],
    ['a directory', { ...missing, files: { [path]: fileEntry({ type: 'directory' }) } }, 'task/wrong-type'],
    ['not readable', { ...missing, files: { [path]: fileEntry() } }, 'task/permission-denied'],
  ])('a file that is %s is refused', async (_name, answers, code) => {
    await expect(plan(line, { path, line: 'a' }, fakeHost(answers))).rejects.toMatchObject({ code });
  });

  test.each<[string, object, string]>([
    ['no line', { path }, 'line: says not which line'],
    ['an empty line', { path, line: '' }, 'line: must not be empty'],
    ['a secret of two lines', { path, line: new Secret('a\nb') }, 'line: must be one line'],
    [
      'a pattern of another language',
      { path, line: 'a', match: '^[[:space:]]a' },
      'match: is not read as it is meant',
    ],
    ['two lines', { path, line: 'a\nb' }, 'line: must be one line'],
    ['a broken pattern', { path, line: 'a', match: '(' }, 'match: is no regular expression'],
    [
      'two anchors',
      { path, line: 'a', after: 'b', before: 'c' },
      'takes one of `after` and `before`, not both',
    ],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(line, params).join('\n')).toContain(problem);
  });

  test('the text with a secret is a secret', async () => {
    const { rawSteps } = await plan(line, { path, line: new Secret('a') }, fakeHost(holding('')));
    expect(JSON.stringify(rawSteps)).toContain('"body":"***"');
  });

  test('touches its path', () => {
    expect(line.touches?.(line.params.parse({ path, line: 'a' }))).toEqual([`path:${path}`]);
  });
});
