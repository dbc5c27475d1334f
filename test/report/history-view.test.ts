import { describe, expect, test } from '@jest/globals';
import { historyDocument, historyText, runText, type RunView } from '../../src/report/history-view.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';

const STYLE = { palette: PLAIN_PALETTE, width: undefined };

const run = (rest: Partial<RunView> = {}): RunView => ({
  run: '20261121T061452.385-1f2e3d',
  at: 'then',
  command: 'provision',
  by: 'ada@pc',
  hosts: ['a'],
  outcome: 'done',
  tasks: [],
  ended: [{ host: 'a', status: 'changed' }],
  end: { exitCode: 0, durationMs: 1234 },
  ...rest,
});
const task = (rest: Partial<RunView['tasks'][number]>): RunView['tasks'][number] => ({
  host: 'a',
  name: 'Motd',
  kind: 'file',
  status: 'changed',
  changes: [],
  ...rest,
});

describe('history', () => {
  test('lists runs', () => {
    const runs = [run({ tasks: [task({})] }), run({ hosts: ['a', 'b', 'c', 'd', 'e'], outcome: 'cut off' })];
    const [head, first, second] = historyText(runs, STYLE).split('\n');
    expect(head?.split(/ {2,}/)).toEqual(['run', 'when', 'command', 'by', 'hosts', 'changed', 'outcome']);
    expect(first?.split(/ {2,}/).slice(1)).toEqual(['then', 'provision', 'ada@pc', 'a', '1', 'done']);
    expect(second).toContain('a, b, c and 2 more  0        cut off');
    expect(historyText([], STYLE)).toBe('No run of this project is recorded yet.\n');
  });

  test.each<[string, Partial<RunView['tasks'][number]>, string]>([
    [
      'a change of a field',
      { changes: [{ field: 'mode', before: '0644', after: '0600' }] },
      '  ~ Motd\n      mode: 0644 -> 0600\n',
    ],
    [
      'a thing that appeared',
      {
        changes: [
          { field: 'state', before: 'absent', after: 'present' },
          { field: 'content', before: '***', after: '***' },
          { field: 'owner', before: 'absent', after: 'bob' },
        ],
      },
      '  + Motd\n      content: ***\n      owner: bob\n',
    ],
    [
      'a thing that went',
      { changes: [{ field: 'state', before: 'present', after: 'absent' }] },
      '  - Motd\n',
    ],
    [
      'a diff',
      {
        subject: '/etc/motd',
        changes: [{ field: 'content', before: 'x', after: 'y', diff: '--- a\n+++ b\n@@ @@\n-1\n+2\n' }],
      },
      '  ~ /etc/motd  (file: Motd)\n      --- a\n      +++ b\n      @@ @@\n      -1\n      +2\n',
    ],
    [
      'a failure',
      { status: 'failed', error: { message: 'it broke\nhere\u001b[2J' } },
      '  ! Motd\n      it broke\n      here\\x1b[2J\n',
    ],
    [
      'a preview that was not true',
      { differsFromPlan: 'mode' },
      '  ~ Motd\n      came out different from the plan: mode\n',
    ],
  ])('shows %s', (_name, rest, expected) => {
    const text = runText(run({ tasks: [task(rest)] }), STYLE);
    expect(text).toBe(
      `run 20261121T061452.385-1f2e3d  provision by ada@pc, then, done after 1.2 s\na  changed\n${expected}`,
    );
  });

  test('a run without an end says how it ended for each host that had not', () => {
    expect(runText(run({ outcome: 'cut off', end: undefined, ended: [] }), STYLE)).toBe(
      'run 20261121T061452.385-1f2e3d  provision by ada@pc, then, cut off\na  cut off\n',
    );
  });

  test('a document leaves the tasks to the run that was asked for', () => {
    const view = run({ tasks: [task({})] });
    expect(historyDocument([view], false)).toMatchObject({ runs: [{ changed: 1, hosts: [{ host: 'a' }] }] });
    expect(JSON.stringify(historyDocument([view], false))).not.toContain('tasks');
    expect(historyDocument([view], true)).toMatchObject({
      runs: [{ hosts: [{ tasks: [{ name: 'Motd' }] }] }],
    });
  });
});
