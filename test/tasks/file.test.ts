import { describe, expect, test } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { Secret } from '../../src/core/secret.js';
import file from '../../src/tasks/file.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems, project } from './plan-task.js';

const path = '/etc/motd';
const hash = (text: string): string => Content.of(text).sha256;
const holding = (text: string, options: Parameters<typeof fileEntry>[0] = {}): Answers => ({
  files: { [path]: fileEntry({ sha256: hash(text), sizeBytes: text.length, ...options }) },
  'file-contents': { [path]: { bytes: Buffer.from(text), isComplete: true } },
});

describe('file', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', { content: 'a\n' }, holding('a\n', { mode: '0600', owner: 'app' }), [], []],
    [
      'new: 0644 of whoever writes it',
      { content: 'a\n' },
      { files: { [path]: null } },
      ['state: absent -> present', 'content: null -> a\n'],
      [`write ${path} 0644 : "a\\n"`],
    ],
    [
      'new, with everything given',
      { content: "it's\n", mode: '0600', owner: 'app', group: 1000 },
      { files: { [path]: null } },
      [
        'state: absent -> present',
        "content: null -> it's\n",
        'mode: null -> 0600',
        'owner: null -> app',
        'group: null -> 1000',
      ],
      [`write ${path} 0600 app:1000 "it's\\n"`],
    ],
    [
      'other content: mode and owner stay as found',
      { content: 'b\n' },
      holding('a\n', { mode: '0640', owner: 'app', group: '77' }),
      ['content: a\n -> b\n'],
      [`write ${path} 0640 app:77 "b\\n"`],
    ],
    [
      'other content and mode: one write',
      { content: 'b\n', mode: '0600', validate: ['check', '{{candidate}}'], backup: true },
      holding('a\n'),
      ['content: a\n -> b\n', 'mode: 0644 -> 0600'],
      [`write ${path} 0600 root:root "b\\n" (validate check {{candidate}}) (backup)`],
    ],
    [
      'mode alone',
      { content: 'a\n', mode: '0600' },
      holding('a\n'),
      ['mode: 0644 -> 0600'],
      [`chmod 00600 ${path}`],
    ],
    [
      'owner alone: lost special bits are given again',
      { content: 'a\n', owner: 'app' },
      holding('a\n', { mode: '4755' }),
      ['owner: root -> app'],
      [`chown -h -- app ${path}`, `chmod 04755 ${path}`],
    ],
    [
      'owner, group and mode',
      { content: 'a\n', owner: 'app', group: 'www', mode: '2755' },
      holding('a\n', { mode: '2755' }),
      ['owner: root -> app', 'group: root -> www'],
      [`chown -h -- app:www ${path}`, `chmod 02755 ${path}`],
    ],
    [
      'group alone',
      { content: 'a\n', group: 'www' },
      holding('a\n'),
      ['group: root -> www'],
      [`chgrp -h -- www ${path}`],
    ],
    [
      'an owner by number',
      { content: 'a\n', owner: '33' },
      holding('a\n', { owner: 'www-data', uid: '33' }),
      [],
      [],
    ],
    ['absent and gone', { state: 'absent' }, { files: { [path]: null } }, [], []],
    [
      'absent and there',
      { state: 'absent' },
      { files: { [path]: fileEntry() } },
      ['state: present -> absent'],
      [`rm -f -- ${path}`],
    ],
    [
      'absent and a link',
      { state: 'absent' },
      { files: { [path]: fileEntry({ type: 'link', target: '/x' }) } },
      ['state: present -> absent'],
      [`rm -f -- ${path}`],
    ],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(file, { path, ...params }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each<[string, object, Answers, readonly string[]]>([
    ['sensitive', { content: 'new', sensitive: true }, holding('old'), ['content: (hidden) -> (hidden)']],
    ['a secret', { content: new Secret('new') }, holding('old'), ['content: (hidden) -> (hidden)']],
    ['too large', { content: 'new' }, holding('old', { sizeBytes: 2 ** 21 }), ['content: (hidden) -> new']],
    [
      'written to meanwhile',
      { content: 'new' },
      { ...holding('old'), 'file-contents': { [path]: { bytes: Buffer.from('other'), isComplete: true } } },
      ['content: (hidden) -> new'],
    ],
  ])('the old text is not shown when it is %s', async (_name, params, answers, changes) => {
    expect((await plan(file, { path, ...params }, fakeHost(answers))).changes).toEqual(changes);
  });

  test('in sync costs one read', async () => {
    const host = fakeHost(holding('a\n'));
    await plan(file, { path, content: 'a\n' }, host);
    expect(host.asked).toEqual([`files ${path}`]);
  });

  test('the bytes of a file of the project', async () => {
    const host = fakeHost({ files: { [path]: null } });
    const { steps } = await plan(
      file,
      { path, source: 'files/motd' },
      host,
      project({ 'files/motd': 'hello\n' }),
    );
    expect(steps).toEqual([`write ${path} 0644 : "hello\\n"`]);
  });

  test.each<[string, object, Parameters<typeof fileEntry>[0], string]>([
    ['a directory', { content: '' }, { type: 'directory' }, 'task/wrong-type'],
    ['a link', { content: '' }, { type: 'link', target: '/x' }, 'task/wrong-type'],
    ['a device', { content: '' }, { type: 'other' }, 'task/wrong-type'],
    ['a directory that is to go', { state: 'absent' }, { type: 'directory' }, 'task/wrong-type'],
    ['not readable', { content: '' }, { sha256: undefined }, 'task/permission-denied'],
    ['hidden', { content: '' }, { type: 'hidden' }, 'task/permission-denied'],
  ])('what is %s is refused', async (_name, params, entry, code) => {
    const host = fakeHost({ files: { [path]: fileEntry(entry) } });
    await expect(plan(file, { path, ...params }, host)).rejects.toMatchObject({ code });
  });

  test('touches its path and the accounts it names', () => {
    const params = file.params.parse({ path, content: '', owner: 'app', group: 33 });
    expect(file.touches?.(params)).toEqual([`path:${path}`, 'account:app']);
  });

  test.each<[string, object, string]>([
    ['nothing to hold', { path }, ': needs exactly one of `content` and `source`'],
    ['two contents', { path, content: '', source: 'x' }, ': needs exactly one of `content` and `source`'],
    ['a relative path', { path: 'etc/motd', content: '' }, 'path: has to be an absolute path'],
    [
      'a path with dots',
      { path: '/etc/../motd', content: '' },
      'path: has to be written without `//`, `.`, `..` and a `/` at its end',
    ],
    ['a path with a newline', { path: '/etc/a\nb', content: '' }, 'path: must not hold control characters'],
    [
      'a mode that was octal',
      { path, content: '', mode: 0o644 },
      "mode: is the number 420; write '0644' in quotes if 0o644 is meant",
    ],
    [
      'a mode that is none',
      { path, content: '', mode: 'u=rw' },
      "mode: must be octal digits in quotes, e.g. '0644'",
    ],
    ['an owner that is an option', { path, content: '', owner: '-R' }, 'owner: '],
    [
      'a check without the candidate',
      { path, content: '', validate: ['true'] },
      'validate: must name {{candidate}}, the new file',
    ],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(file, params).join('\n')).toContain(problem);
  });

  test.each([
    ['0644', '0644'],
    ['644', '0644'],
    [644, '0644'],
    [2775, '2775'],
    ['01777', '1777'],
  ])('mode %p is %s', (mode, expected) => {
    expect(file.params.parse({ path, content: '', mode })).toMatchObject({ mode: expected });
  });
});
