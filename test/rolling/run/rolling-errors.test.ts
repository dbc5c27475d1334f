import { afterAll, expect, test } from '@jest/globals';
import { rollingErrors } from '../../../src/rolling/run/rolling-errors.js';
import { load, removeProjects } from '../../inventory/project-folder.js';

afterAll(removeProjects);

/** An inventory with these words for one of its hosts, and for its group. */
const house = (host: string, group = '{}'): string =>
  `groups: { web: ${group} }\nhosts:\n  gate: { address: 10.0.0.1 }\n  a: { address: 10.0.0.2, groups: [web], ${host} }\n`;

const WRONG: readonly (readonly [string, string, string, string])[] = [
  ['an adapter', house('drain: { sytemd: {} }'), 'rolling/unknown-drain', 'Did you mean systemd?'],
  [
    'a parameter',
    house('drain: { systemd: { unit: [x] } }'),
    'rolling/drain-parameters',
    'Did you mean units?',
  ],
  ['one that is needed', house('drain: { systemd: }'), 'rolling/drain-parameters', 'docs/upgrades.md'],
  ['a value', house('drain: { consul: { timeout: soon } }'), 'rolling/drain-parameters', 'docs/upgrades.md'],
  [
    'who asks',
    house('health: { x: { tcp: 80, from: gaet } }'),
    'rolling/unknown-place',
    'Did you mean gate?',
  ],
  [
    'who asks a group',
    house('', '{ health: { x: { tcp: 80, from: controler } } }'),
    'rolling/unknown-place',
    'Did you mean controller?',
  ],
  [
    'where a hook runs',
    house('snapshot: { take: [zfs], on: nas }'),
    'rolling/unknown-place',
    'Name a host, or `controller`.',
  ],
];

test.each(WRONG)('%s that is not there is told with its place', async (_what, text, code, hint) => {
  const errors = await rollingErrors(await load(text));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ code, hint: expect.stringContaining(hint) });
  expect(errors[0]?.source?.line).toBeGreaterThan(0);
});

test('what is right is no mistake', async () => {
  const text = house(
    'health: { x: { tcp: 80, from: gate }, y: { tcp: 80, from: controller } }, drain: { systemd: { units: [x] }, docker: }, snapshot: { take: [zfs], on: controller }',
  );
  expect(await rollingErrors(await load(text))).toEqual([]);
});
