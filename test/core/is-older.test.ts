import { expect, test } from '@jest/globals';
import { isOlder } from '../../src/core/is-older.js';

test.each<readonly [string, string, boolean]>([
  ['9.2', '9.8', true],
  ['9.8', '9.8', false],
  ['10.0', '9.8', false],
  ['9.8', '10.0', true],
  ['9', '9.1', true],
  ['9.8p1', '9.8', false],
  ['9.10', '9.9', false],
])('%s is older than %s: %s', (a, b, expected) => {
  expect(isOlder(a, b)).toBe(expected);
});
