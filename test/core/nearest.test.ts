import { expect, test } from '@jest/globals';
import { didYouMean, nearestNames } from '../../src/core/nearest.js';

test.each([
  ['adress', ['address', 'port', 'user'], 'Did you mean address?'],
  ['servce', ['service', 'systemd_unit'], 'Did you mean service?'],
  ['dns', ['dns1', 'dns2', 'nas'], 'Did you mean dns1, dns2 or nas?'],
  ['web', ['web-frontend-1'], 'Did you mean web-frontend-1?'],
  ['zebra', ['address', 'port'], undefined],
  ['', ['a'], undefined],
  ['x'.repeat(100), ['x'], undefined],
])('%j among %j', (name, names, expected) => {
  expect(didYouMean(name, names)).toBe(expected);
});

test('swapped letters are nearer than missing ones', () => {
  expect(nearestNames('hsot', ['hosts', 'host'])[0]).toBe('host');
});
