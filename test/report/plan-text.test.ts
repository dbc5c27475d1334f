import { describe, expect, test } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { HomelabError } from '../../src/core/errors.js';
import type { TaskResult } from '../../src/core/result.js';
import { Secret } from '../../src/core/secret.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';
import { timeText } from '../../src/report/local-time.js';
import { planText } from '../../src/report/plan-text.js';
import { host, task } from './fixtures.js';

const pending = (rest: Partial<TaskResult>, name = 'Motd'): TaskResult =>
  task(name, { status: 'pending', ...rest });

const CASES: readonly (readonly [string, TaskResult, string])[] = [
  [
    'a scalar changes',
    pending({ subject: '/etc/motd', changes: [{ field: 'mode', before: '0644', after: '0600' }] }),
    '  ~ /etc/motd  (file: Motd)\n      mode: 0644 -> 0600\n',
  ],
  [
    'without a subject the name stands for it',
    pending({ changes: [{ field: 'names.htop', before: null, after: 'present' }] }),
    '  ~ Motd  (file)\n      names.htop: absent -> present\n',
  ],
  [
    'a file changes',
    pending({
      subject: '/etc/motd',
      changes: [{ field: 'content', before: Content.of('a\nb\n'), after: Content.of('a\nc') }],
    }),
    '  ~ /etc/motd  (file: Motd)\n      --- /etc/motd\n      +++ /etc/motd\n      @@ -1,2 +1,2 @@\n       a\n' +
      '      -b\n      +c\n      \\ No newline at end of file\n',
  ],
  [
    'files of one item change and appear',
    pending({
      subject: '/etc/x/a',
      changes: [
        { field: '/etc/x/b', before: Content.of('b\n'), after: Content.of('c\n') },
        { field: '/etc/x/d', before: null, after: Content.of('d\n') },
      ],
    }),
    '  ~ /etc/x/a  (file: Motd)\n      --- /etc/x/b\n      +++ /etc/x/b\n      @@ -1 +1 @@\n      -b\n      +c\n' +
      '      +++ /etc/x/d\n      +d\n',
  ],
  [
    'a file appears',
    pending({
      subject: '/etc/motd',
      changes: [
        { field: 'state', before: 'absent', after: 'present' },
        { field: 'content', before: null, after: Content.of('a\nb\n') },
        { field: 'mode', before: null, after: '0644' },
      ],
    }),
    '  + /etc/motd  (file: Motd)\n      +a\n      +b\n      mode: 0644\n',
  ],
  [
    'a thing goes',
    pending({
      kind: 'user',
      subject: 'bob',
      changes: [{ field: 'state', before: 'present', after: 'absent' }],
    }),
    '  - bob  (user: Motd)\n',
  ],
  [
    'a service is to run',
    pending({ kind: 'service', changes: [{ field: 'state', before: 'stopped', after: 'running' }] }),
    '  ~ Motd  (service)\n      state: stopped -> running\n',
  ],
  [
    'nobody can know yet',
    task('Motd', { kind: 'service', status: 'unknown', reason: 'unknown until "x": no unit' }),
    '  ? Motd  (service)\n      unknown until "x": no unit\n',
  ],
  [
    'it came out otherwise',
    pending({
      kind: 'file',
      status: 'changed',
      changes: [{ field: 'mode', before: '0644', after: '0600' }],
      differsFromPlan: 'mode',
    }),
    '  ~ Motd  (file)\n      mode: 0644 -> 0600\n      came out different from the plan: mode\n',
  ],
  [
    'looking failed',
    task('Motd', {
      status: 'failed',
      error: new HomelabError({ code: 'probes/x', message: 'no stat\nmore' }),
    }),
    '  ! Motd  (file)\n      no stat\n',
  ],
  [
    'binary contents',
    pending({
      changes: [
        { field: 'content', before: new Content('ab'.repeat(32)), after: new Content('cd'.repeat(32)) },
      ],
    }),
    '  ~ Motd  (file)\n      content: sha256:abababababab… -> sha256:cdcdcdcdcdcd…\n',
  ],
  [
    'a sensitive item shows no value',
    pending({
      sensitive: true,
      changes: [
        { field: 'content', before: Content.of('old token'), after: Content.of('new token') },
        { field: 'mode', before: '0644', after: '0600' },
      ],
    }),
    '  ~ Motd  (file)\n      content: *** -> ***\n      mode: *** -> ***\n',
  ],
  [
    'a secret hides what was before it',
    pending({ changes: [{ field: 'password', before: 'hunter1', after: new Secret('hunter2') }] }),
    '  ~ Motd  (file)\n      password: *** -> ***\n',
  ],
  [
    'what a host answers obeys nothing',
    pending({
      subject: '/etc/\x1b[2Jmotd',
      changes: [
        { field: 'owner', before: 'ro\x1b[31mot\nfake: line', after: '' },
        { field: 'content', before: Content.of('\x1b]0;x\x07\u202e\n'), after: Content.of('b\n') },
      ],
    }),
    '  ~ /etc/\\x1b[2Jmotd  (file: Motd)\n      owner: ro\\x1b[31mot\\nfake: line -> ""\n' +
      '      --- /etc/\\x1b[2Jmotd\n      +++ /etc/\\x1b[2Jmotd\n' +
      '      @@ -1 +1 @@\n      -\\x1b]0;x\\x07\\u202e\n      +b\n',
  ],
  ['in order', task('Motd'), ''],
];

describe('planText', () => {
  test.each(CASES)('%s', (_name, item, text) => {
    const [, ...lines] = planText([host('dns1', 'pending', { tasks: [item] })]).split('\n');
    expect(lines.join('\n')).toBe(text);
  });

  test('a long new file is counted, not shown', () => {
    const after = Content.of('line\n'.repeat(100));
    const item = pending({ changes: [{ field: 'content', before: null, after }] });
    const lines = planText([host('dns1', 'pending', { tasks: [item] })])
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2 + 40 + 1);
    expect(lines.at(-1)).toBe('      … 60 more lines');
  });

  test('contents too large to compare are said to differ', () => {
    const [before, after] = [Content.of('a\n'.repeat(2_000_000)), Content.of('b\n')];
    const item = pending({ changes: [{ field: 'content', before, after }] });
    expect(planText([host('dns1', 'pending', { tasks: [item] })])).toContain(
      '      content: contents differ (too large to diff)\n',
    );
  });

  test('hosts with the same diff are shown once, in the order of the first', () => {
    const item = pending({ changes: [{ field: 'mode', before: '0644', after: '0600' }] });
    const tasks = [item, task('Fine')];
    expect(
      planText([
        host('dns1', 'pending', { tasks }),
        host('nas', 'ok', { tasks: [task('Fine')] }),
        host('dns2', 'pending', { tasks }),
        host('pi', 'ok'),
      ]),
    ).toBe('dns1, dns2  1 of 2 to change\n  ~ Motd  (file)\n      mode: 0644 -> 0600\nnas, pi  in sync\n');
  });

  test('a host that is not reached says why', () => {
    const error = new HomelabError({ code: 'transport/timeout', message: 'no answer in 10 s' });
    expect(planText([host('nas', 'unreachable', { error })])).toBe('nas  unreachable: no answer in 10 s\n');
  });

  test('lines are cut only where there is a width', () => {
    const change = { field: 'content', before: Content.of('a\n'), after: Content.of(`${'x'.repeat(100)}\n`) };
    const hosts = [host('dns1', 'pending', { tasks: [pending({ changes: [change] })] })];
    const widest = (width: number | undefined): number =>
      Math.max(
        ...planText(hosts, { palette: PLAIN_PALETTE, width })
          .split('\n')
          .map((line) => line.length),
      );
    expect(widest(40)).toBe(40);
    expect(widest(undefined)).toBe(6 + 1 + 100);
  });

  test('reasons, causes and notes are broken at blanks, and told to their end', () => {
    const drift = {
      cause: 'host',
      fields: {},
      since: '2026-11-22T03:00:00Z',
      inSyncAt: '2026-11-21T03:00:00Z',
    } as const;
    const changes = [{ field: 'mode', before: '0600', after: '0644' }];
    const tasks = [pending({ drift, changes, reason: 'will be done after "a thing with a long name"' })];
    const text = planText([host('dns1', 'drifted', { tasks, notes: ['still owes "restart" since run 1'] })], {
      palette: PLAIN_PALETTE,
      width: 30,
    });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(30);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      `changed on the host between ${timeText(drift.inSyncAt)} and ${timeText(drift.since)} will be done after "a thing with a long name"`,
    );
    expect(text).toContain('  note: still owes "restart"\n  since run 1\n');
  });
});
