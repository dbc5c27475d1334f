import type { TestLab } from '../harness/shared-lab.js';
import { ansibleFiles, endAnsible, ensureAnsible, runAnsible } from './ansible.js';
import { runHomelab } from './homelab.js';
import { differingPaths, lastingPaths, lookAt, runScripts } from './look.js';
import type { SaidByName } from './outcomes.js';
import { ansiblePlaybook, homelabPlaybook, TWINS } from './playbooks.js';
import { situationsOf } from './modules.js';
import type { ModuleSituations, Sides } from './situation.js';

/** One run of both tools: what each said, and what an outside look at its machine showed then, by situation. */
export interface Run {
  readonly said: Sides<SaidByName>;
  readonly seen: Sides<ReadonlyMap<string, string>>;
}

export interface Parity {
  readonly first: Run;
  readonly second: Run;
  /** Lasting paths of the machines that were the same before and are not after both runs, sorted. */
  readonly grownApart: readonly string[];
}

type Modules = ReadonlyMap<string, ModuleSituations>;

async function onBoth<Result>(act: (host: string) => Promise<Result>): Promise<Sides<Result>> {
  const [ansible, homelab] = await Promise.all([act(TWINS.ansible), act(TWINS.homelab)]);
  return { ansible, homelab };
}

/** Makes the twins equal: Ansible's modules need Python on theirs, so both have it. Then every situation is made. */
async function prepare(lab: TestLab, modules: Modules): Promise<void> {
  const packages =
    'apt-get -o DPkg::Lock::Timeout=300 install -yqq --no-install-recommends python3 python3-apt';
  const ofModules = [...modules].map(([name, { given }]) => [name, given ?? ''] as const);
  const ofSituations = situationsOf(modules).map(({ id, given }) => [id, given ?? ''] as const);
  await onBoth(async (host) => {
    await lab.shell(host, `DEBIAN_FRONTEND=noninteractive ${packages} </dev/null >/dev/null 2>&1`);
    const tool = host === TWINS.ansible ? 'Ansible' : 'homelab';
    const scripts = [...ofModules, ...ofSituations].map(
      ([name, script]) => [name, `tool=${tool}\n${script}`] as const,
    );
    await runScripts(lab, host, scripts);
  });
}

function createProject(lab: TestLab, modules: Modules): string {
  const situations = situationsOf(modules);
  return lab.project({
    ...ansibleFiles(lab),
    'inventory/hosts.yml': lab.hostsFile(),
    ...Object.assign({}, ...[...modules.values()].map(({ files = {} }) => files)),
    ...ansiblePlaybook(situations),
    'playbooks/site.yml': homelabPlaybook(situations),
  });
}

/** Runs every situation with Ansible on one twin and with homelab on the other, twice. */
export async function runParity(lab: TestLab, modules: Modules): Promise<Parity> {
  const situations = situationsOf(modules);
  await Promise.all([ensureAnsible(), prepare(lab, modules)]);
  const folder = createProject(lab, modules);
  const run = async (): Promise<Run> => {
    const [ansible, homelab] = await Promise.all([runAnsible(lab, folder), runHomelab(lab, folder)]);
    const seen = await onBoth((host) => lookAt(lab, host, situations));
    return { said: { ansible, homelab }, seen };
  };
  try {
    const before = await onBoth((host) => lastingPaths(lab, host));
    const apartBefore = new Set(differingPaths(before.ansible, before.homelab));
    const [first, second] = [await run(), await run()];
    const after = await onBoth((host) => lastingPaths(lab, host));
    const grownApart = differingPaths(after.ansible, after.homelab).filter((path) => !apartBefore.has(path));
    return { first, second, grownApart };
  } finally {
    await endAnsible(lab, folder);
  }
}
