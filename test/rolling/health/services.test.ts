import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../../src/core/check.js';
import {
  bareHost,
  type GroupConfig,
  type HostConfig,
  type Inventory,
} from '../../../src/core/host-config.js';
import { NO_ROLLING, type GroupRolling, type HealthCheck } from '../../../src/core/rolling-settings.js';
import { checkText, servicesOf } from '../../../src/rolling/health/services.js';

const tcp = (host: string): Check => ({ kind: 'tcp', host, port: 53 });
const http = (url: string): Check => ({ kind: 'http', url, statuses: [], isInsecure: false });
const dns = (server?: string): Check => ({ kind: 'dns', name: 'nas.lan', type: undefined, server });
const health = (name: string, check: Check, from?: string): HealthCheck => ({
  name,
  check,
  from,
  source: undefined,
});

function inventory(hosts: readonly HostConfig[], groups: readonly GroupConfig[] = []): Inventory {
  return {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    groups: new Map(groups.map((group) => [group.name, group])),
    files: [],
  };
}

function host(name: string, ...checks: HealthCheck[]): HostConfig {
  return bareHost(name, { rolling: { ...NO_ROLLING, health: checks } });
}

function group(name: string, hosts: readonly string[], rolling: Partial<GroupRolling> = {}): GroupConfig {
  return {
    name,
    hosts,
    vars: new Map(),
    rolling: { maxUnavailable: undefined, quorum: undefined, health: [], ...rolling },
  };
}

const ROUTES: Readonly<Record<string, readonly string[]>> = {
  b: ['gate'],
  c: ['gate', 'inner'],
  d: ['gate', 'inner'],
};
const routeOf = (name: string): readonly string[] => ROUTES[name] ?? [];

describe('who asks', () => {
  test.each<readonly [string, string, HealthCheck, string]>([
    ['an address, nothing on the way', 'a', health('x', tcp('10.0.0.9')), 'controller'],
    ['an address behind a jump host', 'b', health('x', tcp('10.0.0.9')), 'gate'],
    ['behind two', 'c', health('x', tcp('10.0.0.9')), 'inner'],
    ['the loopback address', 'c', health('x', tcp('127.0.0.1')), 'c'],
    ['another loopback address', 'c', health('x', tcp('127.0.1.53')), 'c'],
    ['localhost', 'b', health('x', http('http://LOCALHOST:8500/')), 'b'],
    ['the loopback address of IPv6', 'b', health('x', http('https://[::1]:8443/')), 'b'],
    ['a name that only begins so', 'b', health('x', tcp('127.0.0.1.example')), 'gate'],
    ['a resolver', 'b', health('x', dns('10.0.0.9')), 'gate'],
    ['a resolver of the host itself', 'b', health('x', dns('::1')), 'b'],
    ['whatever resolver there is', 'b', health('x', dns()), 'gate'],
    ['a command', 'b', health('x', { kind: 'command', argv: ['true'] }), 'b'],
    ['a path', 'a', health('x', { kind: 'path', path: '/run/x' }), 'a'],
    ['who is written', 'c', health('x', tcp('127.0.0.1'), 'controller'), 'controller'],
  ])('%s', (_name, name, check, from) => {
    expect(servicesOf(inventory([host(name, check)]), routeOf)).toEqual([
      { is: 'asked', name: `${name}/x`, host: name, isRedundant: false, check: check.check, from },
    ]);
  });
});

describe('groups', () => {
  const c = host('c', health('dns', tcp('10.0.0.3')), health('web', tcp('10.0.0.3')));
  const d = host('d', health('dns', tcp('10.0.0.4')));
  const b = host('b', health('web', tcp('10.0.0.2')));
  const whole = (name: string, ...members: string[]) => ({
    is: 'whole',
    name,
    host: undefined,
    isRedundant: true,
    members,
  });
  const ofGroups = (groups: readonly GroupConfig[], chosen?: readonly string[]) =>
    servicesOf(inventory([c, d, b], groups), routeOf, chosen).filter((one) => one.host === undefined);

  test.each<readonly [string, Partial<GroupRolling>, readonly string[], readonly unknown[]]>([
    ['nothing promised', {}, ['c', 'd'], []],
    ['so many may be away', { maxUnavailable: 1 }, ['c', 'd'], [whole('g/dns', 'c/dns', 'd/dns')]],
    ['a quorum', { quorum: 'consul' }, ['c', 'd'], [whole('g/dns', 'c/dns', 'd/dns')]],
    [
      'two services',
      { maxUnavailable: '50%' },
      ['c', 'd', 'b'],
      [whole('g/dns', 'c/dns', 'd/dns'), whole('g/web', 'c/web', 'b/web')],
    ],
    ['one host serves', { maxUnavailable: 1 }, ['d', 'b'], []],
  ])('%s', (_name, rolling, hosts, expected) => {
    expect(ofGroups([group('g', hosts, rolling)])).toEqual(expected);
  });

  test.each<readonly [string, Partial<GroupRolling>, readonly string[], string, boolean]>([
    ['from the jump host that all are behind', { maxUnavailable: 1 }, ['c', 'd'], 'inner', true],
    ['from the one that they have in common', { maxUnavailable: 1 }, ['b', 'c'], 'gate', true],
    ['of one host', { maxUnavailable: 1 }, ['c'], 'inner', false],
    ['that promises nothing', {}, ['c', 'd'], 'inner', false],
  ])('an own check, %s', (_name, rolling, hosts, from, isRedundant) => {
    const check = tcp('10.0.0.99');
    const found = ofGroups([group('g', hosts, { ...rolling, health: [health('vip', check)] })]);
    expect(found[0]).toEqual({ is: 'asked', name: 'g/vip', host: undefined, isRedundant, check, from });
  });

  test('its own check is stronger than what its hosts have by that name', () => {
    const own = health('dns', tcp('10.0.0.99'));
    expect(ofGroups([group('g', ['c', 'd'], { maxUnavailable: 1, health: [own] })])).toHaveLength(1);
  });

  test('only of chosen hosts', () => {
    const services = servicesOf(inventory([c, d, b], [group('g', ['c', 'd'], { quorum: 'x' })]), routeOf, [
      'b',
    ]);
    expect(services.map(({ name }) => name)).toEqual(['b/web']);
  });
});

test.each<readonly [Check, string]>([
  [tcp('10.0.0.1'), 'tcp 10.0.0.1:53'],
  [tcp('::1'), 'tcp [::1]:53'],
  [http('http://nas.lan/'), 'http http://nas.lan/'],
  [dns('10.0.0.1'), 'dns nas.lan by 10.0.0.1'],
  [
    { kind: 'dns', name: 'x.lan', type: 'TXT', server: '10.0.0.1', port: 5353 },
    'dns x.lan TXT by 10.0.0.1 port 5353',
  ],
  [dns(), 'dns nas.lan'],
  [{ kind: 'command', argv: ['docker', 'info'] }, 'command docker info'],
  [{ kind: 'path', path: '/run/x' }, 'path /run/x'],
])('%j is %s', (check, text) => {
  expect(checkText(check)).toBe(text);
});
