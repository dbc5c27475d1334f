import * as Flags from '@oclif/core/flags';
import { EXIT } from '../core/exit-codes.js';
import type { HostResult, RunResult } from '../core/result.js';
import { projectFlags, runFlags } from './shared/flags.js';
import { hostsArg } from './shared/host-args.js';
import { mayApply, RunCommand, type Planned } from './shared/run-command.js';

export default class Provision extends RunCommand {
  static override summary = 'Plan, ask, apply, verify';
  static override description =
    'Shows what would change and asks before it changes anything. Without a terminal it needs --yes.';
  static override examples = [
    '<%= config.bin %> provision dns1',
    '<%= config.bin %> provision all --yes --json',
  ];
  static override strict = false;
  static override args = hostsArg;
  static override flags = {
    ...projectFlags,
    ...runFlags,
    yes: Flags.boolean({ char: 'y', description: 'apply without asking' }),
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Provision);
    const project = await this.openProject(flags);
    const request = { project, flags, patterns: argv as string[] };
    return this.runPlays('provision', request, (planned) => this.#apply(flags.yes, planned));
  }

  async #apply(isYes: boolean, { run, plan, report, recording }: Planned): Promise<RunResult> {
    const pending = plan.hosts.filter(hasWork);
    if (pending.length === 0) return plan;
    await report.showPlan(plan.hosts);
    const question = `Apply these changes to ${pending.length === 1 ? '1 host' : `${pending.length} hosts`}?`;
    if (!(await mayApply(isYes, report, question))) return { ...plan, exitCode: EXIT.pending };
    recording.begin(pending.map(({ host }) => host));
    return run.apply({ isStale: !isYes });
  }
}

/** Whether an apply has anything to do there. A failure with `on_failure: continue` keeps the rest of its host from nothing. */
function hasWork({ error, tasks }: HostResult): boolean {
  return error === null && tasks.some(({ status }) => status === 'pending' || status === 'unknown');
}
