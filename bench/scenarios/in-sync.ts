import { ANSIBLE, ANSIBLE_WARM, createAnsibleProject, MITOGEN } from '../contenders/ansible.js';
import type { Contender } from '../contenders/contender.js';
import { homelabContender } from '../contenders/homelab.js';
import { scriptContender } from '../contenders/script.js';
import { fleetOf, startFleet, stopFleet, writeFleetSshConfig } from '../fleet.js';
import { createFortyProject } from '../forty-project.js';
import { configureGate } from '../gate.js';
import { MACHINES } from '../machines.js';
import { interleave, type Candidate, type Measurement } from '../measure/interleave.js';
import { converge, proveContenders } from '../proof.js';
import { atLeast, atMost, type Target } from '../report/target.js';
import { measured, type Findings, type Stage } from './scenario.js';

interface Case {
  readonly name: string;
  readonly count: number;
  readonly hosts: readonly string[];
  /** Homelab's time by the script's; undefined: nothing is promised. */
  readonly mostByScript?: number;
}

const NAMES = MACHINES.map(({ name }) => name);
const FLEET = fleetOf(16);

const CASES: readonly Case[] = [
  { name: '1 host, direct', count: 1, hosts: NAMES.slice(0, 1), mostByScript: 1 },
  { name: '1 host, behind', count: 1, hosts: NAMES.slice(1, 2), mostByScript: 1 },
  { name: '4 hosts', count: 4, hosts: NAMES, mostByScript: 0.8 },
  { name: '16 hosts', count: 16, hosts: FLEET.map(({ name }) => name) },
];

/**
 * One connection a host through the jump host is more than Debian's sshd lets log in at a time: it turns some of the
 * script's and Ansible's away. Homelab logs into a jump host once; the fleet is measured with Debian's own settings.
 */
const ROOMY_GATE = ['MaxStartups 100'];

/** The others' time by homelab's. */
const LEAST_TIMES_FASTER = { ansible: 50, mitogen: 20 };

/** Forty items on machines that are as they should be: `plan`, and what others do for the same answer. */
export async function measureInSync(stage: Stage): Promise<Findings> {
  const cases = CASES.filter(({ count }) => stage.options.hosts.includes(count));
  const isFleetWanted = cases.some(({ count }) => count === FLEET.length);
  const four = createContenders(stage, 'four', []);
  const sixteen = isFleetWanted ? createContenders(stage, 'sixteen', FLEET) : undefined;
  await converge(stage, four.project);
  await proveContenders(stage, four.project, four.contenders);
  if (isFleetWanted) {
    await startFleet(stage.lab, FLEET.length);
    await configureGate(stage.lab, ROOMY_GATE);
  }
  const candidates = cases.flatMap((one) =>
    (one.count === FLEET.length && sixteen ? sixteen : four).contenders.map((contender) =>
      candidateOf(one, contender),
    ),
  );
  const measurements = await interleave(stage.watch, candidates, {
    ...stage,
    scenario: 'in sync',
    rounds: stage.options.rounds,
  });
  if (isFleetWanted) {
    await configureGate(stage.lab, []);
    await stopFleet(stage.lab);
  }
  return {
    title: 'Forty items in sync',
    measurements,
    targets: targetsOf(cases, measurements),
    notes: isFleetWanted
      ? [
          '16 hosts are 4 sshd on each of 4 machines; for them the jump host lets 100 log in at a time (Debian: 10).',
        ]
      : [],
  };
}

function createContenders({ lab, homelab, options }: Stage, name: string, fleet: ReturnType<typeof fleetOf>) {
  const project = createFortyProject(lab, name, fleet);
  const sshConfig = writeFleetSshConfig(lab, name, fleet);
  const ansible = createAnsibleProject(lab, {
    name: `ansible-${name}`,
    sshConfig,
    hosts: [...MACHINES, ...fleet],
  });
  const opponents: Record<(typeof options.against)[number], () => Contender> = {
    script: () => scriptContender(sshConfig),
    ansible: () => ansible(ANSIBLE),
    'ansible-warm': () => ansible(ANSIBLE_WARM),
    mitogen: () => ansible(MITOGEN),
  };
  const contenders = [
    homelabContender(homelab, project),
    ...options.against.map((opponent) => opponents[opponent]()),
  ];
  return { project, contenders };
}

function candidateOf({ name, hosts }: Case, contender: Contender): Candidate {
  return {
    case: name,
    contender: contender.name,
    program: contender.check(hosts),
    maxRounds: contender.maxRounds,
    prepare: () => contender.prepare?.(hosts),
    prove: ({ code, output }) => {
      if (!contender.isInSync(code, output))
        throw new Error(`${contender.name} at ${name} did not find everything in sync (${code}):\n${output}`);
    },
  };
}

function targetsOf(cases: readonly Case[], measurements: readonly Measurement[]): Target[] {
  const isMeasured = (name: string, contender: string) =>
    measurements.some((one) => one.case === name && one.contender === contender);
  const ratio = (name: string, one: string, other: string) =>
    measured(measurements, name, one).medianSeconds / measured(measurements, name, other).medianSeconds;
  const targets: Target[] = [];
  for (const { name, mostByScript } of cases) {
    if (mostByScript === undefined) continue;
    if (isMeasured(name, 'script')) {
      const value = ratio(name, 'homelab', 'script');
      targets.push(atMost(`${name}: time by the script's`, { value, limit: mostByScript, unit: 'x' }));
    }
    for (const [contender, limit] of Object.entries(LEAST_TIMES_FASTER)) {
      if (!isMeasured(name, contender)) continue;
      const value = ratio(name, contender, 'homelab');
      targets.push(atLeast(`${name}: faster than ${contender}`, { value, limit, unit: 'x' }));
    }
  }
  return targets;
}
