import { describe, expect, test } from '@jest/globals';
import { knownHostsLines } from '../../src/lab/controller-home.js';
import { labNames } from '../../src/lab/lab-id.js';
import { hostsFile, networkCommands } from '../../src/lab/network-commands.js';
import { planLab } from '../../src/lab/plan-lab.js';
import { inventoryOf } from '../lab/harness/lab-inventory.js';

const plan = planLab(
  inventoryOf([
    { name: 'gate', address: '192.168.1.2', port: 2222 },
    { name: 'nas', address: '10.0.1.3', via: ['gate'] },
    { name: 'pi', address: '192.168.1.4', via: ['gate'] },
  ]),
);

describe('networkCommands', () => {
  test('lays the cables of a jump host, one behind it, and one it alone may reach', () => {
    expect(networkCommands(plan, labNames('x'))).toEqual([
      {
        namespace: undefined,
        lines: [
          'netns add homelab.x.switch',
          'netns add homelab.x.controller',
          'netns add homelab.x.machine.gate',
          'netns add homelab.x.machine.nas',
          'netns add homelab.x.machine.pi',
        ],
      },
      {
        namespace: 'homelab.x.switch',
        lines: [
          'link set lo up',
          'link add bridge0 type bridge',
          'address add 192.168.1.253/24 dev bridge0',
          'link set bridge0 up',
          'link add bridge1 type bridge',
          'address add 10.0.1.254/24 dev bridge1',
          'link set bridge1 up',
          'link add port3 type veth peer name eth0 netns homelab.x.controller',
          'link set port3 master bridge0 up',
          'link add port0 type veth peer name eth0 netns homelab.x.machine.gate',
          'link set port0 master bridge0 up',
          'link add port4 type veth peer name eth1 netns homelab.x.machine.gate',
          'link set port4 master bridge1 up',
          'link add port1 type veth peer name eth0 netns homelab.x.machine.nas',
          'link set port1 master bridge1 up',
          'link add port2 type veth peer name eth0 netns homelab.x.machine.pi',
          'link set port2 master bridge0 up',
        ],
      },
      {
        namespace: 'homelab.x.controller',
        lines: [
          'link set lo up',
          'address add 192.168.1.254/24 dev eth0',
          'link set eth0 up',
          'route add unreachable 192.168.1.4/32',
        ],
      },
      {
        namespace: 'homelab.x.machine.gate',
        lines: [
          'link set lo up',
          'address add 192.168.1.2/24 dev eth0',
          'link set eth0 up',
          'address add 10.0.1.1/24 dev eth1',
          'link set eth1 up',
        ],
      },
      {
        namespace: 'homelab.x.machine.nas',
        lines: ['link set lo up', 'address add 10.0.1.3/24 dev eth0', 'link set eth0 up'],
      },
      {
        namespace: 'homelab.x.machine.pi',
        lines: ['link set lo up', 'address add 192.168.1.4/24 dev eth0', 'link set eth0 up'],
      },
    ]);
  });
});

describe('hostsFile', () => {
  const common = ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback'];
  const all = ['192.168.1.2 gate', '10.0.1.3 nas', '192.168.1.4 pi'];

  test.each<[string, string | undefined, string[]]>([
    ['the controller', undefined, all],
    ['a machine', 'nas', ['127.0.1.1 nas', '192.168.1.2 gate', '192.168.1.4 pi']],
  ])('of %s', (_what, hostname, lines) => {
    expect(hostsFile(plan, hostname)).toBe([...common, ...lines, ''].join('\n'));
  });
});

describe('knownHostsLines', () => {
  test('names a port other than 22', () => {
    expect(knownHostsLines(plan, { gate: ['ssh-ed25519 A', 'ecdsa B'], nas: ['ssh-ed25519 C'] })).toEqual([
      '[192.168.1.2]:2222 ssh-ed25519 A',
      '[192.168.1.2]:2222 ecdsa B',
      '10.0.1.3 ssh-ed25519 C',
    ]);
  });
});
