import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { HostWork } from '../../../src/core/waves.js';
import { planWaves } from '../../../src/rolling/waves/plan-waves.js';
import { houseOf, type BriefGroup, type BriefHost } from './house.js';
import { brokenRules } from './naive-checker.js';

const GROUPS = ['dns', 'web', 'consul', 'nomad', 'misc'] as const;

const groupArbitrary: fc.Arbitrary<BriefGroup> = fc.oneof(
  fc.record({ most: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom('25%', '50%', '100%')) }),
  fc.record({ quorum: fc.constant('raft') }),
  fc.record({ quorum: fc.constant('raft'), most: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ health: fc.constant(['tcp']) }),
) as fc.Arbitrary<BriefGroup>;

/** Numbers of other hosts; what they mean is decided by where the host itself is. */
const hostArbitrary = fc.record({
  jump: fc.option(fc.nat(), { freq: 2 }),
  on: fc.option(fc.nat(), { freq: 2 }),
  needs: fc.array(fc.nat(), { maxLength: 3 }),
  needsGroup: fc.option(fc.constantFrom(...GROUPS), { freq: 4 }),
  groups: fc.uniqueArray(fc.constantFrom(...GROUPS), { maxLength: 3 }),
});

const houseArbitrary = fc
  .record({
    hosts: fc.array(hostArbitrary, { minLength: 1, maxLength: 14 }),
    order: fc.boolean(),
    groups: fc.record(Object.fromEntries(GROUPS.map((name) => [name, groupArbitrary]))),
    controller: fc.uniqueArray(fc.nat({ max: 13 }), { maxLength: 2 }),
    work: fc.array(
      fc.record({
        isDue: fc.boolean(),
        isLeader: fc.boolean(),
        reboot: fc.constantFrom('no' as const, 'maybe' as const, 'yes' as const),
      }),
      { minLength: 14, maxLength: 14 },
    ),
    isWhole: fc.boolean(),
    concurrency: fc.integer({ min: 1, max: 6 }),
    accepted: fc.subarray(['controller', 'dns', 'consul']),
  })
  .map((raw) => {
    const nameOf = (number: number) => `h${number % raw.hosts.length}`;
    const hosts: Record<string, BriefHost> = {};
    for (const [index, { jump, on, needs, needsGroup, groups }] of raw.hosts.entries()) {
      // Ways only lead to hosts before, which is what an inventory holds to; machines do so within themselves.
      const first = jump === null || index === 0 ? undefined : nameOf(jump % index);
      const via = first === undefined ? [] : [...(hosts[first]?.via ?? []), first];
      // By turns against the ways, so that both go round together.
      const below = raw.order ? index : raw.hosts.length - 1 - index;
      const carrier = on === null || below === 0 ? undefined : (on % below) + (raw.order ? 0 : index + 1);
      hosts[`h${index}`] = {
        via,
        ...(carrier === undefined ? {} : { on: nameOf(carrier) }),
        needs: [...needs.map(nameOf), ...(needsGroup === null ? [] : [needsGroup])],
        groups,
      };
    }
    const controller = Object.fromEntries(
      raw.controller.map((number) => [nameOf(number), 'homelab runs on it']),
    );
    const work = Object.keys(hosts).flatMap((host, index): HostWork[] => {
      const { isDue, isLeader, reboot } = raw.work[index] ?? { isDue: true, isLeader: false, reboot: 'yes' };
      return isDue || raw.isWhole ? [{ host, isLeader, reboot }] : [];
    });
    const topology = houseOf(hosts, raw.groups, controller);
    return { topology, work, concurrency: raw.concurrency, accepted: new Set(raw.accepted) };
  });

test('no rule is ever broken, as somebody else sees it', () => {
  fc.assert(
    fc.property(houseArbitrary, (asked) => {
      const plan = planWaves(asked);
      expect(brokenRules(asked, plan)).toEqual([]);
      expect(planWaves({ ...asked, work: asked.work.toReversed() })).toEqual(plan);
    }),
    { numRuns: 500 },
  );
});
