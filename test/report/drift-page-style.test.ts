import { describe, expect, test } from '@jest/globals';
import { DRIFT_PAGE_STYLE } from '../../src/report/drift-page-style.js';

/** The colours of a theme by name, as `#rrggbb`. */
function coloursIn(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/--([a-z-]+):(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Relative luminance of sRGB. Source: WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const [light = '', dark = ''] = DRIFT_PAGE_STYLE.split('prefers-color-scheme:dark').map((part) =>
  part.slice(0, 900),
);
const STATES = ['in-sync', 'drifted', 'lost', 'busy', 'off'];
const GROUNDS = ['ground', 'surface'];

describe.each([
  ['light', coloursIn(light)],
  ['dark', coloursIn(dark)],
])('%s', (_theme, colours) => {
  const of = (name: string): string => colours.get(name) ?? '';
  const text = [
    ...GROUNDS.flatMap((ground) =>
      ['text', 'muted', 'link', 'busy', ...STATES].map((name) => [name, ground]),
    ),
    ...STATES.map((state) => [state, `${state}-ground`]),
    ...['added-ground', 'removed-ground', 'lost-ground'].map((ground) => ['text', ground]),
  ] as [string, string][];

  test.each(text)('%s can be read on %s', (name, ground) => {
    expect(contrast(of(name), of(ground))).toBeGreaterThanOrEqual(4.5);
  });
});

test('the sum by which the measure is known: black on white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
});

test('every colour that is used is defined, in both themes', () => {
  const used = [...DRIFT_PAGE_STYLE.matchAll(/var\(--([a-z-]+)/g)].map(([, name]) => name);
  const own = new Set(['state', 'state-ground']);
  for (const theme of [coloursIn(light), coloursIn(dark)])
    expect([...theme.keys()]).toEqual(expect.arrayContaining(used.filter((name) => !own.has(name ?? ''))));
});
