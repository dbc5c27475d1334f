import { readFileSync } from 'node:fs';
import { ANSIBLE, createAnsibleProject } from '../contenders/ansible.js';
import { scriptContender } from '../contenders/script.js';
import { createFortyProject } from '../forty-project.js';
import { MACHINES } from '../machines.js';
import { interleave } from '../measure/interleave.js';
import { converge } from '../proof.js';
import { atLeast } from '../report/target.js';
import { measured, type Findings, type Stage } from './scenario.js';

const NAMES = MACHINES.map(({ name }) => name);
const CASE = '4 hosts';
const MAX_ROUNDS = 3;
/** Ansible's time by homelab's. */
const LEAST_TIMES_FASTER = 4;
const MAKE_FRESH = readFileSync(new URL('../machine/make-fresh.sh', import.meta.url), 'utf8');

/** Items that make no change on a fresh machine here: apt's own time is left out, and cron runs on any machine. */
const IN_SYNC_WHEN_FRESH = ['cron.service', 'Packages'];

/**
 * The first apply of the forty items on four machines that have none of them but their packages: what apt itself takes
 * is the same for everybody, and no doing of theirs. The hand-written script proves that both made what it checks.
 */
export async function measureFirstApply(stage: Stage): Promise<Findings> {
  const { lab, homelab, watch, options } = stage;
  const project = createFortyProject(lab, 'four');
  const ansible = createAnsibleProject(lab, {
    name: 'ansible-apply',
    sshConfig: lab.sshConfig,
    hosts: MACHINES,
  })(ANSIBLE);
  await converge(stage, project);
  await makeFresh(stage);
  await proveFresh(stage, project);
  const script = scriptContender(lab.sshConfig);
  const prove = async ({ code, output }: { code: number; output: string }) => {
    const check = await watch.run(script.check(NAMES));
    if (code !== 0 || !script.isInSync(check.code, check.output))
      throw new Error(`An apply ended with ${code}:\n${output}\n${check.output}`);
  };
  const candidates = [
    { contender: 'homelab', program: { argv: [...homelab, 'provision', ...NAMES, '--yes'], cwd: project } },
    { contender: 'ansible', program: ansible.apply(NAMES) },
  ].map((one) => ({
    ...one,
    case: CASE,
    prove,
    prepare: async () => {
      await makeFresh(stage);
      await ansible.prepare?.(NAMES);
    },
  }));
  const rounds = Math.min(options.rounds, MAX_ROUNDS);
  const measurements = await interleave(watch, candidates, { ...stage, scenario: 'first apply', rounds });
  const [mine, theirs] = ['homelab', 'ansible'].map(
    (name) => measured(measurements, CASE, name).medianSeconds,
  );
  return {
    title: 'First apply, packages being there',
    measurements,
    targets: [
      atLeast(`first apply, ${CASE}: faster than ansible`, {
        value: (theirs ?? 0) / (mine ?? 1),
        limit: LEAST_TIMES_FASTER,
        unit: 'x',
      }),
    ],
    notes: ['The packages are installed beforehand: apt takes as long whoever starts it.'],
  };
}

async function makeFresh({ lab }: Stage): Promise<void> {
  await Promise.all(NAMES.map((name) => lab.shell(name, MAKE_FRESH)));
}

/** @throws Error where a machine still has something of the forty items, so that an apply would have less to do */
async function proveFresh({ watch, homelab }: Stage, project: string): Promise<void> {
  const { stdout } = await watch.run({ argv: [...homelab, 'plan', ...NAMES, '--json'], cwd: project });
  const { hosts } = JSON.parse(stdout) as PlanDocument;
  for (const { host, tasks } of hosts) {
    const inSync = tasks.filter(({ status }) => status === 'ok').map(({ name }) => name);
    const unexpected = inSync.filter((name) => !IN_SYNC_WHEN_FRESH.some((word) => name.includes(word)));
    if (unexpected.length > 0) throw new Error(`${host} is not fresh: ${unexpected.join(', ')}`);
  }
}

interface PlanDocument {
  readonly hosts: readonly {
    readonly host: string;
    readonly tasks: readonly { readonly name: string; readonly status: string }[];
  }[];
}
