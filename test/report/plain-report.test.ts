import { describe, expect, test } from '@jest/globals';
import { HomelabError } from '../../src/core/errors.js';
import type { RunEvent } from '../../src/core/events.js';
import { createReport } from '../../src/report/create-report.js';
import { capture, host, run, task } from './fixtures.js';

const failed = new HomelabError({
  code: 'engine/step-failed',
  message: 'apt-get exited with 100\nE: Unable to locate package htpo',
  hint: 'Check the package name.',
});
const started: RunEvent = { type: 'run-started', command: 'provision', run: 'r1', hosts: ['dns1', 'gate'] };

const LINES: readonly (readonly [string, RunEvent, string])[] = [
  ['the start', started, ''],
  ['a host begins', { type: 'host-started', host: 'dns1' }, ''],
  ['a plan, which is shown whole later', { type: 'host-planned', result: host('dns1', 'ok') }, ''],
  ['a play', { type: 'play-started', play: 'Base', hosts: ['dns1', 'gate'] }, 'play Base on dns1, gate\n'],
  [
    'a wave',
    { type: 'wave-started', wave: 2, count: 6, hosts: ['dns1', 'gate'] },
    'wave 2 of 6: dns1, gate\n',
  ],
  ['a task begins', { type: 'task-started', host: 'dns1', id: 'a', name: 'A' }, ''],
  [
    'a task begins that may take minutes',
    { type: 'task-started', host: 'dns1', id: 'a', name: 'Reboot', isLong: true },
    'dns1  begins       Reboot\n',
  ],
  ['a task in order', { type: 'task-finished', host: 'dns1', result: task('Motd') }, ''],
  [
    'a task that changed',
    { type: 'task-finished', host: 'dns1', result: task('Base packages', { status: 'changed' }) },
    'dns1  changed      Base packages\n',
  ],
  [
    'a task that failed',
    { type: 'task-finished', host: 'gate', result: task('Motd', { status: 'failed', error: failed }) },
    'gate  failed       Motd: apt-get exited with 100\n',
  ],
  [
    'a task with a name that moves the cursor',
    { type: 'task-finished', host: 'dns1', result: task('A\x1b[2J\nB', { status: 'changed' }) },
    'dns1  changed      A\\x1b[2J\\nB\n',
  ],
  ['a host in sync', { type: 'host-finished', result: host('dns1', 'ok') }, 'dns1  ok           in sync\n'],
  [
    'a host that changed',
    {
      type: 'host-finished',
      result: host('dns1', 'changed', { tasks: [task('A', { status: 'changed' }), task('B')] }),
    },
    'dns1  changed      1 of 2 changed\n',
  ],
  [
    'a host that is not reached',
    {
      type: 'host-finished',
      result: host('dns1', 'unreachable', {
        error: new HomelabError({ code: 'transport/timeout', message: 'no answer in 10 s' }),
      }),
    },
    'dns1  unreachable  no answer in 10 s\n',
  ],
  ['Ctrl-C', { type: 'interrupted' }, 'interrupted: what runs is ended, the rest is skipped\n'],
];

async function plainReport(command = 'provision') {
  const stdout = capture();
  const stderr = capture();
  const report = await createReport({
    format: 'plain',
    command,
    isColor: false,
    stdout: stdout.output,
    stderr: stderr.output,
    width: undefined,
  });
  return { report, stdout, stderr };
}

describe('the plain report', () => {
  test.each(LINES)('%s', async (_name, event, text) => {
    const { report, stdout } = await plainReport();
    report.sink(started);
    report.sink(event);
    expect(stdout.text()).toBe(text);
  });

  test('a failure is told once while it runs', async () => {
    const { report, stdout } = await plainReport();
    const result = task('Motd', { status: 'failed', error: failed });
    report.sink(started);
    report.sink({ type: 'task-finished', host: 'gate', result });
    report.sink({
      type: 'host-finished',
      result: host('gate', 'failed', { error: failed, tasks: [result] }),
    });
    expect(stdout.text().split('\n')).toHaveLength(2);
  });

  test('the end says what failed, where, and what to do', async () => {
    const { report, stdout } = await plainReport();
    const tasks = [task('Motd', { status: 'failed', error: failed })];
    await report.finish(
      run('provision', [host('gate', 'failed', { error: failed, tasks }), host('dns1', 'ok')]),
    );
    expect(stdout.text()).toBe(
      '! gate: Motd: apt-get exited with 100\n  | E: Unable to locate package htpo\n' +
        '  hint: Check the package name.\n\n2 hosts: 1 failed, 1 in sync\n',
    );
  });

  test('the end says what the host still owes, with the failure that stopped it', async () => {
    const { report, stdout } = await plainReport();
    const { code, message } = failed;
    const error = new HomelabError({ code, message, hint: `${failed.hint} Owed: restart.` });
    const tasks = [task('Motd', { status: 'failed', error: failed })];
    await report.finish(run('provision', [host('gate', 'failed', { error, tasks })]));
    expect(stdout.text()).toBe(
      '! gate: Motd: apt-get exited with 100\n  | E: Unable to locate package htpo\n' +
        '  hint: Check the package name. Owed: restart.\n\n1 host: 1 failed\n',
    );
  });

  test('a plan ends with its diff and says nothing before', async () => {
    const { report, stdout } = await plainReport('plan');
    const tasks = [
      task('Motd', { status: 'pending', changes: [{ field: 'mode', before: '0600', after: '0644' }] }),
    ];
    const result = host('dns1', 'pending', { tasks });
    for (const type of ['host-planned', 'host-finished'] as const) report.sink({ type, result });
    expect(stdout.text()).toBe('');
    await report.finish(run('plan', [result], { exitCode: 2 }));
    expect(stdout.text()).toBe(
      'dns1  1 of 1 to change\n  ~ Motd  (file)\n      mode: 0600 -> 0644\n\n1 host: 1 to change\n',
    );
  });

  test('an interrupted run says that it is not whole', async () => {
    const { report, stdout } = await plainReport();
    await report.finish(run('provision', [host('dns1', 'skipped')], { exitCode: 130 }));
    expect(stdout.text()).toBe('interrupted: what had not begun was skipped\n1 host: 1 skipped\n');
  });
});

describe('the quiet report', () => {
  test('is failures on stderr and one line on stdout; a plan is shown before it is asked about', async () => {
    const [stdout, stderr] = [capture(), capture()];
    const report = await createReport({
      format: 'quiet',
      command: 'provision',
      isColor: false,
      stdout: stdout.output,
      stderr: stderr.output,
      width: undefined,
    });
    report.sink({ type: 'host-finished', result: host('dns1', 'ok') });
    await report.showPlan({ hosts: [host('dns1', 'ok')] });
    expect(stderr.text()).toBe('');
    expect(await report.pauseFor(async () => 'answer')).toBe('answer');
    expect(stderr.text()).toBe('dns1  in sync\n');
    await report.finish(run('provision', [host('gate', 'failed', { error: failed })]));
    expect(stdout.text()).toBe('1 host: 1 failed\n');
    expect(stderr.text()).toContain('! gate: apt-get exited with 100\n');
  });
});
