import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.js';
import block from '../../src/tasks/block.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const path = '/etc/hosts';
const id = 'x';
const holding = (text: string, options: Parameters<typeof fileEntry>[0] = {}): Answers => ({
  files: { [path]: fileEntry(options) },
  'file-contents': { [path]: { bytes: Buffer.from(text), isComplete: true } },
});
const missing: Answers = { files: { [path]: null }, 'file-contents': { [path]: null } };
const marked = (content: string): string => `# BEGIN homelab x\n${content}# END homelab x\n`;

describe('block', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', { content: 'b' }, holding(`a\n${marked('b\n')}`), [], []],
    ['in sync, CRLF', { content: 'b\n' }, holding(marked('b\n').replaceAll('\n', '\r\n')), [], []],
    [
      'added, mode and owner kept',
      { content: 'b\n', after: '^a' },
      holding('a\nz\n', { mode: '0600', owner: 'app', group: 'app' }),
      ['block: null -> b\n'],
      [`write ${path} 0600 app:app ${JSON.stringify(`a\n${marked('b\n')}z\n`)}`],
    ],
    [
      'changed, with a check and a backup',
      { content: 'b\n', validate: ['check', '{{candidate}}'], backup: true },
      holding(marked('old\n')),
      ['block: old\n -> b\n'],
      [
        `write ${path} 0644 root:root ${JSON.stringify(marked('b\n'))} (validate check {{candidate}}) (backup)`,
      ],
    ],
    [
      'emptied',
      { content: '' },
      holding(marked('old\n')),
      ['block: old\n -> '],
      [`write ${path} 0644 root:root ${JSON.stringify(marked(''))}`],
    ],
    [
      'created',
      { content: 'b', create: true, before: 'BOF' },
      missing,
      ['state: absent -> present', 'block: null -> b\n'],
      [`write ${path} 0644 : ${JSON.stringify(marked('b\n'))}`],
    ],
    [
      'another comment',
      { content: 'b', comment: '/* */' },
      holding(''),
      ['block: null -> b\n'],
      [`write ${path} 0644 root:root "/* BEGIN homelab x */\\nb\\n/* END homelab x */\\n"`],
    ],
    [
      'a secret',
      { content: new Secret('b') },
      holding(marked('old\n')),
      ['block: (hidden) -> (hidden)'],
      [`write ${path} 0644 root:root ${JSON.stringify(marked('b\n'))}`],
    ],
    ['a secret in sync', { content: new Secret('b') }, holding(marked('b\n')), [], []],
    [
      'removed',
      { state: 'absent' },
      holding(`a\n${marked('b\n')}`),
      ['block: b\n -> null'],
      [`write ${path} 0644 root:root "a\\n"`],
    ],
    ['gone', { state: 'absent' }, holding('a\n'), [], []],
    ['gone with its file', { state: 'absent' }, missing, [], []],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(block, { path, id, ...params }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('the text with a secret is a secret', async () => {
    const { rawSteps } = await plan(block, { path, id, content: new Secret('b') }, fakeHost(holding('')));
    expect(JSON.stringify(rawSteps)).toContain('"body":"***"');
  });

  test('a missing file may still come', async () => {
    const { unknown } = await plan(block, { path, id, content: 'a' }, fakeHost(missing));
    expect(unknown).toBe(`${path} does not exist`);
  });

  test.each<[string, object]>([
    ['present', { content: 'b' }],
    ['absent', { state: 'absent' }],
  ])('a damaged block is an error, wanted %s', async (_name, params) => {
    const host = fakeHost(holding('# BEGIN homelab x\nmine\n'));
    await expect(plan(block, { path, id, ...params }, host)).rejects.toMatchObject({
      code: 'task/damaged-block',
      message: `the block x of ${path} is damaged: \`# BEGIN homelab x\` (line 1) has no \`# END homelab x\` after it`,
    });
  });

  test.each<[string, object, string]>([
    ['no content', { id }, 'content: is missing'],
    ['content that is to be absent', { id, content: 'a', state: 'absent' }, 'content: makes no sense'],
    ['its own end', { id, content: 'a\r\n# END homelab x' }, 'content: holds the line `# END homelab x`'],
    ['its own beginning', { id, content: '# BEGIN homelab x\n' }, 'content: holds the line `# BEGIN'],
    ['NUL', { id, content: 'a\0' }, 'content: must not hold NUL'],
    ['an id of two lines', { id: 'a\nb', content: '' }, 'id: must be one line'],
    ['an empty id', { id: '', content: '' }, 'id: must be one line, not empty'],
    [
      'an id with a control character',
      { id: 'a\u001Bb', content: '' },
      'id: must not hold control characters',
    ],
    ['a comment of three parts', { id, content: '', comment: 'a b c' }, 'comment: must be like'],
    [
      'two anchors',
      { id, content: '', after: 'b', before: 'c' },
      'takes one of `after` and `before`, not both',
    ],
    ['a broken pattern', { id, content: '', after: '(' }, 'after: is no regular expression'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(block, { path, ...params }).join('\n')).toContain(problem);
  });

  test('touches its path', () => {
    expect(block.touches?.(block.params.parse({ path, id, content: 'a' }))).toEqual([`path:${path}`]);
  });
});
