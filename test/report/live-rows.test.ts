import { describe, expect, test } from '@jest/globals';
import { HomelabError } from '../../src/core/errors.js';
import type { RunEvent } from '../../src/core/events.js';
import { LiveModel } from '../../src/report/live-model.js';
import { listText } from '../../src/report/live-rows.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';
import { textWidth } from '../../src/report/text-width.js';
import { host, task } from './fixtures.js';

const SCREEN = { palette: PLAIN_PALETTE, columns: 80, lines: 22, frame: '*' };

function modelAfter(...events: readonly RunEvent[]): LiveModel {
  const model = new LiveModel();
  for (const event of events) model.update(event);
  return model;
}

const started: RunEvent = { type: 'run-started', command: 'provision', run: 'r1', hosts: ['dns1', 'gate'] };
const pending = host('dns1', 'pending', { tasks: [task('A', { status: 'pending' }), task('B')] });
const applying: readonly RunEvent[] = [
  started,
  { type: 'host-planned', result: pending },
  { type: 'host-planned', result: host('gate', 'ok') },
  { type: 'play-started', play: 'Base', hosts: ['dns1', 'gate'] },
];
const working: readonly RunEvent[] = [
  ...applying,
  { type: 'task-finished', host: 'dns1', result: task('A', { status: 'changed' }) },
  { type: 'task-started', host: 'dns1', id: 'b', name: 'Base packages' },
];
const unreachable = host('gate', 'unreachable', {
  error: new HomelabError({ code: 'transport/timeout', message: 'no answer in 10 s' }),
});

const CASES: readonly (readonly [string, readonly RunEvent[], string])[] = [
  ['nobody has begun', [started], '· dns1  waiting\n· gate  waiting'],
  [
    'one is read, one connects',
    [started, { type: 'host-connected', host: 'dns1' }, { type: 'host-started', host: 'gate' }],
    '* dns1  reading\n* gate  connecting',
  ],
  ['plans are known', applying.slice(0, 3), '✔ dns1  1 of 2 to change\n✔ gate  in sync'],
  ['what is planned waits for its turn', applying, '· dns1  waiting\n✔ gate  in sync'],
  [
    'a wave of an upgrade, which has more stages than were planned',
    [
      ...working.slice(0, 3),
      { type: 'wave-started', wave: 1, count: 2, hosts: ['dns1'] },
      ...working.slice(4),
    ],
    '* dns1  1 done, 1 changed\n  › Base packages\n✔ gate  in sync\nwave 1 of 2',
  ],
  ['what it does is below it', working, '* dns1  1/2, 1 changed\n  › Base packages\n✔ gate  in sync'],
  [
    'done',
    [
      ...working,
      {
        type: 'host-finished',
        result: host('dns1', 'changed', { tasks: [task('A', { status: 'changed' })] }),
      },
    ],
    '✔ dns1  1 of 1 changed\n✔ gate  in sync',
  ],
  [
    'who failed stays failed',
    [
      started,
      { type: 'host-finished', result: unreachable },
      { type: 'task-started', host: 'gate', id: 'a', name: 'A' },
    ],
    '· dns1  waiting\n✖ gate  unreachable: no answer in 10 s',
  ],
  [
    'left out',
    [started, { type: 'host-finished', result: host('gate', 'skipped') }],
    '· dns1  waiting\n↓ gate  skipped',
  ],
  [
    'Ctrl-C',
    [started, { type: 'interrupted' }],
    '· dns1  waiting\n· gate  waiting\ninterrupted: ending what runs',
  ],
];

describe('the live list', () => {
  test.each(CASES)('%s', (_name, events, text) => {
    expect(listText(modelAfter(...events), SCREEN)).toBe(text);
  });

  const names = Array.from({ length: 60 }, (_, index) => `machine-with-a-long-name-${index}`);
  const many: readonly RunEvent[] = [
    { type: 'run-started', command: 'plan', run: 'r1', hosts: names },
    ...names.slice(0, 50).map((name): RunEvent => ({ type: 'host-planned', result: host(name, 'ok') })),
    { type: 'host-finished', result: { ...unreachable, host: names[40] ?? '' } },
    { type: 'host-connected', host: names[55] ?? '' },
  ];

  test('sixty hosts on forty columns and ten lines: those that matter, and the totals', () => {
    const lines = listText(modelAfter(...many), { ...SCREEN, columns: 40, lines: 10 }).split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.every((line) => textWidth(line) < 40)).toBe(true);
    expect(lines.filter((line) => line.startsWith('✖'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('*'))).toHaveLength(1);
    expect(lines.at(-1)).toBe('60 hosts: 50 done, 1 running, 9 waiting');
  });

  test('at the end all rows are there', () => {
    expect(listText(modelAfter(...many), { ...SCREEN, lines: undefined }).split('\n')).toHaveLength(60);
  });
});
