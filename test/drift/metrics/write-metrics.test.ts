import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricsText } from '../../../src/drift/metrics/metrics-text.js';
import { checkMetricsFile, writeMetrics } from '../../../src/drift/metrics/write-metrics.js';
import { drifted, driftResult } from '../check-fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'metrics-'));
mkdirSync(join(folder, 'folder.prom'));
afterAll(() => rmSync(folder, { recursive: true }));

const LABEL = /^homelab_drift_items\{host="((?:[^"\\\n]|\\["\\n])*)",role="((?:[^"\\\n]|\\["\\n])*)"\} 3$/;

function unescaped(text: string): string {
  return text.replace(/\\(["\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

test('no label can end its line or add one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), async (host, role) => {
      const text = await metricsText([{ metric: 'homelab_drift_items', labels: { host, role }, value: 3 }]);
      const lines = text.split('\n');
      expect(lines).toHaveLength(4);
      expect(lines[3]).toBe('');
      const [, foundHost = '', foundRole = ''] = LABEL.exec(lines[2] ?? '') ?? [];
      expect([unescaped(foundHost), unescaped(foundRole)]).toEqual([host, role]);
    }),
  );
});

test('the file is whole, readable for everybody, and alone in its folder', async () => {
  const own = join(folder, 'collector');
  mkdirSync(own);
  const file = join(own, 'homelab.prom');
  const umask = process.umask(0o077);
  try {
    await writeMetrics(file, driftResult({ web: ['in-sync', []] }), ['web']);
    await writeMetrics(file, driftResult({ web: ['drifted', [drifted('base/dnsmasq/conf')]] }), ['web']);
  } finally {
    process.umask(umask);
  }
  expect(readdirSync(own)).toEqual(['homelab.prom']);
  expect(statSync(file).mode & 0o777).toBe(0o644);
  expect(readFileSync(file, 'utf8')).toMatch(
    /^# HELP homelab_drift_items [^]*homelab_drift_items\{host="web",role="dnsmasq"\} 1\n[^]* \d+\n$/,
  );
});

describe('a file that cannot be', () => {
  test.each([
    ['homelab.txt', 'usage/not-prom'],
    ['no/folder/homelab.prom', 'file/unwritable'],
    ['folder.prom', 'file/unwritable'],
  ])('%s', (name, code) => {
    expect(() => checkMetricsFile(join(folder, name))).toThrow(expect.objectContaining({ code }));
  });

  test('is told when it is written, too', async () => {
    const file = join(folder, 'folder.prom');
    await expect(writeMetrics(file, driftResult({}), [])).rejects.toMatchObject({ code: 'file/unwritable' });
  });
});
