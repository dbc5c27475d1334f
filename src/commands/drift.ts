import * as Flags from '@oclif/core/flags';
import type { RunResult } from '../core/result.js';
import { checkOutcome, type CheckResult } from '../drift/compare/check-outcome.js';
import { rememberApplied, rememberCheck } from '../drift/remember.js';
import { projectFlags, runFlags } from './shared/flags.js';
import { optionalHostsArg } from './shared/host-args.js';
import { keepHistory } from './shared/keep-history.js';
import type { OpenProject, ProjectFlagValues } from './shared/project-command.js';
import {
  driftAudience,
  tellDriftCheck,
  tellDriftFailed,
  tellDriftUnopened,
} from './shared/tell-drift-check.js';
import { applyPlan, RunCommand, type Planned } from './shared/run-command.js';

interface DriftFlags {
  readonly fix: boolean;
  readonly yes: boolean;
}

export default class Drift extends RunCommand {
  static override summary = 'Compare hosts with what the inventory says; change nothing';
  static override description =
    'Tells what was changed on a host since it was last as wanted, what is pending because the inventory has moved on, and ' +
    'since when. Exit code 0: no drift. 2: drift. 1: a host failed or was not reached; optional ones that are off are listed apart.';
  static override examples = [
    '<%= config.bin %> drift',
    '<%= config.bin %> drift web1 nas --json',
    '<%= config.bin %> drift --fix',
    '<%= config.bin %> drift --notify',
  ];
  static override strict = false;
  static override args = optionalHostsArg;
  static override flags = {
    ...projectFlags,
    ...runFlags,
    fix: Flags.boolean({ description: 'apply what is shown, once it is shown; asks before' }),
    yes: Flags.boolean({ char: 'y', description: 'apply without asking', dependsOn: ['fix'] }),
    notify: Flags.boolean({
      description:
        'tell what changed since the last check, as `notify` of homelab.yml says; 1: somebody was not told',
    }),
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Drift);
    const project = await this.#open(flags);
    const typed = flags.fix ? 'drift --fix' : 'drift';
    const request = { project, flags, patterns: argv as string[], typed };
    const at = new Date();
    const audience = await driftAudience(project, flags.notify);
    try {
      let result: RunResult | undefined;
      const exitCode = await this.runPlays('drift', request, async (planned) => {
        result = await this.#check(planned, { project, flags, at });
        return result;
      });
      // Interrupted: nothing is known.
      if (result === undefined) return exitCode;
      const isWhole = [flags.tags, flags['skip-tags'], flags.playbook].every((one) => one === undefined);
      return await tellDriftCheck(audience, { result, inventory: project.inventory.hosts.keys(), isWhole });
    } catch (thrown) {
      await tellDriftFailed(audience, thrown);
      throw thrown;
    }
  }

  async #open(flags: ProjectFlagValues & { readonly notify: boolean }): Promise<OpenProject> {
    try {
      return await this.openProject(flags, 'opened');
    } catch (thrown) {
      if (flags.notify) await tellDriftUnopened(() => this.openSettings(flags), thrown);
      throw thrown;
    }
  }

  async #check({ run, ...planned }: Planned, { project, flags, at }: Wish): Promise<RunResult> {
    const { busy, plan } = await run.leaveBusy();
    const hosts = [...project.inventory.hosts.values()];
    const checkOf = (result: RunResult): CheckResult => checkOutcome(result, { hosts, busy, at });
    const seen = checkOf(plan);
    const observed = { result: seen, observations: run.observations(), at };
    const found =
      (await keepHistory(project, seen.run, (store) => rememberCheck(store, seen, observed))) ?? seen;
    if (!flags.fix) return found;
    const result = await applyPlan(
      { ...planned, run, plan: found },
      {
        isAgreed: flags.yes,
        question: (count) => `Put this right on ${count}?`,
      },
    );
    if (result.hosts === found.hosts) return result;
    const applied = { result, observations: run.observations(), at: new Date() };
    await keepHistory(project, result.run, (store) => rememberApplied(store, applied));
    const fixed = checkOf(result);
    return { ...fixed, drift: { ...fixed.drift, isFixed: true } };
  }
}

interface Wish {
  readonly project: OpenProject;
  readonly flags: DriftFlags;
  /** When the check began. */
  readonly at: Date;
}
