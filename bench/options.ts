import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const SCENARIOS = ['start-up', 'in-sync', 'drift', 'first-apply', 'fleet'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export const OPPONENTS = ['script', 'ansible', 'ansible-warm', 'mitogen'] as const;
export type OpponentName = (typeof OPPONENTS)[number];

/** The numbers of hosts in sync that can be asked for. */
export const HOST_COUNTS = [1, 4, 16] as const;

export interface BenchOptions {
  readonly only: readonly ScenarioName[];
  readonly against: readonly OpponentName[];
  readonly hosts: readonly number[];
  readonly rounds: number;
  /** File for the JSON document; undefined: none. */
  readonly json: string | undefined;
  readonly isChecked: boolean;
  /** Homelab's program for Node. Absolute. */
  readonly program: string;
  readonly labId: string;
  readonly isLabKept: boolean;
}

const BUILT = fileURLToPath(new URL('../bin/run.js', import.meta.url));

export const USAGE = `node bench/run.mjs [options]
  --only LIST      of ${SCENARIOS.join(', ')} (default: all)
  --hosts LIST     machines in sync, of ${HOST_COUNTS.join(', ')} (default: all)
  --against LIST   of ${OPPONENTS.join(', ')} (default: script, ansible, mitogen)
  --rounds N       measured rounds of the fast ones (default: 11); a run of Ansible is measured at most 3 times
  --check          exit code 1 where a target is missed
  --json FILE      all numbers
  --program FILE   the homelab to measure (default: bin/run.js of this tree, as built)
  --lab ID         name of the lab (default: bench)
  --keep           leave the lab up, for the next run with the same --lab
`;

/** @throws Error with a sentence for a person */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: SCENARIOS.join(',') },
      hosts: { type: 'string', default: HOST_COUNTS.join(',') },
      against: { type: 'string', default: 'script,ansible,mitogen' },
      rounds: { type: 'string', default: '11' },
      check: { type: 'boolean', default: false },
      json: { type: 'string' },
      program: { type: 'string', default: BUILT },
      lab: { type: 'string', default: 'bench' },
      keep: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000) throw new Error('--rounds takes 1 to 1000');
  return {
    only: listOf('--only', values.only, SCENARIOS),
    against: listOf('--against', values.against, OPPONENTS),
    hosts: listOf('--hosts', values.hosts, HOST_COUNTS.map(String)).map(Number),
    rounds,
    json: values.json,
    isChecked: values.check,
    program: resolve(values.program),
    labId: values.lab,
    isLabKept: values.keep,
  };
}

function listOf<Word extends string>(option: string, text: string, known: readonly Word[]): Word[] {
  const words = text.split(',').filter((word) => word !== '');
  const unknown = words.find((word) => !(known as readonly string[]).includes(word));
  if (unknown !== undefined)
    throw new Error(`${option} has no ${JSON.stringify(unknown)}; it takes ${known.join(', ')}`);
  return known.filter((word) => words.includes(word));
}
