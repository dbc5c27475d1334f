import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import * as z from 'zod';
import type { DriftState } from '../../../src/core/drift.js';
import { METRICS } from '../../../src/drift/metrics/metrics.js';
import { metricsText } from '../../../src/drift/metrics/metrics-text.js';
import { samplesOf } from '../../../src/drift/metrics/samples.js';
import { drifted, driftResult } from '../check-fixtures.js';
import { promtool } from './promtool.js';

const RULES = resolve('templates/drift/homelab.rules.yml');
const folder = mkdtempSync(join(tmpdir(), 'monitoring-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The first call fetches promtool. */
const PATIENCE_MS = 180_000;

function inFolder(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const targetSchema = z.looseObject({ refId: z.string(), expr: z.string() });
const sourceSchema = z.object({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const dashboardSchema = z.looseObject({
  id: z.null(),
  uid: z.string().max(40),
  title: z.string().min(1),
  schemaVersion: z.number().min(36),
  templating: z.object({
    list: z.tuple([
      z.looseObject({
        name: z.literal('datasource'),
        type: z.literal('datasource'),
        query: z.literal('prometheus'),
      }),
      z.looseObject({ name: z.literal('host'), type: z.literal('query'), datasource: sourceSchema }),
    ]),
  }),
  panels: z.array(
    z.looseObject({
      id: z.number(),
      type: z.enum(['stat', 'timeseries', 'bargauge', 'state-timeline', 'table']),
      title: z.string().min(1),
      datasource: sourceSchema,
      gridPos: z.object({
        x: z.number(),
        y: z.number(),
        w: z.number().min(1).max(24),
        h: z.number().min(1),
      }),
      targets: z.array(targetSchema.extend({ datasource: sourceSchema })).min(1),
    }),
  ),
});
const dashboard = dashboardSchema.parse(
  JSON.parse(readFileSync('templates/drift/homelab-dashboard.json', 'utf8')),
);
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

describe('what is written', () => {
  const states: readonly DriftState[] = ['in-sync', 'drifted', 'lost', 'off', 'busy'];
  test.each<readonly [string, readonly string[]]>([
    ['usual hosts', ['web1', 'db.lan', 'nas_2', 'pi', 'gate']],
    ['hostile hosts', ['"} 1\nhomelab_evil 1', '\\', '\u202e{}', "a,role:b'", '\r\t#']],
  ])(
    '%s: promtool has nothing against it',
    async (_name, names) => {
      const tasks = [drifted('base/motd'), drifted(`base/${names[0]}/x`, 'both')];
      const result = driftResult(
        Object.fromEntries(names.map((name, at) => [name, [states[at] ?? 'lost', tasks]])),
      );
      const marks = new Map(names.map((name) => [name, { rebootReason: 'needed', lastBackupSeconds: 5 }]));
      const samples = samplesOf({ ...result, drift: { ...result.drift, marks } }, names);
      expect(new Set(samples.map(({ metric }) => metric))).toEqual(new Set(Object.keys(METRICS)));
      const checked = await promtool(['check', 'metrics'], await metricsText(samples));
      expect([checked.code, checked.stderr, checked.stdout]).toEqual([0, '', '']);
    },
    PATIENCE_MS,
  );

  test(
    'promtool would say what is wrong',
    async () => {
      expect((await promtool(['check', 'metrics'], 'homelab_x{host="a} 1\n')).code).not.toBe(0);
    },
    PATIENCE_MS,
  );
});

describe('the dashboard', () => {
  test('every panel has its own number and place', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  test(
    'promtool can parse every query',
    async () => {
      const rules = queries.map((expr, at) => ({
        record: `query_${at}`,
        expr: expr.replaceAll('$host', '.*'),
      }));
      const file = inFolder('queries.yml', stringify({ groups: [{ name: 'queries', rules }] }));
      const { code, stdout } = await promtool(['check', 'rules', file]);
      expect([code, stdout]).toEqual([0, expect.stringContaining(`${queries.length} rules found`)]);
    },
    PATIENCE_MS,
  );
});

test('the rules and the dashboard ask for what is written, and for all of it', () => {
  const asked = [readFileSync(RULES, 'utf8'), ...queries].join('\n').match(/\b(?:homelab|node)_[a-z_]+/g);
  const names = new Set(asked);
  expect(names.delete('node_textfile_scrape_error')).toBe(true);
  expect(names).toEqual(new Set(Object.keys(METRICS)));
});

test(
  'promtool has nothing against the rules',
  async () => {
    const { code, stdout } = await promtool(['check', 'rules', RULES]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('8 rules found')]);
  },
  PATIENCE_MS,
);
