import { expect, test } from '@jest/globals';
import { scheduleName } from '../../../src/drift/schedule/schedule-name.js';

test.each([
  ['/srv/house', /^homelab-drift-house-[0-9a-f]{8}$/],
  ['/', /^homelab-drift--[0-9a-f]{8}$/],
  [`/srv/my home%h $HOME's`, /^homelab-drift-my-home-h-HOME-s-[0-9a-f]{8}$/],
  [`/srv/${'é@'.repeat(200)}`, /^homelab-drift---?[0-9a-f]{8}$/],
  [`/srv/${'x'.repeat(255)}`, /^homelab-drift-x{60}-[0-9a-f]{8}$/],
])('%s', (project, name) => {
  expect(scheduleName(project)).toMatch(name);
});

test('two projects of one name have schedules of their own', () => {
  expect(scheduleName('/srv/a/house')).not.toBe(scheduleName('/srv/b/house'));
});
