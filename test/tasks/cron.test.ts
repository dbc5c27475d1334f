import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.js';
import cron from '../../src/tasks/cron.js';
import { fakeHost, userEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const name = 'x';
const job = { name, schedule: '0 3 * * *', command: 'job' };
const OURS = '#homelab: x\n0 3 * * * job\n';
const answers = (crontab: unknown, user = 'root'): Answers => ({
  accounts: { [user]: { user: userEntry(), group: null } },
  crontabs: { [user]: crontab },
});
const holding = (text: string | Uint8Array, user = 'root'): Answers =>
  answers({ is: 'text', bytes: Buffer.from(text) }, user);
const nobody: Answers = {
  accounts: { root: { user: null, group: null } },
  crontabs: { root: { is: 'unreadable', message: 'unknown' } },
};
const install = (words: string, user = 'root'): string =>
  `sh -c 'if [ "$(id -un)" = "$1" ]; then exec crontab ${words}; else exec crontab -u "$1" ${words}; fi' sh ${user}`;

describe('cron', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', job, holding(`# a\n${OURS}`), [], []],
    [
      'in sync, however it is spaced',
      { ...job, schedule: '0  3 * * *' },
      holding('#homelab: x\n0\t3 * * *  job\n'),
      [],
      [],
    ],
    [
      'added, in a crontab of its own',
      { ...job, user: 'bob' },
      answers({ is: 'none' }, 'bob'),
      ['schedule: null -> 0 3 * * *', 'command: null -> job'],
      [`${install('-', 'bob')} < ${OURS}`],
    ],
    [
      'changed, variables as well',
      { ...job, env: { A: 1, B: new Secret('s') } },
      holding('#homelab: x\nA=0\nB=r\nC=2\n@daily job\n'),
      ['schedule: @daily -> 0 3 * * *', 'env.A: 0 -> 1', 'env.B: *** -> ***', 'env.C: 2 -> null'],
      [`${install('-')} < #homelab: x\nA=1\nB=s\n0 3 * * * job\n`],
    ],
    [
      'there twice',
      job,
      holding(`${OURS}# a\n${OURS}`),
      ['repeated: 2 -> null'],
      [`${install('-')} < ${OURS}# a\n`],
    ],
    [
      'a secret command',
      { ...job, command: new Secret('job') },
      holding('#homelab: x\n0 3 * * * old\n'),
      ['command: *** -> ***'],
      [`${install('-')} < ${OURS}`],
    ],
    [
      'removed',
      { name, state: 'absent' },
      holding(`# a\n${OURS}`),
      ['state: present -> absent'],
      [`${install('-')} < # a\n`],
    ],
    [
      'removed with the crontab',
      { name, state: 'absent' },
      holding(OURS),
      ['state: present -> absent'],
      [install('-r')],
    ],
    ['gone', { name, state: 'absent' }, holding('# a\n'), [], []],
    ['gone with the crontab', { name, state: 'absent' }, answers({ is: 'none' }), [], []],
    ['gone with cron', { name, state: 'absent' }, answers({ is: 'no-program' }), [], []],
    ['gone with the user', { name, state: 'absent' }, nobody, [], []],
  ])('%s', async (_name, params, host, changes, steps) => {
    const planned = await plan(cron, params, fakeHost(host));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('a crontab with a secret is a secret', async () => {
    const { rawSteps } = await plan(cron, { ...job, env: { A: new Secret('s') } }, fakeHost(holding('')));
    expect(JSON.stringify(rawSteps)).toContain('"stdin":"***"');
  });

  test.each<[string, Answers, string]>([
    ['the user', nobody, 'user root does not exist'],
    ['cron', answers({ is: 'no-program' }), 'there is no `crontab` on the host, so cron is not installed'],
  ])('%s may still come', async (_name, host, reason) => {
    expect((await plan(cron, job, fakeHost(host))).unknown).toBe(reason);
  });

  test.each<[string, Answers, string]>([
    [
      'that may not be read',
      answers({ is: 'unreadable', message: 'must be privileged' }),
      'must be privileged',
    ],
    ['without a word', answers({ is: 'unreadable', message: '' }), '`crontab -l` said nothing'],
    ['that is no text', holding(new Uint8Array([0xff])), 'it is not UTF-8 text'],
  ])('a crontab %s is an error, not an empty one', async (_name, host, why) => {
    await expect(plan(cron, job, fakeHost(host))).rejects.toMatchObject({
      code: 'task/crontab-unreadable',
      message: `the crontab of root cannot be read: ${why}`,
    });
  });

  test.each<[string, object, string]>([
    ['no schedule', { name, command: 'a' }, 'schedule: is missing'],
    ['no command', { name, schedule: '@daily' }, 'command: is missing'],
    ['a wrong schedule', { ...job, schedule: '61 * * * *' }, 'schedule: minute: 61 is not within'],
    ['a command of two lines', { ...job, command: 'a\nb' }, 'command: must be one line'],
    [
      'a command with a space before it',
      { ...job, command: ' a' },
      'command: must not have spaces around it',
    ],
    ['a name of two lines', { ...job, name: 'a\nb' }, 'name: must be one line'],
    ['an empty name', { ...job, name: '' }, 'name: must be one line, not empty'],
    ['a user that is an option', { ...job, user: '-r' }, 'user: must begin with a letter'],
    ['a variable of two lines', { ...job, env: { A: 'a\nb' } }, 'env.A: must be one line'],
    ['a variable that cannot be written', { ...job, env: { A: `"'` } }, 'env.A: begins with a quote'],
    ['no name of a variable', { ...job, env: { 'A B': 'a' } }, 'env.A B: '],
    ['a command that is to be absent', { name, command: 'a', state: 'absent' }, 'command: makes no sense'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(cron, params).join('\n')).toContain(problem);
  });

  test('touches the account, with which it goes, then the crontab', () => {
    expect(cron.touches?.(cron.params.parse({ ...job, user: 'bob' }))).toEqual([
      'account:bob',
      'crontab:bob',
    ]);
  });
});
