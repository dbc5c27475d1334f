import { describe, expect, test } from '@jest/globals';
import { InternalError } from '../../../src/core/errors.js';
import { planWaves } from '../../../src/rolling/waves/plan-waves.js';
import { caught } from '../../yaml/caught.js';
import { houseOf, inPlan, planOf, wavesOf, type BriefHost } from './house.js';

/** Two resolvers on two hypervisors, three consul servers, a web pair, all behind a gate. */
const HOUSE = houseOf(
  {
    gate: {},
    pve1: { via: ['gate'] },
    pve2: { via: ['gate'] },
    nas: { via: ['gate'], needs: ['dns'], health: ['nfs'] },
    dns1: { via: ['gate'], on: 'pve1', groups: ['dns'] },
    dns2: { via: ['gate'], on: 'pve2', groups: ['dns'] },
    consul1: { via: ['gate'], on: 'pve1', groups: ['consul'] },
    consul2: { via: ['gate'], on: 'pve2', groups: ['consul'] },
    consul3: { via: ['gate'], groups: ['consul'] },
    web1: { via: ['gate'], needs: ['nas'], groups: ['web'] },
    web2: { via: ['gate'], needs: ['nas'], groups: ['web'] },
  },
  { dns: { most: 1, health: ['dns'] }, consul: { quorum: 'consul' }, web: { most: '50%', health: ['http'] } },
);

describe('a house', () => {
  const work = [...HOUSE.hosts.keys()].map((host) => ({
    host,
    reboot: 'yes' as const,
    isLeader: host === 'consul1',
  }));
  const plan = planOf(HOUSE, { work });

  test('is upgraded from its leaves to its gate', () => {
    expect(wavesOf(plan)).toEqual([
      ['web1', 'consul2'],
      ['web2', 'consul3'],
      ['nas', 'consul1'],
      ['dns1'],
      ['dns2'],
      ['pve1'],
      ['pve2'],
      ['gate'],
    ]);
    expect(plan).toMatchObject({ findings: [], accepted: [], leftOut: [] });
  });

  test.each<[host: string, why: string[]]>([
    ['web1', ['nothing depends on it']],
    ['web2', ['after web1: of the group web one may be away']],
    ['consul1', ['leader of consul: after consul2 and consul3']],
    ['nas', ['after web1 and web2, which depend on it']],
    ['dns2', ['after nas, which depends on it', 'after dns1: of the group dns one may be away']],
    ['pve1', ['after dns1 and consul1, which run on it', 'after dns2: of the group dns one may be away']],
    ['pve2', ['after dns2 and consul2, which run on it', 'after pve1: of the group dns one may be away']],
    ['gate', ['everything behind it is done: it is the jump host of 10 hosts']],
  ])('%s: %j', (host, why) => {
    expect(inPlan(plan, host)?.why).toEqual(why);
  });

  test('what is away meanwhile, and for about how long', () => {
    expect(inPlan(plan, 'pve1')?.outages).toEqual([
      { what: 'pve1', why: 'it reboots', seconds: 60 },
      { what: 'dns1', why: 'runs on pve1', seconds: 60 },
      { what: 'consul1', why: 'runs on pve1', seconds: 60 },
      { what: 'dns/dns', why: 'kept up by dns2', seconds: 0 },
      { what: 'consul', why: 'kept up by consul2 and consul3', seconds: 0 },
    ]);
    expect(inPlan(plan, 'nas')?.outages).toEqual([
      { what: 'nas', why: 'it reboots', seconds: 60 },
      { what: 'web1', why: 'depends on nas', seconds: 60 },
      { what: 'web2', why: 'depends on nas', seconds: 60 },
      { what: 'nas/nfs', why: 'it reboots', seconds: 60 },
    ]);
    const reach = inPlan(plan, 'gate')?.outages ?? [];
    expect(reach.map(({ what, seconds }) => `${what} ${seconds}`)).toEqual([
      'gate 60',
      'pve1, pve2 and 8 more 0',
    ]);
  });

  test('a host that only restarts services takes nobody with it, and for seconds', () => {
    const restart = planOf(HOUSE, { work: [{ host: 'pve1', reboot: 'no' }] });
    expect(inPlan(restart, 'pve1')).toEqual({
      host: 'pve1',
      why: ['dns1 and consul1 run on it'],
      outages: [{ what: 'pve1', why: 'its services restart', seconds: 5 }],
    });
    expect(inPlan(planOf(HOUSE, { work: [{ host: 'gate', reboot: 'no' }] }), 'gate')?.outages).toEqual([
      { what: 'gate', why: 'its services restart', seconds: 5 },
    ]);
  });

  test('hosts without work are in no wave', () => {
    const some = planOf(HOUSE, { work: [{ host: 'nas', reboot: 'maybe' }] });
    expect(wavesOf(some)).toEqual([['nas']]);
    expect(inPlan(some, 'nas')?.why).toEqual(['what depends on it has nothing to do before it']);
    expect(inPlan(some, 'nas')?.outages[0]).toEqual({ what: 'nas', why: 'it may reboot', seconds: 60 });
  });
});

interface WaveCase {
  readonly name: string;
  readonly house: Parameters<typeof houseOf>;
  readonly concurrency?: number;
  readonly leaders?: readonly string[];
  readonly accepted?: readonly string[];
  readonly waves: readonly (readonly string[])[];
}

const WAVES: readonly WaveCase[] = [
  {
    name: 'no more at a time than may be',
    house: [{ a: {}, b: {}, c: {} }],
    concurrency: 2,
    waves: [['a', 'b'], ['c']],
  },
  {
    name: 'both hypervisors of the resolvers never together, though these have nothing to do with each other',
    house: [
      { p1: {}, p2: {}, d1: { on: 'p1', groups: ['dns'] }, d2: { on: 'p2', groups: ['dns'] } },
      { dns: { most: 1 } },
    ],
    waves: [['d1'], ['d2'], ['p1'], ['p2']],
  },
  {
    name: 'of a quorum never two, however many it could do without',
    house: [
      Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`c${n}`, { groups: ['c'] }])),
      { c: { quorum: 'raft', most: 2 } },
    ],
    waves: [['c1'], ['c2'], ['c3'], ['c4'], ['c5']],
  },
  {
    name: 'a share of a group, rounded down',
    house: [
      Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`w${n}`, { groups: ['w'] }])),
      { w: { most: '50%' } },
    ],
    waves: [['w1', 'w2'], ['w3', 'w4'], ['w5']],
  },
  {
    name: 'of a small share still one',
    house: [{ a: { groups: ['w'] }, b: { groups: ['w'] } }, { w: { most: '10%' } }],
    waves: [['a'], ['b']],
  },
  {
    name: 'jump hosts one by one, the far one first, and what carries one with it',
    house: [{ pve: {}, near: { on: 'pve' }, far: { via: ['near'] }, nas: { via: ['near', 'far'] }, pc: {} }],
    waves: [['nas', 'pc'], ['far'], ['near'], ['pve']],
  },
  {
    name: 'a hypervisor before the jump host on it, where that is the way there',
    house: [{ gate: { on: 'pve' }, pve: { via: ['gate'] } }],
    accepted: ['pve'],
    waves: [['pve'], ['gate']],
  },
  {
    name: 'a hypervisor that waits for its own guest by its own word',
    house: [{ pve: { needs: ['dns'] }, dns: { on: 'pve' } }],
    waves: [['dns'], ['pve']],
  },
  {
    name: 'hosts that need each other, one after the other',
    house: [{ a: { needs: ['b'] }, b: { needs: ['a'] } }],
    waves: [['a'], ['b']],
  },
  {
    name: 'what a host needs through one that has nothing to do',
    house: [{ nas: {}, db: { needs: ['nas'], groups: ['db'] }, app: { needs: ['db'] } }],
    waves: [['app'], ['nas']],
  },
  {
    name: 'before all of a group of which any is enough',
    house: [{ d1: { groups: ['dns'] }, d2: { groups: ['dns'] }, nas: { needs: ['dns'] } }, { dns: {} }],
    waves: [['nas'], ['d1', 'd2']],
  },
  {
    name: 'the leader last, though all of it depends on it',
    house: [
      { c1: { groups: ['c'] }, c2: { groups: ['c'] }, c3: { groups: ['c'] } },
      { c: { quorum: 'raft' } },
    ],
    leaders: ['c1'],
    waves: [['c2'], ['c3'], ['c1']],
  },
  {
    name: 'a leader that others name as what it depends on is before them: they say so',
    house: [{ c1: { groups: ['c'], needs: ['c2'] }, c2: { groups: ['c'] } }, { c: { most: 1 } }],
    leaders: ['c1'],
    waves: [['c1'], ['c2']],
  },
  {
    name: 'what homelab needs at the very end, one by one, its ways too',
    house: [
      { pve: {}, me: { on: 'pve' }, router: { via: ['gate'] }, gate: {}, nas: { via: ['gate'] } },
      {},
      { me: 'homelab runs on it', router: 'it is the way out' },
    ],
    accepted: ['controller'],
    waves: [['nas'], ['me'], ['router'], ['pve'], ['gate']],
  },
  {
    name: 'without what homelab needs where nobody accepts it',
    house: [{ pve: {}, me: { on: 'pve' }, nas: {} }, {}, { me: 'homelab runs on it' }],
    waves: [['nas']],
  },
  {
    name: 'the one that the most wait for first',
    house: [{ a: {}, b: { groups: ['g'] }, c: { groups: ['g'] } }, { g: { most: 1 } }],
    concurrency: 1,
    waves: [['b'], ['c'], ['a']],
  },
];

test.each(WAVES)('$name', ({ house, concurrency = 20, leaders = [], accepted = [], waves }) => {
  const topology = houseOf(...house);
  const work = [...topology.hosts.keys()]
    .filter((host) => host !== 'db')
    .map((host) => ({ host, reboot: 'yes' as const, isLeader: leaders.includes(host) }));
  expect(wavesOf(planOf(topology, { work, concurrency, accepted }))).toEqual(waves);
});

describe('what has to be accepted', () => {
  test.each<[name: string, house: Parameters<typeof houseOf>, finding: object]>([
    [
      'a single resolver',
      [{ ns: { groups: ['dns'] } }, { dns: { most: 1 } }],
      {
        name: 'dns',
        hosts: ['ns'],
        message: 'dns has one host, ns: nothing serves in its place while it is away',
        hint: 'Put a second host, on another machine, into the group dns.',
      },
    ],
    [
      'a quorum of two',
      [{ c1: { groups: ['c'] }, c2: { groups: ['c'] } }, { c: { quorum: 'consul' } }],
      {
        name: 'c',
        hosts: ['c1', 'c2'],
        message: 'c is a quorum of 2 (c1 and c2): it is lost while one of them is away',
        hint: 'With three hosts in the group c one may be away.',
      },
    ],
    [
      'both resolvers on one machine',
      [
        { pve: {}, a: { on: 'pve', groups: ['dns'] }, b: { on: 'pve', groups: ['dns'] } },
        { dns: { most: 1 } },
      ],
      {
        name: 'dns',
        hosts: ['pve'],
        message: 'a and b go down together with pve: all hosts of dns',
        hint: 'Move all but one of them away from pve.',
      },
    ],
    [
      'two of three of a quorum on one machine, a guest of a guest counting',
      [
        {
          pve: {},
          vm: { on: 'pve', groups: ['c'] },
          box: { on: 'vm', groups: ['c'] },
          c3: { groups: ['c'] },
        },
        { c: { quorum: 'consul' } },
      ],
      {
        name: 'c',
        hosts: ['pve'],
        message: 'vm and box go down together with pve: more of c than its quorum can do without',
      },
    ],
    [
      'two of four where one may be away',
      [
        {
          pve: {},
          a: { on: 'pve', groups: ['w'] },
          b: { on: 'pve', groups: ['w'] },
          c: { groups: ['w'] },
          d: { groups: ['w'] },
        },
        { w: { most: 1 } },
      ],
      {
        name: 'w',
        hosts: ['pve'],
        message: 'a and b go down together with pve: 2 of w, of which 1 may be away',
      },
    ],
    [
      'a machine that carries its own way',
      [{ gate: { on: 'pve' }, pve: { via: ['gate'] } }],
      {
        name: 'pve',
        hosts: ['pve'],
        message: 'pve is reached through gate, which runs on it: nobody sees it while it reboots',
        hint: 'Give pve a way of its own, or move gate to another machine.',
      },
    ],
    [
      'what homelab needs',
      [{ me: {} }, {}, { me: 'homelab runs on it' }],
      { name: 'controller', hosts: ['me'], message: 'homelab itself needs me (homelab runs on it)' },
    ],
  ])('%s', (_name, house, finding) => {
    const topology = houseOf(...house);
    const plan = planOf(topology);
    expect(plan.findings[0]).toMatchObject(finding);
    const { name } = plan.findings[0] ?? { name: '' };
    const accepting = planOf(topology, { accepted: [name] });
    expect(accepting.findings).not.toContainEqual(plan.findings[0]);
    expect(accepting.accepted).toContainEqual(plan.findings[0]);
  });

  test.each<[name: string, house: Parameters<typeof houseOf>]>([
    [
      'a group behind one jump host is lost from sight, not from service',
      [
        { gate: {}, a: { via: ['gate'], groups: ['w'] }, b: { via: ['gate'], groups: ['w'] } },
        { w: { most: 1 } },
      ],
    ],
    [
      'a group that may be away whole',
      [{ a: { groups: ['w'] }, b: { groups: ['w'] } }, { w: { most: '100%' } }],
    ],
    ['a group of which nothing is said', [{ a: { groups: ['w'] } }, { w: { health: ['http'] } }]],
  ])('nothing: %s', (_name, house) => {
    expect(planOf(houseOf(...house)).findings).toEqual([]);
  });

  test('hypervisors that stay up take nobody down', () => {
    const topology = houseOf(
      { pve: {}, a: { on: 'pve', groups: ['dns'] }, b: { on: 'pve', groups: ['dns'] } },
      { dns: { most: 1 } },
    );
    expect(planOf(topology, { work: [{ host: 'pve', reboot: 'no' }] }).findings).toEqual([]);
  });

  test('what is left out says why', () => {
    const plan = planOf(houseOf({ pve: {}, me: { on: 'pve' } }, {}, { me: 'homelab runs on it' }));
    expect(plan.leftOut).toEqual([
      { host: 'pve', why: 'me runs on it: controller has to be accepted for it' },
      { host: 'me', why: 'homelab runs on it: controller has to be accepted for it' },
    ]);
  });
});

describe('services of groups', () => {
  const hosts: Record<string, BriefHost> = {
    a: { groups: ['w'] },
    b: { groups: ['w'] },
    c: { groups: ['w'] },
    app: { needs: ['w'] },
  };

  test('count what the whole wave takes', () => {
    const plan = planOf(houseOf(hosts, { w: { most: 2, health: ['http'] } }));
    expect(wavesOf(plan)).toEqual([['app'], ['a', 'b'], ['c']]);
    expect(inPlan(plan, 'a')?.outages.at(-1)).toEqual({ what: 'w/http', why: 'kept up by c', seconds: 0 });
  });

  test('are lost with all hosts, and with them what depends on any', () => {
    const plan = planOf(houseOf(hosts, { w: { most: 3, health: ['http'] } }));
    expect(inPlan(plan, 'b')?.outages).toEqual([
      { what: 'b', why: 'it reboots', seconds: 60 },
      { what: 'app', why: 'depends on w', seconds: 60 },
      { what: 'w/http', why: 'all of its hosts are away', seconds: 60 },
    ]);
  });

  test('are not kept up by others where nobody says so', () => {
    const plan = planOf(houseOf(hosts, { w: { health: ['http'] } }));
    expect(inPlan(plan, 'c')?.outages.at(-1)).toEqual({
      what: 'w/http',
      why: 'nothing says that other hosts of w are enough',
      seconds: 60,
    });
  });
});

test('work on a host that is nowhere is our own mistake', () => {
  const topology = houseOf({ a: {} });
  const work = [{ host: 'b', reboot: 'no' as const }];
  const error = caught(() => planWaves({ topology, work, concurrency: 1, accepted: new Set() }));
  expect(error).toBeInstanceOf(InternalError);
});

test('a thousand hosts: a chain of machines, and all behind one gate', () => {
  const hosts: Record<string, BriefHost> = { gate: {} };
  for (let index = 0; index < 1000; index++)
    hosts[`h${index}`] = {
      via: ['gate'],
      groups: [`g${index % 50}`],
      ...(index < 10 ? {} : { on: `h${index % 10}`, needs: [`h${index - 10}`] }),
    };
  const groups = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`g${index}`, { most: 2 }]));
  const plan = planOf(houseOf(hosts, groups));
  expect(plan.waves.flatMap((wave) => wave.hosts)).toHaveLength(1001);
  expect(wavesOf(plan).at(-1)).toEqual(['gate']);
});
