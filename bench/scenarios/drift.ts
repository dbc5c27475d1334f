import { homelabContender } from '../contenders/homelab.js';
import { scriptContender } from '../contenders/script.js';
import { writeFleetSshConfig } from '../fleet.js';
import { createHundredProject } from '../forty-project.js';
import { HUNDRED_TAMPERINGS } from '../hundred/tamperings.js';
import { MACHINES } from '../machines.js';
import { interleave } from '../measure/interleave.js';
import { converge, proveContenders } from '../proof.js';
import { atMost } from '../report/target.js';
import { measured, type Findings, type Stage } from './scenario.js';

const CASE = '4 hosts';
const HOSTS = MACHINES.map(({ name }) => name);
/** Homelab's time by the script's, which remembers nothing. */
const MOST_BY_SCRIPT = 1.2;

/** A hundred items on four machines that are as they should be: `drift`, and a hand-written script for the same answer. */
export async function measureDrift(stage: Stage): Promise<Findings> {
  const project = createHundredProject(stage.lab, 'hundred');
  const contenders = [
    homelabContender(stage.homelab, project, 'drift'),
    scriptContender(writeFleetSshConfig(stage.lab, 'hundred', []), 'hundred'),
  ];
  await converge(stage, project);
  await proveContenders(stage, project, contenders, HUNDRED_TAMPERINGS);
  const candidates = contenders.map((contender) => ({
    case: CASE,
    contender: contender.name,
    program: contender.check(HOSTS),
    prove: ({ code, output }: { readonly code: number; readonly output: string }) => {
      if (!contender.isInSync(code, output))
        throw new Error(`${contender.name} did not find everything in sync (${code}):\n${output}`);
    },
  }));
  const { rounds } = stage.options;
  const measurements = await interleave(stage.watch, candidates, { ...stage, scenario: 'drift', rounds });
  const seconds = (contender: string): number => measured(measurements, CASE, contender).medianSeconds;
  const value = seconds('homelab') / seconds('script');
  return {
    title: 'A hundred items in sync, checked for drift',
    measurements,
    targets: [atMost("drift, 4 hosts: time by the script's", { value, limit: MOST_BY_SCRIPT, unit: 'x' })],
    notes: [
      'Homelab writes down what each check found, for the next one; the script compares and does no more.',
    ],
  };
}
