import { describe, expect, test } from '@jest/globals';
import type { ItemDrift } from '../../src/core/drift.js';
import { driftLine } from '../../src/report/drift-text.js';
import { outcome } from '../../src/report/outcome.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';
import { host, run, task } from './fixtures.js';

/** Local time, as a person reads it. */
const at = (day: number): string => new Date(2026, 10, day, 3).toISOString();
const drift = (rest: Partial<ItemDrift>): ItemDrift => ({
  cause: 'host',
  fields: { mode: 'host' },
  since: at(22),
  inSyncAt: at(21),
  ...rest,
});

test.each<[string, Partial<ItemDrift>]>([
  ['changed on the host between 2026-11-21 03:00 and 2026-11-22 03:00', {}],
  ['changed on the host at 2026-11-22 03:00', { inSyncAt: at(22) }],
  ['changed on the host, found first at 2026-11-22 03:00', { inSyncAt: null }],
  [
    'pending: the inventory has moved on, found first at 2026-11-22 03:00',
    { cause: 'inventory', fields: { mode: 'inventory' } },
  ],
  [
    'pending: not applied yet, found first at 2026-11-22 03:00',
    { cause: 'inventory', fields: {}, inSyncAt: null },
  ],
  [
    'changed on the host: content; pending: mode, between 2026-11-21 03:00 and 2026-11-22 03:00',
    { cause: 'both', fields: { content: 'host', mode: 'inventory' } },
  ],
  [
    'changed on the host: mode; pending: mode, between 2026-11-21 03:00 and 2026-11-22 03:00',
    { cause: 'both', fields: { mode: 'both' } },
  ],
])('%s', (text, rest) => {
  expect(driftLine(drift(rest))).toBe(text);
});

test('times of which the clock says nothing, as it was put back between them, are in UTC', () => {
  const utc = (day: number): string => `${at(day).slice(0, 16).replace('T', ' ')} UTC`;
  expect(driftLine(drift({ inSyncAt: at(22), since: at(21) }))).toBe(
    `changed on the host between ${utc(22)} and ${utc(21)}`,
  );
});

describe('a check', () => {
  const changes = [{ field: 'mode', before: '0600', after: '0644' }];
  const items = { host: 1, inventory: 0, both: 0 };
  const result = run(
    'drift',
    [
      host('web1', 'drifted', {
        tasks: [task('Motd', { subject: '/etc/motd', status: 'pending', changes, drift: drift({}) })],
      }),
      host('nas', 'ok', { tasks: [task('Motd')] }),
      host('laptop', 'skipped', { notes: ['is optional, and off: no answer'] }),
    ],
    {
      drift: {
        at: at(22),
        hosts: [
          { host: 'web1', state: 'drifted', items },
          { host: 'laptop', state: 'off', items },
        ],
      },
    },
  );
  const style = { palette: PLAIN_PALETTE, width: undefined };

  test('tells optional hosts that are off apart', () => {
    expect(outcome(result, style)).toBe(`web1  1 of 1 drifted
  ~ /etc/motd  (file: Motd)
      mode: 0600 -> 0644
      changed on the host between 2026-11-21 03:00 and 2026-11-22 03:00
nas  in sync

optional, and off: laptop

3 hosts: 1 drifted, 1 skipped, 1 in sync
`);
  });

  test('that was put right shows no diff again', () => {
    const fixed = { ...result, drift: { at: at(22), hosts: [], isFixed: true } };
    expect(outcome(fixed, style)).toBe('3 hosts: 1 drifted, 1 skipped, 1 in sync\n');
  });
});
