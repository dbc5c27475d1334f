import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import type { SshdAnswer, SshdReport } from '../../src/probes/sshd-configs.js';
import { sshdQuestion } from '../../src/probes/sshd-configs.js';
import sshdConfig from '../../src/tasks/sshd_config.js';
import { questionOf } from '../../src/tasks/shared/sshd-drop-in.js';
import { dropInText } from '../../src/tasks/shared/sshd-params.js';
import { ALPINE, fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const MAIN = '/etc/ssh/sshd_config';
const DROP_IN = '/etc/ssh/sshd_config.d/00-homelab.conf';
const INCLUDE = 'Include /etc/ssh/sshd_config.d/*.conf\n';
const HEADER = '# Kept by homelab: changes by hand are overwritten.\n';

const wanted = { settings: { PasswordAuthentication: false, AllowUsers: ['ann', 'bob'] } };
const TEXT = `${HEADER}PasswordAuthentication no\nAllowUsers ann bob\n`;

type Values = Readonly<Record<string, readonly string[]>>;

const report = (values: Values | string, lines: readonly string[] = []): SshdReport => ({
  values: typeof values === 'string' ? undefined : new Map(Object.entries(values)),
  complaint: typeof values === 'string' ? values : '',
  lines: lines.map((line) => {
    const [, file = '', number, keyword = '', value = ''] = /^(\S+):(\d+) (\S+) (.*)$/.exec(line) ?? [];
    return { file, line: Number(number), keyword: keyword.toLowerCase(), value };
  }),
});

const RIGHT: Values = { passwordauthentication: ['no'], allowusers: ['ann', 'bob'] };
const STOCK: Values = { passwordauthentication: ['yes'] };

interface Machine {
  readonly params?: object;
  readonly dropIn?: string;
  readonly main?: string | null;
  readonly now?: SshdReport | null;
  /** With the candidate in place; undefined: must not be asked. */
  readonly tried?: SshdReport | 'untried';
  readonly alone?: SshdReport;
  readonly isRead?: SshdAnswer['isRead'];
}

function machine(options: Machine): Answers {
  const { params = wanted, dropIn, main = INCLUDE, now = report(STOCK), tried, isRead = 'yes' } = options;
  const parsed = sshdConfig.params.parse(params);
  const question = questionOf(parsed);
  const alone = options.alone ?? report(RIGHT);
  const answer = (effective: SshdReport): SshdAnswer => ({
    canTry: true,
    effective: question.connections.map(() => effective),
    alone: question.connections.map(() => alone),
    isRead,
  });
  const mainAfter =
    main?.startsWith('Include') === true ? main : `${INCLUDE}${main?.replace(INCLUDE, '') ?? ''}`;
  const candidates = { [parsed.file]: dropInText(parsed), [MAIN]: mainAfter };
  const texts = { [DROP_IN]: dropIn, [MAIN]: main ?? undefined };
  return {
    files: Object.fromEntries(
      Object.entries(texts).map(([path, text]) => [
        path,
        text === undefined ? null : fileEntry({ mode: path === MAIN ? '0644' : '0600' }),
      ]),
    ),
    'file-contents': Object.fromEntries(
      Object.entries(texts).map(([path, text]) => [
        path,
        text === undefined ? null : { bytes: Buffer.from(text), isComplete: true },
      ]),
    ),
    'sshd-configs': {
      [sshdQuestion(question)]: now === null ? null : answer(now),
      ...(tried === undefined
        ? {}
        : {
            [sshdQuestion({ ...question, candidates })]:
              tried === 'untried'
                ? { canTry: false, effective: [], alone: [], isRead: 'none' }
                : answer(tried),
          }),
    },
  };
}

/** Steps with the script of the reload left out. */
const short = (steps: readonly string[]): string[] => steps.map((step) => step.replace(/ < [^]*$/, ''));

describe('sshd_config', () => {
  test.each<[string, Machine, readonly string[], readonly string[]]>([
    ['in sync', { dropIn: TEXT, now: report(RIGHT) }, [], []],
    [
      'new',
      { tried: report(RIGHT) },
      [
        `content: null -> ${TEXT}`,
        'mode: null -> 0600',
        'owner: null -> root',
        'group: null -> root',
        'passwordauthentication: yes -> no',
        'allowusers: null -> ann bob',
      ],
      [
        'mkdir -p -- /etc/ssh/sshd_config.d',
        `write ${DROP_IN} 0600 root:root ${JSON.stringify(TEXT)}`,
        'sh -s -- reload sshd',
      ],
    ],
    [
      'a main file that includes nothing, as of old',
      { dropIn: TEXT, main: '# old\nUsePAM yes\n', tried: report(RIGHT) },
      ['include: null -> first', 'passwordauthentication: yes -> no', 'allowusers: null -> ann bob'],
      [
        `write ${MAIN} 0644 root:root ${JSON.stringify(`${INCLUDE}# old\nUsePAM yes\n`)}`,
        'sh -s -- reload sshd',
      ],
    ],
    [
      'a main file that says something before the include',
      { dropIn: TEXT, main: `PasswordAuthentication yes\n${INCLUDE}UsePAM yes\n`, tried: report(RIGHT) },
      ['include: null -> first', 'passwordauthentication: yes -> no', 'allowusers: null -> ann bob'],
      [
        `write ${MAIN} 0644 root:root ${JSON.stringify(`${INCLUDE}PasswordAuthentication yes\nUsePAM yes\n`)}`,
        'sh -s -- reload sshd',
      ],
    ],
    [
      'a file that the running sshd has not read',
      { dropIn: TEXT, now: report(RIGHT), isRead: 'no' },
      ['loaded: an older configuration -> as written'],
      ['sh -s -- reload sshd'],
    ],
    [
      'a keyword that sshd does not report: its first line counts',
      {
        params: { settings: { DebianBanner: false } },
        dropIn: `${HEADER}DebianBanner no\n`,
        now: report({}, [`${DROP_IN}:2 DebianBanner no`, `${MAIN}:9 DebianBanner yes`]),
        alone: report({}, ['/dev/stdin:2 DebianBanner no']),
      },
      [],
      [],
    ],
    [
      'another spelling of the same value',
      {
        params: { settings: { PermitRootLogin: 'prohibit-password' } },
        dropIn: `${HEADER}PermitRootLogin prohibit-password\n`,
        now: report({ permitrootlogin: ['without-password'] }),
        alone: report({ permitrootlogin: ['without-password'] }),
      },
      [],
      [],
    ],
    [
      'an older name',
      {
        params: { settings: { ChallengeResponseAuthentication: false } },
        dropIn: `${HEADER}ChallengeResponseAuthentication no\n`,
        now: report({ kbdinteractiveauthentication: ['no'] }),
        alone: report({ kbdinteractiveauthentication: ['no'] }),
      },
      [],
      [],
    ],
    [
      'absent',
      { params: { state: 'absent' }, dropIn: TEXT },
      ['state: present -> absent'],
      [`rm -f -- ${DROP_IN}`, 'sh -s -- reload sshd'],
    ],
    ['absent and gone', { params: { state: 'absent' } }, [], []],
  ])('%s', async (_name, options, changes, steps) => {
    const planned = await plan(sshdConfig, options.params ?? wanted, fakeHost(machine(options)));
    expect(planned.changes).toEqual(changes);
    expect(short(planned.steps)).toEqual(steps);
  });

  test('a block is asked about as a connection that it is for', async () => {
    const params = {
      settings: { AllowTcpForwarding: false },
      match: [
        {
          criteria: { User: 'admin', Address: '10.0.0.0/8' },
          settings: { AllowTcpForwarding: 'local', PermitOpen: ['nas:22'] },
        },
        { criteria: { Group: 'staff' }, settings: { AllowTcpForwarding: true } },
      ],
    };
    const parsed = sshdConfig.params.parse(params);
    expect(questionOf(parsed).connections).toEqual([
      '',
      'user=admin,host=192.0.2.1,addr=10.0.0.0,laddr=192.0.2.2,lport=22',
    ]);
    const values = { allowtcpforwarding: ['local'], permitopen: ['nas:22'] };
    const options: Machine = {
      params,
      dropIn: dropInText(parsed),
      now: report(values),
      alone: report(values),
    };
    const planned = await plan(sshdConfig, params, fakeHost(machine(options)));
    expect(planned.changes).toEqual([]);
  });

  test.each<[string, Machine, string, RegExp]>([
    [
      'a file that comes before ours',
      {
        tried: report(STOCK, [
          '/etc/ssh/sshd_config.d/00-a.conf:3 PasswordAuthentication yes',
          `${DROP_IN}:2 PasswordAuthentication no`,
        ]),
      },
      'task/overruled',
      /00-a\.conf line 3 comes before .*: PasswordAuthentication yes/,
    ],
    [
      'the same once ours is written',
      { dropIn: TEXT, now: report(STOCK, ['/etc/ssh/sshd_config.d/00-a.conf:3 PasswordAuthentication yes']) },
      'task/overruled',
      /00-a\.conf line 3/,
    ],
    [
      'a list that adds up',
      {
        tried: report({ ...RIGHT, allowusers: ['ann', 'bob', 'eve'] }, [
          `${DROP_IN}:3 AllowUsers ann bob`,
          `${MAIN}:9 AllowUsers eve`,
        ]),
      },
      'task/overruled',
      /sshd_config line 9 adds to .*: AllowUsers eve/,
    ],
    [
      'settings that sshd does not take',
      { tried: report('line 2: Bad') },
      'task/refused-settings',
      /line 2: Bad/,
    ],
    ['a host where nothing can be tried', { tried: 'untried' }, 'task/cannot-check', /unshare/],
    ['no main file', { main: null }, 'task/unsupported', /no \/etc\/ssh\/sshd_config/],
  ])('%s is an error', async (_name, options, code, message) => {
    const planned = plan(sshdConfig, options.params ?? wanted, fakeHost(machine(options)));
    await expect(planned).rejects.toMatchObject({ code, message: expect.stringMatching(message) as unknown });
  });

  test('no sshd yet: whoever brings it is waited for', async () => {
    const { unknown } = await plan(sshdConfig, wanted, fakeHost(machine({ now: null })));
    expect(unknown).toBe('sshd is not installed');
  });

  test.each([
    ['systemd', {}, ['systemctl reload "$unit"'], ['rc-service', 'systemctl restart']],
    ['systemd, with ports', { Port: 2222 }, ['systemctl restart "$name.socket"'], ['rc-service']],
    ['openrc', {}, ['rc-service "$service" reload'], ['systemctl']],
  ])('reloads by %s, after a check', async (init, settings, holds, lacks) => {
    const params = { settings: { ...wanted.settings, ...settings } };
    const options: Machine = {
      params,
      tried: report({ ...RIGHT, port: ['2222'] }),
      alone: report({ ...RIGHT, port: ['2222'] }),
    };
    const facts = init === 'openrc' ? { facts: ALPINE } : {};
    const { steps } = await plan(sshdConfig, params, fakeHost(machine(options), facts));
    const script = steps.at(-1) ?? '';
    for (const text of ['|| sshd -t || return', ...holds]) expect(script).toContain(text);
    for (const text of lacks) expect(script).not.toContain(text);
    const input = script.slice(script.indexOf(' < ') + 3);
    for (const shell of ['dash', 'bash'])
      expect(spawnSync(shell, ['-n'], { input, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  test.each<[string, object, string]>([
    ['nothing', {}, 'sets nothing'],
    [
      'a typo',
      { settings: { PasswordAuthentification: false } },
      'PasswordAuthentification is no keyword of sshd_config. Did you mean PasswordAuthentication or',
    ],
    [
      'two lines',
      { settings: { Banner: 'x\nPermitRootLogin yes' } },
      'settings.Banner: Banner must be one line',
    ],
    [
      'one keyword by two names',
      { settings: { KbdInteractiveAuthentication: false, ChallengeResponseAuthentication: true } },
      'is named twice',
    ],
    [
      'a global keyword in a block',
      { match: [{ criteria: { User: 'a' }, settings: { UsePAM: true } }] },
      'match.0: UsePAM cannot be set for some connections only',
    ],
    [
      'another folder',
      { ...wanted, file: '/etc/sshd.conf' },
      'must be a file `*.conf` in a folder of /etc/ssh',
    ],
    ['settings of nothing', { ...wanted, state: 'absent' }, 'a file that is to be absent has no settings'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(sshdConfig, params).join('\n')).toContain(problem);
  });

  test('touches what it writes and what decides about it', () => {
    expect(sshdConfig.touches?.(sshdConfig.params.parse(wanted))).toEqual([
      `path:${DROP_IN}`,
      'path:/etc/ssh/sshd_config.d',
      `path:${MAIN}`,
      'unit:ssh.service',
      'unit:sshd.service',
      'unit:ssh.socket',
      'unit:sshd.socket',
    ]);
  });
});
