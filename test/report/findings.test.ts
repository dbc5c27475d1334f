import { describe, expect, test } from '@jest/globals';
import type { HostResult, RunResult, TaskResult } from '../../src/core/result.js';
import { findingsOf } from '../../src/report/findings.js';
import { findingsDocument, findingsText } from '../../src/report/findings-text.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';

const task = (id: string, status: TaskResult['status'], more: Partial<TaskResult> = {}): TaskResult => ({
  id,
  name: id.split('/').slice(1).join(': '),
  kind: 'file',
  status,
  changes: [],
  sensitive: false,
  error: null,
  ...more,
});
const host = (name: string, tasks: readonly TaskResult[]): HostResult => ({
  host: name,
  status: 'ok',
  durationMs: 1,
  roundTrips: 1,
  error: null,
  tasks,
});
const run = (...hosts: readonly HostResult[]): RunResult => ({
  command: 'harden',
  run: 'r1',
  exitCode: 0,
  durationMs: 1,
  hosts,
});

const PASSWORDS = [{ field: 'passwordauthentication', before: 'yes', after: 'no' }];
const BEFORE = run(
  host('nas', [
    task('harden/ssh-hardening/sshd', 'pending', { changes: PASSWORDS }),
    task('harden/sudo/rules', 'ok'),
    task('harden/time/rest', 'skipped'),
    task('harden/own-item', 'pending'),
    task('harden/ssh-hardening/restart', 'pending', {
      changes: [{ field: 'run', before: 'not yet', after: 'once' }],
    }),
    task('harden/users/hash', 'pending', { sensitive: true, changes: PASSWORDS }),
  ]),
);
const AFTER = run(
  host('nas', [
    task('harden/ssh-hardening/sshd', 'changed'),
    task('harden/sudo/rules', 'ok'),
    task('harden/own-item', 'failed'),
    task('harden/users/hash', 'changed'),
  ]),
);

describe('what was found before and after', () => {
  const [found] = findingsOf(BEFORE, AFTER);

  test('is counted by items: neither actions nor what is left out', () => {
    expect(found).toMatchObject({ host: 'nas', looked: 4 });
    expect(found?.before.map(({ of, name }) => `${of} ${name}`)).toEqual([
      'ssh-hardening sshd',
      'harden own-item',
      'users hash',
    ]);
    expect(found?.after.map(({ name }) => name)).toEqual(['own-item']);
  });

  test('as text', () => {
    const text = findingsText([found as NonNullable<typeof found>], {
      palette: PLAIN_PALETTE,
      width: undefined,
    });
    expect(text.split('\n')).toEqual([
      'findings',
      'nas  before 1 of 4 as they should be, after 3',
      '  ✓ ssh-hardening: sshd  (passwordauthentication yes -> no)',
      '  ! harden: own-item',
      '  ✓ users: hash  (passwordauthentication ***)',
      '',
    ]);
  });

  test('for a program, nothing secret in it', () => {
    const [document] = findingsDocument([found as NonNullable<typeof found>]);
    expect(document).toMatchObject({
      host: 'nas',
      looked: 4,
      before: [
        { of: 'ssh-hardening', name: 'sshd', changes: PASSWORDS },
        { of: 'harden', name: 'own-item', changes: [] },
        { of: 'users', changes: [{ field: 'passwordauthentication', before: '***', after: '***' }] },
      ],
    });
  });

  test('a host that was left alone keeps what was found', () => {
    expect(findingsOf(BEFORE, BEFORE)[0]?.after).toHaveLength(3);
  });
});
