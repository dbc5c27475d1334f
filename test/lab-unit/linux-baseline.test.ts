import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { LINUX_BASELINE } from '../lab/fixtures/linux-baseline.js';

/** The ids of version 2.10.0, from its files `os_spec`, `package_spec` and `sysctl_spec`. */
const range = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index).padStart(2, '0'));
const IDS = [
  ...['01', '02', '03', '03b', '04', '05', '05b', '06', '07', '09', ...range(10, 16)].map((id) => `os-${id}`),
  ...['01', '02', '03', '05', '06', '08', '09'].map((id) => `package-${id}`),
  ...[...range(1, 17), ...range(19, 30), '31a', '31b', ...range(32, 35)].map((id) => `sysctl-${id}`),
];

const text = readFileSync(new URL('../../docs/hardening.md', import.meta.url), 'utf8');

describe('the linux-baseline of dev-sec', () => {
  test('is covered whole: 17 controls of the system, 7 of packages, 35 of the kernel', () => {
    expect(IDS).toHaveLength(17 + 7 + 35);
    expect(LINUX_BASELINE.map(({ id }) => id)).toEqual(IDS);
  });

  test.each(LINUX_BASELINE.map((control) => [control.id, control] as const))(
    '%s is checked, or waived with a reason, and docs/hardening.md says so',
    (id, { about, check, waived = '' }) => {
      expect(check !== undefined || waived.length > 20).toBe(true);
      const row = text.split('\n').find((line) => line.startsWith(`| ${id} `)) ?? '';
      const cells = row.split('|').map((cell) => cell.trim());
      expect(cells.slice(1, 5)).toEqual([id, about, check === undefined ? 'no' : 'yes', waived]);
    },
  );
});
