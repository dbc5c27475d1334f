import type { TestLab } from '../harness/shared-lab.js';
import { documentOf, hostOf, type TaskDocument } from '../harness/run-document.js';
import type { Outcome } from './situation.js';
import type { Said, SaidByName } from './outcomes.js';
import { TWINS } from './playbooks.js';

const OUTCOMES: Readonly<Record<TaskDocument['status'], Outcome>> = {
  ok: 'ok',
  changed: 'changed',
  failed: 'failed',
  // Not of a run that applies: whoever sees them here sees a mistake of ours.
  pending: 'failed',
  unknown: 'failed',
  skipped: 'failed',
};

/** Runs the playbook of the project at `folder`. Returns what homelab said of each item. */
export async function runHomelab(lab: TestLab, folder: string): Promise<SaidByName> {
  const args = ['provision', TWINS.homelab, '--yes', '--json', '-p', 'playbooks/site.yml'];
  const { error, tasks } = hostOf(documentOf(await lab.homelab(args, { cwd: folder })), TWINS.homelab);
  if (error !== null) throw new Error(`homelab: ${error.code}: ${error.message}`);
  return new Map(
    tasks.map(({ name, status, error: failure, reason }): [string, Said] => [
      name,
      { outcome: OUTCOMES[status], message: failure?.message ?? reason ?? status },
    ]),
  );
}
