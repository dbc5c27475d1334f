import { expect, test } from '@jest/globals';
import { automountUnit, mountUnit } from '../../../src/tasks/shared/mount-unit.js';

// As `systemd-escape --path --suffix=automount` of systemd 252 prints them.
test.each([
  ['/', '-.automount'],
  ['/srv/media', 'srv-media.automount'],
  ['/srv/a-b', 'srv-a\\x2db.automount'],
  ['/.hidden/x.y', '\\x2ehidden-x.y.automount'],
  ['/srv/a b', 'srv-a\\x20b.automount'],
  ['/ü', '\\xc3\\xbc.automount'],
  ['/a:b_c', 'a:b_c.automount'],
])('%s is the unit %s', (path, unit) => {
  expect(automountUnit(path)).toBe(unit);
  expect(mountUnit(path)).toBe(unit.replace(/automount$/, 'mount'));
});

test('a name that would be too long is none', () => {
  expect(automountUnit(`/${'a'.repeat(246)}`)).toBeUndefined();
  expect(automountUnit(`/${'a'.repeat(245)}`)).toHaveLength(255);
});
