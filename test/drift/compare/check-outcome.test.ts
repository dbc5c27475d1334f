import { describe, expect, test } from '@jest/globals';
import { HomelabError } from '../../../src/core/errors.js';
import { bareHost } from '../../../src/core/host-config.js';
import type { HostResult } from '../../../src/core/result.js';
import { checkOutcome } from '../../../src/drift/compare/check-outcome.js';
import { isDrifted } from '../../../src/drift/compare/explain-host.js';
import { host, run, task } from '../../report/fixtures.js';

const away = (code: string) => new HomelabError({ code, message: 'no answer' });
const CLEAN = host('clean', 'ok', { tasks: [task('A')] });
const CHANGES = [{ field: 'mode', before: '0600', after: '0644' }];
const DRIFTED = host('drifted', 'drifted', { tasks: [task('A', { status: 'pending', changes: CHANGES })] });
const LOST = host('lost', 'unreachable', { error: away('transport/timeout'), roundTrips: 0 });
const OFF = host('optional', 'unreachable', { error: away('transport/unreachable'), roundTrips: 0 });
const REFUSED = host('optional', 'unreachable', { error: away('transport/auth-failed'), roundTrips: 0 });
const CUT = host('optional', 'unreachable', { error: away('transport/timeout'), roundTrips: 2 });
const BROKEN = host('broken', 'failed', { tasks: [task('A', { status: 'failed', error: away('x/y') })] });
const BUSY = host('busy', 'skipped', { tasks: [task('A', { status: 'pending', changes: CHANGES })] });
const STOPPED = host('stopped', 'skipped');

const configs = [
  ...['clean', 'drifted', 'lost', 'busy'].map((name) => bareHost(name)),
  { ...bareHost('optional'), optional: true },
];

function check(hosts: readonly HostResult[], exitCode = 0) {
  return checkOutcome(run('drift', hosts, { exitCode }), {
    hosts: configs,
    busy: new Set(['busy']),
    at: new Date(0),
  });
}

describe('the exit code', () => {
  test.each<[string, readonly HostResult[], number]>([
    ['nothing differs', [CLEAN], 0],
    ['something differs', [CLEAN, DRIFTED], 2],
    ['a host was not reached', [CLEAN, LOST], 1],
    ['a host was not reached, another differs', [DRIFTED, LOST], 1],
    ['an item cannot be looked at', [DRIFTED, BROKEN], 1],
    ['an optional host is off', [CLEAN, OFF], 0],
    ['an optional host is off, another differs', [OFF, DRIFTED], 2],
    ['an optional host lets nobody in', [CLEAN, REFUSED], 1],
    ['an optional host is cut off in the middle', [CLEAN, CUT], 1],
    ['a host is being applied to', [CLEAN, BUSY], 0],
  ])('%s', (_name, hosts, code) => {
    expect(check(hosts).exitCode).toBe(code);
  });

  test('interrupted it stays', () => {
    expect(check([DRIFTED, STOPPED], 130)).toMatchObject({
      exitCode: 130,
      drift: { hosts: [{ host: 'drifted', state: 'drifted' }] },
    });
  });
});

test('states, and what is shown of hosts that could not be asked', () => {
  const { drift, hosts } = check([CLEAN, DRIFTED, LOST, OFF, BUSY]);
  expect(drift.hosts.map(({ state }) => state)).toEqual(['in-sync', 'drifted', 'lost', 'off', 'busy']);
  expect(hosts.map(({ status }) => status)).toEqual(['ok', 'drifted', 'unreachable', 'skipped', 'skipped']);
  expect(hosts[3]).toMatchObject({ error: null, notes: ['is optional, and off: no answer'] });
  expect(hosts[4]?.tasks).toEqual([]);
});

test('an action that follows from what differs is shown, and no drift of its own', () => {
  const action = task('Restart', { status: 'pending', changes: CHANGES, isFollowing: true });
  const { hosts } = check([{ ...DRIFTED, tasks: [...DRIFTED.tasks, action] }]);
  expect(hosts[0]?.tasks.filter(isDrifted).map(({ name }) => name)).toEqual(['A']);
  expect(hosts[0]?.tasks[1]).toEqual({ ...action, reason: 'follows once the above is put right' });
});
