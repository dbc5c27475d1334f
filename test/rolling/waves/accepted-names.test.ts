import { expect, test } from '@jest/globals';
import type { Topology, TopologyHost } from '../../../src/core/topology.js';
import { requireKnownNames } from '../../../src/rolling/waves/accepted-names.js';

const check = (name: string) => ({
  name,
  check: { kind: 'tcp', host: '10.0.0.1', port: 53 } as const,
  from: undefined,
  source: undefined,
});
const host = (name: string, health: TopologyHost['health']): TopologyHost => {
  return { name, via: [], runsOn: undefined, dependsOn: [], dependsOnAny: [], groups: [], health };
};
const topology: Topology = {
  hosts: new Map([
    ['dns1', host('dns1', [check('dns')])],
    ['nas', host('nas', [])],
  ]),
  groups: [{ name: 'resolvers', hosts: ['dns1'], health: [], maxUnavailable: 1, quorum: undefined }],
  otherGroups: [{ name: 'rack', hosts: ['nas'], health: [check('vip')] }],
  controller: new Map(),
};

test.each(['dns1', 'nas', 'resolvers', 'rack', 'dns1/dns', 'resolvers/dns', 'rack/vip', 'controller'])(
  '%s can be accepted to go down',
  (name) => {
    expect(() => requireKnownNames([name], topology)).not.toThrow();
  },
);

test.each([
  ['resolver', 'resolvers'],
  ['dns1/dsn', 'dns1/dns'],
  ['nas/smb', '--plan shows them'],
])('%s is told, with what may be meant', (name, hint) => {
  expect(() => requireKnownNames(['nas', name], topology)).toThrow(
    expect.objectContaining({ code: 'usage/unknown-outage', hint: expect.stringContaining(hint) }),
  );
});
