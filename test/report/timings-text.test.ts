import { expect, test } from '@jest/globals';
import { Timings, type Timing } from '../../src/core/timings.js';
import { timingsDocument } from '../../src/report/json-document.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';
import { timingsText } from '../../src/report/timings-text.js';

const TIMINGS: readonly Timing[] = [
  { phase: 'start', host: null, startMs: 0, durationMs: 90.04 },
  { phase: 'compile', host: null, startMs: 90, durationMs: 40 },
  { phase: 'connect', host: 'gate', startMs: 130, durationMs: 2 },
  { phase: 'login', host: 'gate', startMs: 132, durationMs: 20.4 },
  { phase: 'jump', host: 'nas', startMs: 130, durationMs: 23 },
  { phase: 'login', host: 'nas', startMs: 160, durationMs: 10 },
  { phase: 'login', host: 'nas', startMs: 175, durationMs: 11 },
];

test('a line of the controller, a row for each host, what the words mean', () => {
  const text = timingsText(TIMINGS, { palette: PLAIN_PALETTE, width: undefined });
  const [title, own, ...rest] = text.split('\n');
  expect([title, own]).toEqual(['where the time went, in ms', 'start 90, compile 40']);
  expect(rest.slice(0, 3).map((line) => line.trim().split(/\s+/))).toEqual([
    ['jump', 'connect', 'login', 'in', 'all'],
    ['gate', '2', '20', '22'],
    ['nas', '23', '21', '56'],
  ]);
  expect(rest.slice(3).map((line) => line.split(':')[0])).toEqual([
    'start',
    'compile',
    'jump',
    'connect',
    'login',
    '',
  ]);
});

test('where the table does not fit, a line for each host', () => {
  const text = timingsText(TIMINGS, { palette: PLAIN_PALETTE, width: 20 });
  expect(text).toContain('gate: connect 2, login 20, in all 22\nnas: jump 23, login 21, in all 56\n');
});

test('without hosts there is no table', () => {
  const text = timingsText(TIMINGS.slice(0, 1), { palette: PLAIN_PALETTE, width: 40 });
  expect(text).not.toContain('in all');
});

test('for a program: to a tenth of a millisecond', () => {
  expect(timingsDocument(TIMINGS.slice(0, 1))).toEqual([
    { phase: 'start', host: null, startMs: 0, durationMs: 90 },
  ]);
});

test('a phase ends when it is added', () => {
  const timings = new Timings();
  const begun = performance.now();
  const ended = timings.add('probe', 'nas', begun);
  expect(timings.all).toEqual([{ phase: 'probe', host: 'nas', startMs: begun, durationMs: ended - begun }]);
});
