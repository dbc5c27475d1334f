import { expect, test } from '@jest/globals';
import { runsOf } from '../../../src/drift/schedule/systemd-runs.js';

const AT = 'Sun 2026-11-22 08:21:31 UTC';
const ISO = '2026-11-22T08:21:31Z';
const NEXT = 'Sun 2026-11-22 09:04:12 UTC';

/** As systemd 252 printed it: the properties of a timer, an empty line, those of its service. */
const shown = (timer: object, service: object): string =>
  [
    {
      NextElapseUSecRealtime: NEXT,
      LastTriggerUSec: '',
      Result: 'success',
      Id: 'x.timer',
      ActiveState: 'active',
      ...timer,
    },
    {
      ExecMainStartTimestamp: '',
      ExecMainExitTimestamp: '',
      ExecMainCode: '0',
      ExecMainStatus: '0',
      Result: 'success',
      Id: 'x.service',
      ActiveState: 'inactive',
      ...service,
    },
  ]
    .map((unit) =>
      Object.entries(unit)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    .join('\n');

const ended = (code: number, more: object = {}): object => ({
  ExecMainStartTimestamp: AT,
  ExecMainExitTimestamp: AT,
  ExecMainCode: '1',
  ExecMainStatus: `${code}`,
  ...more,
});
const last = (rest: object): object => ({
  at: ISO,
  isRunning: false,
  exitCode: null,
  failure: null,
  ...rest,
});

test.each<[string, object, object, object | null]>([
  ['not yet', {}, {}, null],
  ['in sync', { LastTriggerUSec: AT }, ended(0), last({ exitCode: 0 })],
  ['drift', { LastTriggerUSec: AT }, ended(2), last({ exitCode: 2 })],
  ['failed', {}, ended(1, { Result: 'exit-code', ActiveState: 'failed' }), last({ exitCode: 1 })],
  ['took too long', {}, ended(15, { ExecMainCode: '2', Result: 'timeout' }), last({ failure: 'timeout' })],
  ['before a reboot', { LastTriggerUSec: AT }, {}, last({})],
  [
    'could not be started',
    { LastTriggerUSec: AT },
    { Result: 'resources', ActiveState: 'failed' },
    last({ failure: 'resources' }),
  ],
  [
    'running',
    { NextElapseUSecRealtime: '' },
    { ExecMainStartTimestamp: AT, ActiveState: 'activating' },
    last({ isRunning: true }),
  ],
  [
    'ended between two looks',
    { NextElapseUSecRealtime: '', LastTriggerUSec: AT, SubState: 'running' },
    ended(0),
    last({ isRunning: true }),
  ],
])('%s', (_what, timer, service, expected) => {
  const found = runsOf(shown(timer, service));
  expect(found.last).toEqual(expected);
  expect(found.next).toBe('NextElapseUSecRealtime' in timer ? null : '2026-11-22T09:04:12Z');
  expect(found.isActive).toBe(true);
});

test.each([
  ['a timer that is off', shown({ ActiveState: 'inactive', NextElapseUSecRealtime: 'n/a' }, {})],
  ['nothing', ''],
  ['something else', 'Id=\n\n\nfoo\n=bar'],
])('%s', (_what, stdout) => {
  expect(runsOf(stdout)).toEqual({ isActive: false, next: null, last: null });
});
