import { expect, test } from '@jest/globals';
import { roleOfItem } from '../../src/core/item-role.js';

test.each([
  ['base/motd', undefined],
  ['base/dnsmasq/settings', 'dnsmasq'],
  ['base/nfs-client/mount-2', 'nfs-client'],
  ['base', undefined],
  ['', undefined],
])('the role of %s', (id, role) => {
  expect(roleOfItem(id)).toBe(role);
});
