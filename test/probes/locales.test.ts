import { expect, test } from '@jest/globals';
import { locales, normalLocale } from '../../src/probes/locales.js';
import { parseText, readHere, SHELLS } from './shells.js';

// The right side as `locale -a` of glibc 2.36 prints it.
test.each([
  ['de_DE.UTF-8', 'de_DE.utf8'],
  ['de_DE', 'de_DE'],
  ['de_DE@euro', 'de_DE@euro'],
  ['de_DE.ISO-8859-15@euro', 'de_DE.iso885915@euro'],
  ['ca_ES.UTF-8@valencia', 'ca_ES.utf8@valencia'],
  ['ja_JP.EUC-JP', 'ja_JP.eucjp'],
  ['x.8859-1', 'x.iso88591'],
  ['C', 'C'],
])('%s is %s', (name, normal) => {
  expect(normalLocale(name)).toBe(normal);
  expect(normalLocale(normal)).toBe(normal);
});

test('what `locale` prints, and where there is none', () => {
  expect(parseText(locales, 'C\nC.utf8\nPOSIX\n', [''])).toEqual([new Set(['C', 'C.utf8', 'POSIX'])]);
  expect(parseText(locales, '', [''])).toEqual([null]);
});

test.each(SHELLS)('this computer, by %s', (name, shell) => {
  const [known] = readHere(shell, locales, ['']);
  expect(known?.has('POSIX')).toBe(name === 'busybox alone' ? undefined : true);
});
