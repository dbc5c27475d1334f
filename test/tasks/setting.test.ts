import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.js';
import setting from '../../src/tasks/setting.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const path = '/etc/app.conf';
const key = 'k';
const holding = (text: string, at = path): Answers => ({
  files: { [at]: fileEntry({ mode: '0640', owner: 'app', group: 'app' }) },
  'file-contents': { [at]: { bytes: Buffer.from(text), isComplete: true } },
});
const missing: Answers = { files: { [path]: null }, 'file-contents': { [path]: null } };

describe('setting', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', { section: 's', value: 1 }, holding('[s]\nk = 1\n'), [], []],
    [
      'changed, mode and owner kept',
      { section: 's', value: true },
      holding('[s]\nk = 1\n'),
      ['value: 1 -> true'],
      [`write ${path} 0640 app:app "[s]\\nk = true\\n"`],
    ],
    [
      'added, with a check and a backup',
      { value: 'a b', separator: ': ', validate: ['check', '{{candidate}}'], backup: true },
      holding('z=1\n'),
      ['value: null -> a b'],
      [`write ${path} 0640 app:app "z=1\\nk: a b\\n" (validate check {{candidate}}) (backup)`],
    ],
    [
      'before the first section',
      { format: 'ini', value: '1' },
      holding('[s]\nk = 1\n'),
      ['value: null -> 1'],
      [`write ${path} 0640 app:app "k = 1\\n\\n[s]\\nk = 1\\n"`],
    ],
    [
      'two values become one',
      { value: '1' },
      holding('k=1\nk=2\n'),
      ['value: 1\n2 -> 1'],
      [`write ${path} 0640 app:app "k=1\\n"`],
    ],
    [
      'a file of ssh',
      { path: '/etc/ssh/sshd_config', key: 'permitrootlogin', value: 'no' },
      holding('PermitRootLogin yes\nMatch User x\n', '/etc/ssh/sshd_config'),
      ['value: yes -> no'],
      ['write /etc/ssh/sshd_config 0640 app:app "PermitRootLogin no\\nMatch User x\\n"'],
    ],
    [
      'a secret',
      { value: new Secret('new') },
      holding('k=old\n'),
      ['value: *** -> ***'],
      [`write ${path} 0640 app:app "k=new\\n"`],
    ],
    ['a secret in sync', { value: new Secret('1') }, holding('k=1\n'), [], []],
    [
      'created',
      { section: 's', value: '1', create: true },
      missing,
      ['state: absent -> present', 'value: null -> 1'],
      [`write ${path} 0644 : "[s]\\nk=1\\n"`],
    ],
    [
      'removed',
      { state: 'absent' },
      holding('k=1\n'),
      ['value: 1 -> null'],
      [`write ${path} 0640 app:app ""`],
    ],
    ['gone', { state: 'absent' }, holding('#k=1\n'), [], []],
    ['gone with its file', { state: 'absent' }, missing, [], []],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(setting, { path, key, ...params }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('the text with a secret is a secret', async () => {
    const { rawSteps } = await plan(setting, { path, key, value: new Secret('a') }, fakeHost(holding('')));
    expect(JSON.stringify(rawSteps)).toContain('"body":"***"');
  });

  test('a missing file may still come', async () => {
    const { unknown } = await plan(setting, { path, key, value: 'a' }, fakeHost(missing));
    expect(unknown).toBe(`${path} does not exist`);
  });

  test('a file with sections has to be told which one', async () => {
    const host = fakeHost(holding('[a]\nk=1\n[b]\nk=1\n'));
    await expect(plan(setting, { path, key, value: 'a' }, host)).rejects.toMatchObject({
      code: 'task/section-missing',
    });
  });

  test.each<[string, object, string]>([
    ['no value', {}, 'value: is missing'],
    ['a value that is to be absent', { value: 'a', state: 'absent' }, 'value: makes no sense'],
    ['a value of two lines', { value: 'a\nb' }, 'value: must be one line'],
    ['a secret of two lines', { value: new Secret('a\nb') }, 'value: must be one line'],
    ['a value with spaces around', { value: ' a' }, 'value: must not have spaces around it'],
    ['a value that goes on', { value: 'a\\' }, 'value: must not end with a backslash'],
    ['a value that begins like a separator', { value: '= a' }, 'value: must not begin with `=`'],
    ['an empty key', { key: '', value: 1 }, 'key: must not be empty'],
    ['a key with the separator', { key: 'a=b', value: 1 }, 'key: must not hold `=`'],
    ['a key that is a comment', { key: '#a', value: 1 }, 'key: must not hold `=` nor begin like a comment'],
    ['a key of two lines', { key: 'a\nb', value: 1 }, 'key: must be one line'],
    ['a section in brackets', { section: '[s]', value: 1 }, 'section: is written without brackets'],
    [
      'a section where there are none',
      { section: 's', format: 'keyvalue', value: 1 },
      'section: makes no sense',
    ],
    ['words in an ini file', { section: 's', separator: ' ', value: 1 }, 'separator: must be `=` or `:`'],
    ['a colon alone', { separator: ':', value: 1 }, 'separator: needs a space after the colon'],
    ['another separator', { separator: '->', value: 1 }, 'separator: must be `=`, `:`'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(setting, { path, key, ...params }).join('\n')).toContain(problem);
  });

  test('touches its path', () => {
    expect(setting.touches?.(setting.params.parse({ path, key, value: 'a' }))).toEqual([`path:${path}`]);
  });
});
