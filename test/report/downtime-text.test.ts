import { describe, expect, test } from '@jest/globals';
import type { ServiceDowntime } from '../../src/core/downtime.js';
import { downtimeDocument, downtimeText } from '../../src/report/downtime-text.js';
import { PLAIN_PALETTE, type Palette } from '../../src/report/palette.js';

const service = (name: string, rest: Partial<ServiceDowntime> = {}): ServiceDowntime => ({
  name,
  host: name.split('/')[0],
  isRedundant: false,
  longestMs: 0,
  totalMs: 0,
  interruptions: 0,
  unseenMs: 0,
  samples: 100,
  isDown: false,
  ...rest,
});
const away = (seconds: number, times = 1): Partial<ServiceDowntime> => ({
  longestMs: seconds * 1000,
  totalMs: seconds * 1000 * times,
  interruptions: times,
});

const NAS = service('nas/smb', away(31.02));
const DNS = service('dns/dns', { ...away(1.5, 2), host: undefined, isRedundant: true });
const PROMISED = new Map([
  ['nas/smb', 40],
  ['dns/dns', 0],
]);
const text = (services: readonly ServiceDowntime[], width: number | undefined, palette = PLAIN_PALETTE) =>
  downtimeText(services, PROMISED, { palette, width });

describe('a table of downtimes', () => {
  test('80 columns', () => {
    expect(text([NAS, DNS, service('web/http')], 80)).toBe(
      [
        '   service  longest  total  times  promised',
        '   nas/smb  32 s     32 s   1      40 s',
        '!  dns/dns  1.5 s    3.0 s  2      0 s',
        '1 other was never away',
        '! it was away for longer than promised',
        '',
      ].join('\n'),
    );
  });

  test('40 columns', () => {
    expect(text([NAS, DNS], 40)).toBe(
      [
        'nas/smb',
        '  longest: 32 s',
        '  total: 32 s',
        '  times: 1',
        '  promised: 40 s',
        '! dns/dns',
        '  longest: 1.5 s',
        '  total: 3.0 s',
        '  times: 2',
        '  promised: 0 s',
        '! it was away for longer than promised',
        '',
      ].join('\n'),
    );
  });

  test('what is red', () => {
    const palette: Palette = { ...PLAIN_PALETTE, red: (line) => `<${line}>` };
    expect(text([DNS], 80, palette)).toContain('\n<!  dns/dns  1.5 s    3.0 s  2      0 s>\n');
    expect(text([NAS], 80, palette)).not.toContain('<');
  });

  test.each<readonly [string, readonly ServiceDowntime[], string]>([
    ['nothing is watched', [], ''],
    ['one was never away', [service('web/http')], 'the one service was never away\n'],
    ['none was', [service('web/http'), service('web/x')], 'none of 2 services was ever away\n'],
  ])('%s', (_name, services, expected) => {
    expect(text(services, 80)).toBe(expected);
  });

  test.each<readonly [string, ServiceDowntime, readonly string[]]>([
    [
      'what was to be away is told though it was not',
      service('nas/smb'),
      ['', 'nas/smb', '0 s', '0 s', '0', '40 s'],
    ],
    [
      'still away',
      service('nas/smb', { ...away(3), isDown: true }),
      ['!', 'nas/smb', '3.0 s', '3.0 s, still away', '1', '40 s'],
    ],
    ['never too short', service('nas/smb', away(0.01)), ['', 'nas/smb', '0.1 s', '0.1 s', '1', '40 s']],
    ['minutes', service('nas/smb', away(725)), ['!', 'nas/smb', '12 min 5 s', '12 min 5 s', '1', '40 s']],
    ['not seen', service('web/x', { unseenMs: 2178 }), ['', 'web/x', '0 s', '0 s', '0', '0 s', '2.2 s']],
    [
      'control characters',
      service('a\u001b[2J/x', away(1)),
      ['!', 'a\\x1b[2J/x', '1.0 s', '1.0 s', '1', '0 s'],
    ],
  ])('%s', (_name, one, cells) => {
    const [, line = ''] = text([one], undefined).split('\n');
    const [mark = '', ...rest] = cells;
    expect(line.startsWith(mark === '' ? '   ' : `${mark}  `)).toBe(true);
    expect(line.slice(3).split(/ {2,}/)).toEqual(rest);
  });
});

test('for a program', () => {
  expect(downtimeDocument([NAS, DNS], PROMISED)).toEqual([
    {
      service: 'nas/smb',
      host: 'nas',
      redundant: false,
      longestMs: 31_020,
      totalMs: 31_020,
      interruptions: 1,
      unseenMs: 0,
      samples: 100,
      down: false,
      promisedSeconds: 40,
      kept: true,
    },
    expect.objectContaining({ service: 'dns/dns', host: null, redundant: true, totalMs: 3000, kept: false }),
  ]);
});
