import { describe, expect, test } from '@jest/globals';
import { bareHost, type HostConfig, type Inventory } from '../../../src/core/host-config.js';
import { controllerPlace, type ControllerOptions } from '../../../src/rolling/waves/controller-place.js';
import { parseRoutes, parseRoutes6 } from '../../../src/rolling/waves/kernel-routes.js';
import { thisMachine } from '../../../src/rolling/waves/this-machine.js';
import { topologyOf } from '../../../src/rolling/waves/topology-of.js';
import { inventoryOf } from './house.js';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

/** 192.168.1.1 is the way out, 192.168.1.2 the way to 10.8.0.0/24, 192.168.1.0/24 is here, 10.9.0.0/16 is refused. */
const ROUTES = parseRoutes(
  `${HEAD}eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0000080A\t0201A8C0\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
eth0\t0000090A\t0201A8C0\t0203\t0\t0\t0\t0000FFFF\t0\t0\t0
nonsense\n`,
  'LE',
);

const ROUTES6 = parseRoutes6(
  `00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000001 00000000 00000003 eth0
fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo
fd00 nonsense\n`,
);

describe('routes of the kernel', () => {
  test('with their next hops; what is refused or no route is none', () => {
    expect(ROUTES).toEqual([
      { family: 4, first: 0n, prefixBits: 0, nextHop: 0xc0a80101n, metric: 100 },
      { family: 4, first: 0x0a080000n, prefixBits: 24, nextHop: 0xc0a80102n, metric: 0 },
      { family: 4, first: 0xc0a80100n, prefixBits: 24, nextHop: undefined, metric: 100 },
    ]);
    expect(ROUTES6).toEqual([
      { family: 6, first: 0n, prefixBits: 0, nextHop: (0xfdn << 120n) + 1n, metric: 0x400 },
      { family: 6, first: 0xfdn << 120n, prefixBits: 64, nextHop: undefined, metric: 0x100 },
    ]);
  });

  test('of a machine that writes its numbers the other way round', () => {
    const text = `${HEAD}eth0\t00000000\tC0A80101\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`;
    expect(parseRoutes(text, 'BE')).toMatchObject([{ nextHop: 0xc0a80101n }]);
  });

  test('are read where the kernel keeps them', () => {
    const asked: string[] = [];
    thisMachine((path) => {
      asked.push(path);
      return '';
    });
    expect(asked).toEqual(['/proc/net/route', '/proc/net/ipv6_route']);
  });
});

function placeOf(
  hosts: readonly HostConfig[],
  options: Partial<Omit<ControllerOptions, 'inventory'>> = {},
): Record<string, string> {
  const inventory: Inventory = {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    groups: new Map(),
    files: [],
  };
  const machine = {
    hostname: 'desk',
    addresses: ['127.0.0.1', '::1', '192.168.1.10', 'fd00::10'],
    routes: [...ROUTES, ...ROUTES6],
  };
  const said = { runsOn: undefined, needs: [] };
  return Object.fromEntries(controllerPlace({ inventory, said, machine, ...options }));
}

const at = (name: string, address?: string, rest: Partial<HostConfig> = {}) =>
  bareHost(name, { address, ...rest });

describe('what the controller needs', () => {
  test.each<[name: string, hosts: HostConfig[], place: Record<string, string>]>([
    ['nothing of strangers', [at('nas', '192.168.1.20'), at('web', 'web.lan')], {}],
    ['a local host', [bareHost('me', { transport: 'local' })], { me: 'homelab runs on it' }],
    [
      'an address of this machine, however it is written',
      [at('a', '192.168.1.10'), at('b', 'FD00:0::0010')],
      {
        a: 'homelab runs on it: 192.168.1.10 is an address of this machine',
        b: 'homelab runs on it: FD00:0::0010 is an address of this machine',
      },
    ],
    [
      'loopback, but no port that leads elsewhere',
      [at('a', '127.0.0.1'), at('b', '127.0.0.1', { port: 2222 }), at('c', '127.0.0.1', { via: ['a'] })],
      { a: 'homelab runs on it: 127.0.0.1 is an address of this machine' },
    ],
    [
      'the name of this machine',
      [at('desk'), at('b', 'Desk.lan.'), at('c', 'desktop.lan'), at('desk.x', '192.168.1.99')],
      {
        desk: 'homelab runs on it: it has the name of this machine',
        b: 'homelab runs on it: it has the name of this machine',
      },
    ],
    [
      'the way out, by either protocol',
      [at('router', '192.168.1.1'), at('router6', 'fd00::1')],
      { router: 'it is the way out of this machine', router6: 'it is the way out of this machine' },
    ],
    [
      'the way to other hosts, but not to those behind jump hosts',
      [at('vpn', '192.168.1.2'), at('far', '10.8.0.5'), at('further', '10.8.0.6', { via: ['far'] })],
      { vpn: 'it is the way from this machine to far' },
    ],
    ['nobody who is only reached on the link', [at('vpn', '192.168.1.2'), at('nas', '192.168.1.20')], {}],
  ])('%s', (_name, hosts, place) => {
    expect(placeOf(hosts)).toEqual(place);
  });

  test('what its owner says', () => {
    const said = { runsOn: { text: 'pve' }, needs: [{ text: 'ap' }, { text: 'pve' }, { text: 'gone' }] };
    expect(placeOf([at('pve', '10.0.0.1'), at('ap', '10.0.0.2')], { said })).toEqual({
      pve: 'homelab runs on it, as homelab.yml says',
      ap: 'homelab needs it, as homelab.yml says',
    });
  });

  test('addresses that somebody else knows', () => {
    const addressesOf = (host: string) => (host === 'router' ? ['router.lan', '192.168.1.1'] : []);
    expect(placeOf([at('router')], { addressesOf })).toEqual({ router: 'it is the way out of this machine' });
  });
});

test('what carries what the controller needs is needed, too, and names that are nowhere are not', () => {
  const inventory = inventoryOf({ rack: {}, pve: { on: 'rack' }, vm: { on: 'pve' }, other: {} });
  const { controller } = topologyOf(
    inventory,
    new Map([
      ['vm', 'homelab runs on it'],
      ['gone', 'x'],
    ]),
  );
  expect([...controller]).toEqual([
    ['rack', 'pve runs on it'],
    ['pve', 'vm runs on it'],
    ['vm', 'homelab runs on it'],
  ]);
});
