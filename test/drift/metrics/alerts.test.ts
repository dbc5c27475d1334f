import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { promtool } from './promtool.js';

const RULES = resolve('templates/drift/homelab.rules.yml');
const folder = mkdtempSync(join(tmpdir(), 'alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The first call fetches promtool. */
const PATIENCE_MS = 180_000;

/** Holds the rules against what promtool is to see of them. */
async function expectPass(expected: unknown): Promise<void> {
  const file = join(folder, 'expected.yml');
  writeFileSync(file, stringify(expected));
  const { code, stdout, stderr } = await promtool(['test', 'rules', file]);
  expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
}

const severities = new Map([
  ['HomelabDrift', 'warning'],
  ['HomelabHostLost', 'warning'],
  ['HomelabHostNotChecked', 'info'],
  ['HomelabCheckStale', 'warning'],
  ['HomelabCheckMissing', 'warning'],
  ['HomelabRebootRequired', 'info'],
  ['HomelabBackupOld', 'critical'],
  ['HomelabTextfileUnreadable', 'warning'],
]);

function hostLabel(host: string): Readonly<Record<string, string>> {
  return host === '' ? {} : { host };
}

/** Asks promtool whether exactly these alerts of one name fire after some time, series having one value an hour. */
async function expectFiring({
  alert,
  series,
  at,
  labels,
}: {
  readonly alert: string;
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  readonly labels: readonly Readonly<Record<string, string>>[];
}): Promise<void> {
  const asText = (one: Readonly<Record<string, string>>): string =>
    `ALERTS{${Object.entries(one)
      .map(([name, value]) => `${name}="${value}"`)
      .join(',')}}`;
  const question = {
    expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
    eval_time: at,
    exp_samples: labels.map((one) => ({ labels: asText(one), value: 1 })),
  };
  const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  const rules = {
    rule_files: [RULES],
    evaluation_interval: '1h',
    tests: [{ interval: '1h', input_series: input, promql_expr_test: [question] }],
  };
  await expectPass(rules);
}

describe('alerts', () => {
  test.each<readonly [string, string, Readonly<Record<string, string>>, string, readonly string[]]>([
    [
      'drift of some hours',
      'HomelabDrift',
      { 'homelab_drift_since_timestamp_seconds{host="web"}': '0x48' },
      '23h',
      [],
    ],
    [
      'drift of a day',
      'HomelabDrift',
      { 'homelab_drift_since_timestamp_seconds{host="web"}': '0x48' },
      '25h',
      ['web'],
    ],
    ['a host in order', 'HomelabHostLost', { 'homelab_check_success{host="web"}': '1x48' }, '2h', []],
    [
      'a host that is lost',
      'HomelabHostLost',
      { 'homelab_check_success{host="web"}': '0x48' },
      '2h',
      ['web'],
    ],
    [
      'not looked at for days',
      'HomelabHostNotChecked',
      { 'homelab_host_last_check_timestamp_seconds{host="nas"}': '0x200' },
      '6d',
      [],
    ],
    [
      'not looked at for a week',
      'HomelabHostNotChecked',
      { 'homelab_host_last_check_timestamp_seconds{host="nas"}': '0x200' },
      '7d1h',
      ['nas'],
    ],
    [
      'a check of yesterday',
      'HomelabCheckStale',
      { homelab_last_check_timestamp_seconds: '0x72' },
      '40h',
      [],
    ],
    ['no check any more', 'HomelabCheckStale', { homelab_last_check_timestamp_seconds: '0x72' }, '49h', ['']],
    [
      'the metrics are there',
      'HomelabCheckMissing',
      { homelab_last_check_timestamp_seconds: '0x72' },
      '5h',
      [],
    ],
    [
      'the metrics are gone',
      'HomelabCheckMissing',
      { homelab_last_check_timestamp_seconds: '0 _x72' },
      '5h',
      [''],
    ],
    [
      'a reboot that waits for days',
      'HomelabRebootRequired',
      { 'homelab_reboot_required{host="web"}': '1x300' },
      '6d',
      [],
    ],
    [
      'for a week',
      'HomelabRebootRequired',
      { 'homelab_reboot_required{host="web"}': '1x300' },
      '7d1h',
      ['web'],
    ],
    [
      'for a week, lost for a day of it',
      'HomelabRebootRequired',
      { 'homelab_reboot_required{host="web"}': '1x72 _x24 1x200' },
      '7d1h',
      ['web'],
    ],
    [
      'booted meanwhile',
      'HomelabRebootRequired',
      { 'homelab_reboot_required{host="web"}': '1x72 0x1 1x200' },
      '7d1h',
      [],
    ],
    [
      'a backup of yesterday',
      'HomelabBackupOld',
      { 'homelab_backup_last_success_timestamp_seconds{host="nas"}': '0x300' },
      '47h',
      [],
    ],
    [
      'a backup that is too old',
      'HomelabBackupOld',
      { 'homelab_backup_last_success_timestamp_seconds{host="nas"}': '0x300' },
      '50h',
      ['nas'],
    ],
    [
      'backups go on',
      'HomelabBackupOld',
      { 'homelab_backup_last_success_timestamp_seconds{host="nas"}': '0+3600x300' },
      '150h',
      [],
    ],
    [
      'text files are read',
      'HomelabTextfileUnreadable',
      { 'node_textfile_scrape_error{host="ctl"}': '0x9' },
      '5h',
      [],
    ],
    [
      'text files are not read',
      'HomelabTextfileUnreadable',
      { 'node_textfile_scrape_error{host="ctl"}': '1x9' },
      '5h',
      ['ctl'],
    ],
  ])(
    '%s: %s',
    async (_name, alert, series, at, hosts) => {
      const severity = severities.get(alert) ?? '';
      const labels = hosts.map((host) => ({
        alertname: alert,
        alertstate: 'firing',
        severity,
        ...hostLabel(host),
      }));
      await expectFiring({ alert, series, at, labels });
    },
    PATIENCE_MS,
  );
});

test(
  'what an alert says',
  async () => {
    const labels = { host: 'web', severity: 'warning' };
    const rules = {
      rule_files: [RULES],
      evaluation_interval: '1h',
      tests: [
        {
          interval: '1h',
          input_series: [{ series: 'homelab_drift_since_timestamp_seconds{host="web"}', values: '0x48' }],
          alert_rule_test: [
            {
              eval_time: '30h',
              alertname: 'HomelabDrift',
              exp_alerts: [
                {
                  exp_labels: labels,
                  exp_annotations: {
                    summary: 'web is not as its inventory says for more than a day',
                    description:
                      'It differs for 1d 6h 0m 0s. `homelab drift web` shows how and why; `--fix` puts it right.',
                  },
                },
              ],
            },
          ],
        },
      ],
    };
    await expectPass(rules);
  },
  PATIENCE_MS,
);
