import { expect, test } from '@jest/globals';
import type { Topology } from '../../../src/core/topology.js';
import { isExcused } from '../../../src/rolling/run/excuses.js';

const group = (name: string, hosts: readonly string[]) => ({ name, hosts, health: [] });
const topology: Topology = {
  hosts: new Map(),
  groups: [{ ...group('dns', ['a', 'b']), maxUnavailable: 1, quorum: undefined }],
  otherGroups: [group('rack', ['a', 'c'])],
  controller: new Map(),
};

test.each<
  [
    name: string,
    host: string | undefined,
    accepted: readonly string[],
    atWork: string,
    away: string,
    is: boolean,
  ]
>([
  ['a/web', 'a', [], '', '', false],
  ['a/web', 'a', [], 'a', '', true],
  ['a/web', 'a', [], '', 'a', true],
  ['a/web', 'a', ['a/web'], '', '', true],
  ['a/web', 'a', ['a'], '', '', true],
  ['a/web', 'a', ['b', 'a/dns'], 'b', 'c', false],
  // One of the others has to serve.
  ['dns/dns', undefined, [], 'a', 'b', false],
  ['dns/dns', undefined, ['dns'], '', '', true],
  // Nobody says that another one would do.
  ['rack/vip', undefined, [], 'c', '', true],
  ['rack/vip', undefined, [], '', 'a', true],
  ['rack/vip', undefined, ['rack'], '', '', true],
  ['rack/vip', undefined, [], 'b', 'b', false],
])('%s, of %s, accepted %j, at work %s, away %s', (name, host, accepted, atWork, away, is) => {
  const service = { name, host, state: 'down', said: undefined } as const;
  const excuses = { topology, accepted, atWork: new Set([atWork]), away: new Map([[away, 'failed']]) };
  expect(isExcused(service, excuses)).toBe(is);
});
