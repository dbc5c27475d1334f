import { expect, test } from '@jest/globals';
import { inventoryOf, houseOf, type BriefGroup } from './house.js';
import { topologyOf } from '../../../src/rolling/waves/topology-of.js';

test.each<[group: BriefGroup, count: number, most: number | undefined]>([
  [{}, 3, undefined],
  [{ health: ['http'] }, 3, undefined],
  [{ most: 2 }, 3, 2],
  [{ most: '25%' }, 8, 2],
  [{ most: '25%' }, 7, 1],
  [{ most: '25%' }, 2, 1],
  [{ most: '100%' }, 3, 3],
  [{ quorum: 'consul' }, 5, 1],
  [{ quorum: 'consul', most: 2 }, 5, 1],
  [{ quorum: 'consul', most: '40%' }, 5, 1],
  [{ most: 1 }, 0, undefined],
])('of a group %j with %i hosts may be away: %s', (group, count, most) => {
  const hosts = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`h${index}`, { groups: ['g'] }]),
  );
  expect(houseOf(hosts, { g: group }).groups[0]?.maxUnavailable).toBe(most);
});

test('hosts and groups, as the inventory has them', () => {
  const inventory = inventoryOf(
    {
      gate: {},
      nas: {
        via: ['gate', 'lost'],
        on: 'lost',
        needs: ['gate', 'web', 'lost'],
        health: ['nfs'],
        groups: ['web'],
      },
      web1: { groups: ['web', 'consul'] },
    },
    { web: { health: ['http'] }, consul: { quorum: 'consul', health: ['api'] }, none: {} },
  );
  const { hosts, groups, otherGroups } = topologyOf(inventory, new Map());
  expect(hosts.get('nas')).toMatchObject({
    name: 'nas',
    via: ['gate'],
    runsOn: undefined,
    dependsOn: ['gate'],
    dependsOnAny: ['web'],
    groups: ['web'],
    health: [{ name: 'nfs' }],
  });
  expect(groups).toMatchObject([
    { name: 'consul', hosts: ['web1'], maxUnavailable: 1, quorum: 'consul', health: [{ name: 'api' }] },
  ]);
  expect(otherGroups).toMatchObject([{ name: 'web', hosts: ['nas', 'web1'], health: [{ name: 'http' }] }]);
});
