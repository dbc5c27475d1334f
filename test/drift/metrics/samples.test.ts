import { describe, expect, test } from '@jest/globals';
import type { DriftHistory, HostMarks } from '../../../src/core/drift.js';
import type { DriftResult } from '../../../src/core/result.js';
import { samplesOf } from '../../../src/drift/metrics/samples.js';
import { task } from '../../report/fixtures.js';
import { checked, drifted, driftResult, episode, NOW, past } from '../check-fixtures.js';

const seconds = (time: string): number => Date.parse(time) / 1000;
const NOW_SECONDS = seconds(NOW);

/** As `NAME{labels} value`, without the prefix that all have; zeros of causes are left out. */
function told(result: DriftResult, hosts = ['web']): string[] {
  return samplesOf(result, hosts)
    .filter(({ metric, value }) => metric !== 'homelab_drift_items_by_cause' || value > 0)
    .map(
      ({ metric, labels, value }) =>
        `${metric.replace('homelab_', '')} ${Object.values(labels).join(',')} ${value}`,
    );
}

const LAST = `last_check_timestamp_seconds  ${NOW_SECONDS}`;

describe('a host that was looked at', () => {
  test.each<readonly [string, DriftResult, readonly string[]]>([
    [
      'in sync, by role',
      driftResult({
        web: ['in-sync', [task('motd', { id: 'base/motd' }), task('conf', { id: 'base/dnsmasq/conf' })]],
      }),
      ['drift_items web, 0', 'drift_items web,dnsmasq 0'],
    ],
    ['nothing is wanted of it', driftResult({ web: ['in-sync', []] }), ['drift_items web, 0']],
    [
      'items of a role and of none',
      driftResult({
        web: [
          'drifted',
          [
            drifted('base/motd'),
            drifted('base/dnsmasq/conf', 'inventory'),
            drifted('base/dnsmasq/unit', 'both'),
          ],
        ],
      }),
      [
        'drift_items web, 1',
        'drift_items web,dnsmasq 2',
        'drift_items_by_cause web,host 1',
        'drift_items_by_cause web,inventory 1',
        'drift_items_by_cause web,both 1',
        `drift_since_timestamp_seconds web ${seconds('2026-11-20T06:00:00Z')}`,
      ],
    ],
    [
      'what cannot be looked at before another item is applied differs as well; what is left out does not',
      driftResult({
        web: [
          'drifted',
          [
            task('unit', { id: 'a/unit', status: 'unknown' }),
            task('b', { id: 'a/b', status: 'skipped' }),
            task('c', { id: 'a/c', status: 'failed' }),
          ],
        ],
      }),
      ['drift_items web, 1'],
    ],
  ])('%s', (_name, result, expected) => {
    expect(told(result)).toEqual([
      'check_success web 1',
      ...expected,
      `host_last_check_timestamp_seconds web ${NOW_SECONDS}`,
      LAST,
    ]);
  });
});

describe('a host that was not looked at', () => {
  const history: DriftHistory = {
    checks: [
      past(1, [checked('web', 'lost')]),
      past(2, [checked('web', 'busy')]),
      past(3, [checked('web', 'drifted', { host: 1 })]),
      past(4, [checked('web', 'in-sync')]),
    ],
    episodes: [
      episode('web', 'base/dnsmasq/conf'),
      episode('web', 'base/motd', { until: '2026-11-19T06:00:00.000Z' }),
      episode('db', 'base/motd'),
    ],
  };
  const lastKnown = [
    'drift_items web, 0',
    'drift_items web,dnsmasq 1',
    'drift_items_by_cause web,host 1',
    `drift_since_timestamp_seconds web ${seconds('2026-11-18T06:00:00Z')}`,
    `host_last_check_timestamp_seconds web ${NOW_SECONDS - 3 * 86_400}`,
  ];
  test.each<readonly [string, DriftResult, readonly string[]]>([
    ['lost', driftResult({ web: ['lost', []] }, history), ['check_success web 0', ...lastKnown]],
    [
      'off, after it was lost',
      driftResult({ web: ['off', []] }, history),
      ['check_success web 0', ...lastKnown],
    ],
    [
      'busy, after it was lost',
      driftResult({ web: ['busy', []] }, history),
      ['check_success web 0', ...lastKnown],
    ],
    ['not chosen, after it was lost', driftResult({}, history), ['check_success web 0', ...lastKnown]],
    [
      'not chosen, after it was looked at',
      driftResult({}, { ...history, checks: history.checks.slice(2) }),
      ['check_success web 1', ...lastKnown],
    ],
    ['lost, and nobody remembers', driftResult({ web: ['lost', []] }), ['check_success web 0']],
    ['busy, and nobody remembers', driftResult({ web: ['busy', []] }), []],
    ['off, and nobody remembers', driftResult({ web: ['off', []] }), []],
  ])('%s', (_name, result, expected) => {
    expect(told(result)).toEqual([...expected, LAST]);
  });

  test('what the history holds of this very check is not taken for an earlier one', () => {
    const own = { ...past(0, [checked('web', 'in-sync')]), run: 'r1' };
    const result = driftResult({ web: ['lost', []] }, { checks: [own], episodes: [] });
    expect(told(result)).toEqual(['check_success web 0', LAST]);
  });

  test('one that is no longer in the inventory is forgotten', () => {
    expect(told(driftResult({}, history), [])).toEqual([LAST]);
  });
});

test.each<readonly [string, HostMarks, readonly string[]]>([
  ['nothing', { rebootReason: null, lastBackupSeconds: undefined }, ['reboot_required web 0']],
  ['a reboot', { rebootReason: 'needed', lastBackupSeconds: undefined }, ['reboot_required web 1']],
  [
    'a backup',
    { rebootReason: null, lastBackupSeconds: 1_795_344_000 },
    ['reboot_required web 0', 'backup_last_success_timestamp_seconds web 1795344000'],
  ],
  [
    'no backup',
    { rebootReason: null, lastBackupSeconds: null },
    ['reboot_required web 0', 'backup_last_success_timestamp_seconds web 0'],
  ],
])('marks: %s', (_name, marks, expected) => {
  const result = driftResult({ web: ['in-sync', []] });
  const marked = { ...result, drift: { ...result.drift, marks: new Map([['web', marks]]) } };
  expect(told(marked).filter((line) => /^(?:reboot|backup)/.test(line))).toEqual(expected);
});
