#!/usr/bin/env node
// How long the waves of a generated house take to plan, beside a topological sort of the same needs and nothing else.
import { register } from 'tsx/esm/api';

register();
const { planWaves } = await import('../src/rolling/waves/plan-waves.ts');

const COUNTS = [250, 500, 1000, 2000];
const ROUNDS = 11;
/** Of 1,000 hosts. */
const MOST_MS = 1000;

const numbers = (count) => Array.from({ length: count }, (_, index) => index);
const host = (name, rest) => [
  name,
  { name, via: [], runsOn: undefined, dependsOn: [], dependsOnAny: [], groups: [], health: [], ...rest },
];

const storesOf = (index) => (index < 12 ? [] : [`guest${2 + (index % 10)}`]);
const group = (name, members, quorum) => ({ name, hosts: members, maxUnavailable: 1, quorum, health: [] });
const needsOf = ({ via, runsOn, dependsOn }) => [
  ...via,
  ...dependsOn,
  ...(runsOn === undefined ? [] : [runsOn]),
];

/** One jump host for 50, one hypervisor for 10, groups of two or three, everybody needs a resolver and one of ten stores. */
function houseOf(count) {
  const guests = numbers(count - Math.ceil(count / 50) - Math.ceil(count / 10));
  const gates = numbers(Math.ceil(count / 50));
  const machines = numbers(Math.ceil(count / 10));
  const hosts = [
    ...gates.map((index) => host(`gate${index}`)),
    ...machines.map((index) => host(`machine${index}`, { via: [`gate${index % gates.length}`] })),
    ...guests.map((index) =>
      host(`guest${index}`, {
        via: [`gate${index % gates.length}`],
        runsOn: `machine${index % machines.length}`,
        dependsOn: storesOf(index),
        dependsOnAny: index < 12 ? [] : ['dns'],
      }),
    ),
  ];
  const groups = numbers(Math.floor((guests.length - 12) / 5)).flatMap((index) => {
    const [a, b, c, d, e] = numbers(5).map((at) => `guest${12 + index * 5 + at}`);
    return [group(`pair${index}`, [a, b]), group(`three${index}`, [c, d, e], 'consul')];
  });
  return {
    hosts: new Map(hosts),
    groups: [group('dns', ['guest0', 'guest1']), ...groups],
    otherGroups: [],
    controller: new Map(),
  };
}

/** The least that a plan has to do: everybody before what he needs. */
function plainSort({ hosts }) {
  const waiting = new Map([...hosts.keys()].map((name) => [name, 0]));
  for (const one of hosts.values()) for (const need of needsOf(one)) waiting.set(need, waiting.get(need) + 1);
  const sorted = [...hosts.keys()].filter((name) => waiting.get(name) === 0);
  for (const name of sorted)
    for (const need of needsOf(hosts.get(name))) {
      waiting.set(need, waiting.get(need) - 1);
      if (waiting.get(need) === 0) sorted.push(need);
    }
  return sorted;
}

function timeMs(work) {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

for (const count of COUNTS) {
  const topology = houseOf(count);
  const work = [...topology.hosts.keys()].map((name) => ({ host: name, reboot: 'maybe' }));
  const plan = () => planWaves({ topology, work, concurrency: 5, accepted: new Set() });
  const planned = plan().waves.flatMap(({ hosts }) => hosts).length;
  if (planned !== count || plainSort(topology).length !== count)
    throw new Error(`of ${count} ${planned} are planned`);
  const [sorts, plans] = [[], []];
  // In turn, so that what else the machine does is in both.
  for (let round = 0; round < ROUNDS; round++) {
    sorts.push(timeMs(() => plainSort(topology)));
    plans.push(timeMs(plan));
  }
  const [sort, whole] = [median(sorts), median(plans)];
  process.stdout.write(
    `${String(count).padStart(5)} hosts: ${whole.toFixed(0)} ms, ${(whole / sort).toFixed(0)} times a plain sort (${sort.toFixed(1)} ms)\n`,
  );
  if (count === 1000 && whole > MOST_MS) process.exitCode = 1;
}
