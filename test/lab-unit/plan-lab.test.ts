import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { HomelabErrors } from '../../src/core/errors.js';
import { networkOf } from '../../src/lab/ipv4.js';
import { addressOf, type LabPlan } from '../../src/lab/lab-plan.js';
import { parseSuites } from '../../src/lab/parse-suites.js';
import { planLab } from '../../src/lab/plan-lab.js';
import { inventoryOf, LAB_HOSTS, type HostSketch } from '../lab/harness/lab-inventory.js';

const plan = (...hosts: HostSketch[]) => planLab(inventoryOf(hosts));

/** `host: address address`, as the machines are cabled. */
const cabling = (lab: LabPlan): Record<string, string> =>
  Object.fromEntries([
    ...lab.machines.map(({ host, interfaces }) => [host, interfaces.map(({ address }) => address).join(' ')]),
    ['(controller)', lab.controller.interfaces.map(({ address }) => address).join(' ')],
  ]);

function codesOf(run: () => unknown): string[] {
  try {
    run();
    return [];
  } catch (thrown) {
    if (!(thrown instanceof HomelabErrors)) throw thrown;
    return thrown.errors.map(({ code }) => code);
  }
}

describe('releases of single machines', () => {
  const hosts = inventoryOf([
    { name: 'pi', address: '192.168.1.10' },
    { name: 'nas', address: '192.168.1.11' },
  ]);

  test('a machine has the one that it is given, and no other', () => {
    expect(planLab(hosts, parseSuites(['nas=trixie'])).machines).toMatchObject([
      { host: 'pi' },
      { host: 'nas', suite: 'trixie' },
    ]);
    expect(planLab(hosts).machines.every((machine) => !('suite' in machine))).toBe(true);
  });

  test('a host that is not there is named', () => {
    expect(codesOf(() => planLab(hosts, parseSuites(['nsa=trixie'])))).toEqual(['lab/unknown-host']);
  });

  test.each(['nas', 'nas=', '=trixie', 'nas=../x', 'nas=Trixie'])('%j is refused', (flag) => {
    expect(() => parseSuites([flag])).toThrow(expect.objectContaining({ code: 'usage/suite' }));
  });
});

describe('planLab', () => {
  test.each<[string, HostSketch[], Record<string, string>]>([
    [
      'a host reached directly shares a network with the controller',
      [{ name: 'pi', address: '192.168.1.10' }],
      { pi: '192.168.1.10', '(controller)': '192.168.1.254' },
    ],
    [
      'a jump host is on both networks, the controller on the outer one only',
      [
        { name: 'gate', address: '192.168.1.2' },
        { name: 'dns', address: '10.0.1.11', via: ['gate'] },
      ],
      { gate: '192.168.1.2 10.0.1.1', dns: '10.0.1.11', '(controller)': '192.168.1.254' },
    ],
    [
      'a taken router address and a taken controller address are passed over',
      [
        { name: 'gate', address: '192.168.1.254' },
        { name: 'dns', address: '10.0.1.1', via: ['gate'] },
      ],
      { gate: '192.168.1.254 10.0.1.254', dns: '10.0.1.1', '(controller)': '192.168.1.253' },
    ],
    [
      'each jump of a chain reaches the next',
      [
        { name: 'a', address: '192.168.1.2' },
        { name: 'b', address: '10.0.1.2', via: ['a'] },
        { name: 'c', address: '10.0.2.2', via: ['a', 'b'] },
        { name: 'd', address: '10.0.3.2', via: ['a', 'b', 'c'] },
      ],
      {
        a: '192.168.1.2 10.0.1.1',
        b: '10.0.1.2 10.0.2.1',
        c: '10.0.2.2 10.0.3.1',
        d: '10.0.3.2',
        '(controller)': '192.168.1.254',
      },
    ],
    [
      'hosts without an address of their own go beside those reached the same way',
      [
        { name: 'gate', address: 'gate.example.org' },
        { name: 'web', address: '192.168.5.10' },
        { name: 'dns', via: ['gate'] },
        { name: 'nas', address: 'nas.lan', via: ['gate'] },
      ],
      {
        gate: '192.168.5.11 10.88.0.1',
        web: '192.168.5.10',
        dns: '10.88.0.10',
        nas: '10.88.0.11',
        '(controller)': '192.168.5.254',
      },
    ],
    [
      'the controller is on every network that is dialled directly',
      [
        { name: 'a', address: '192.168.1.2' },
        { name: 'b', address: '192.168.2.2' },
      ],
      { a: '192.168.1.2', b: '192.168.2.2', '(controller)': '192.168.1.254 192.168.2.254' },
    ],
    [
      'the computer itself gets no machine',
      [
        { name: 'here', transport: 'local' },
        { name: 'pi', address: '192.168.1.10' },
      ],
      { pi: '192.168.1.10', '(controller)': '192.168.1.254' },
    ],
  ])('%s', (_what, hosts, expected) => {
    expect(cabling(plan(...hosts))).toEqual(expected);
  });

  test('an inner host that shares a network with its jump host is kept from the controller', () => {
    const lab = plan(
      { name: 'gate', address: '192.168.1.2' },
      { name: 'nas', address: '192.168.1.3', via: ['gate'] },
    );
    expect(lab.controller.unreachable).toEqual(['192.168.1.3']);
    expect(lab.networks.map(({ cidr, isOuter }) => [cidr, isOuter])).toEqual([['192.168.1.0/24', true]]);
  });

  test('names that hosts are dialled by mean their addresses', () => {
    const { names } = plan({ name: 'nas', address: 'nas.lan' }, { name: 'pi', address: '192.168.1.10' });
    expect(names).toEqual([
      { address: '192.168.1.11', name: 'nas' },
      { address: '192.168.1.11', name: 'nas.lan' },
      { address: '192.168.1.10', name: 'pi' },
    ]);
  });

  test('takes account, port and key files from the inventory', () => {
    const lab = plan(
      { name: 'pi', address: '192.168.1.10', user: 'root', port: 2222, identity: ['~/.ssh/pi', '/etc/key'] },
      { name: 'nas', address: '192.168.1.11', hostKeys: ['ssh-ed25519 AAAA'], identity: ['~/../x'] },
    );
    expect(lab.machines.map(({ user, port }) => [user, port])).toEqual([
      ['root', 2222],
      ['admin', 22],
    ]);
    expect(lab.controller.identityFiles).toEqual(['.ssh/pi']);
    expect(lab.notes.map((note) => note.split(':')[0])).toEqual(['pi', 'nas', 'nas']);
  });

  test('makes host names that are safe and never the same', () => {
    const names = ['web 1', 'web/1', '../web', '_'];
    const lab = plan(...names.map((name, index) => ({ name, address: `192.168.1.${index + 1}` })));
    expect(lab.machines.map(({ hostname }) => hostname)).toEqual(['web-1', 'web-1-2', 'web', 'machine']);
  });

  test.each<[string, HostSketch[], string[]]>([
    ['no host at all', [], ['lab/no-hosts']],
    ['only the computer itself', [{ name: 'here', transport: 'local' }], ['lab/no-hosts']],
    ['an IPv6 address', [{ name: 'a', address: 'fd00::1' }], ['lab/unusable-address']],
    ['a network address', [{ name: 'a', address: '10.0.0.0' }], ['lab/unusable-address']],
    ['a broadcast address', [{ name: 'a', address: '10.0.0.255' }], ['lab/unusable-address']],
    ['loopback', [{ name: 'a', address: '127.0.0.1' }], ['lab/unusable-address']],
    ['no address', [{ name: 'a', address: '10.0.0.256' }], ['lab/unusable-address']],
    ['a jump host that is none', [{ name: 'a', via: ['b'] }], ['lab/unknown-jump-host']],
    [
      'two hosts at one address, and another mistake',
      [
        { name: 'a', address: '10.0.0.1' },
        { name: 'b', address: '10.0.0.1', port: 2222 },
        { name: 'c', address: '::1' },
      ],
      ['lab/shared-address', 'lab/unusable-address'],
    ],
    [
      'a network without room for the lab itself',
      Array.from({ length: 253 }, (_, index) => ({ name: `h${index}`, address: `10.0.0.${index + 1}` })),
      ['lab/full-network'],
    ],
  ])('refuses %s', (_what, hosts, codes) => {
    expect(codesOf(() => plan(...hosts))).toEqual(codes);
  });

  test('names the nearest host for a mistyped jump host', () => {
    expect(() => plan({ name: 'gate', address: '10.0.0.1' }, { name: 'a', via: ['gaet'] })).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ hint: 'Did you mean gate?' })] }),
    );
  });

  test('every address is used once, and every machine but the last hop of a chain reaches the next', () => {
    const hosts = fc
      .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 254 })), {
        selector: ([net, last]) => `${net}.${last}`,
        minLength: 1,
        maxLength: 12,
      })
      .chain((places) =>
        fc.tuple(...places.map((place, index) => fc.tuple(fc.constant(place), fc.nat({ max: index })))),
      );
    fc.assert(
      fc.property(hosts, (places) => {
        const chains: string[][] = [];
        const sketches = places.map(([[net, last], parent], index): HostSketch => {
          const via = parent === index ? [] : [...(chains[parent] ?? []), `h${parent}`];
          chains.push(via);
          return { name: `h${index}`, address: `10.0.${net}.${last}`, via };
        });
        const lab = plan(...sketches);
        const ends = [lab.controller, ...lab.machines].flatMap(({ interfaces }) => interfaces);
        const all = [...ends.map(({ address }) => address), ...lab.networks.map((one) => one.switchAddress)];
        expect(new Set(all).size).toBe(all.length);
        expect(new Set(ends.map(({ port }) => port)).size).toBe(ends.length);
        for (const machine of lab.machines) {
          const jump = lab.machines.find(({ host }) => host === machine.via.at(-1));
          const dialler = jump ?? lab.controller;
          const networks = dialler.interfaces.map(({ network }) => network);
          expect(networks).toContain(networkOf(addressOf(machine)));
        }
      }),
    );
  });

  test('the shared lab of the tests has three networks, one of them outer', () => {
    const { networks } = plan(...LAB_HOSTS);
    expect(networks.map(({ cidr, isOuter }) => [cidr, isOuter])).toEqual([
      ['192.168.77.0/24', true],
      ['10.77.1.0/24', false],
      ['10.88.0.0/24', false],
    ]);
  });
});
