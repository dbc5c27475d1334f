import * as Flags from '@oclif/core/flags';
import { HomelabError } from '../core/errors.js';
import type { RunResult } from '../core/result.js';
import type { SavedPlan } from '../engine/saved-plan.js';
import { projectFlags, runFlags } from './shared/flags.js';
import { optionalHostsArg } from './shared/host-args.js';
import { readPlanFile, type PlanFile } from './shared/plan-file.js';
import { applyPlan, RunCommand, type Planned, type RunFlagValues } from './shared/run-command.js';

export default class Provision extends RunCommand {
  static override summary = 'Plan, ask, apply, verify';
  static override description =
    'Shows what would change and asks before it changes anything. Without a terminal it needs --yes.';
  static override examples = [
    '<%= config.bin %> provision dns1',
    '<%= config.bin %> provision all --yes --json',
    '<%= config.bin %> provision --plan all.plan.json',
  ];
  static override strict = false;
  static override args = optionalHostsArg;
  static override flags = {
    ...projectFlags,
    ...runFlags,
    yes: Flags.boolean({ char: 'y', description: 'apply without asking' }),
    plan: Flags.string({
      description: 'apply this saved plan without asking; a host that changed since is refused',
      helpValue: 'FILE',
      exclusive: ['playbook', 'tags', 'skip-tags'],
    }),
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Provision);
    const file = flags.plan === undefined ? undefined : readPlanFile(flags.plan);
    if (file === undefined && argv.length === 0) throw noHosts();
    const project = await this.openProject(flags, 'opened');
    const request = { project, flags: withPlan(flags, file), patterns: patternsOf(argv as string[], file) };
    return this.runPlays('provision', request, (planned) =>
      this.#apply({ isAgreed: flags.yes || file !== undefined, saved: file?.saved }, planned),
    );
  }

  #apply({ isAgreed, saved }: Wish, planned: Planned): Promise<RunResult> {
    const plan = saved === undefined ? planned.plan : planned.run.holdTo(saved);
    return applyPlan(
      { ...planned, plan },
      { isAgreed, question: (count) => `Apply these changes to ${count}?` },
    );
  }
}

/** What was asked for on the command line. */
interface Wish {
  readonly isAgreed: boolean;
  readonly saved: SavedPlan | undefined;
}

/** The flags with what the plan was made with. */
function withPlan(flags: RunFlagValues, file: PlanFile | undefined): RunFlagValues {
  if (file === undefined) return flags;
  const { playbooks, tags, skipTags } = file.request;
  return { ...flags, playbook: playbooks, tags, 'skip-tags': skipTags };
}

/** Without any, the hosts of the plan. */
function patternsOf(patterns: readonly string[], file: PlanFile | undefined): readonly string[] {
  if (patterns.length > 0 || file === undefined) return patterns;
  if (file.saved.hosts.length === 0) throw emptyPlan();
  return file.saved.hosts.map(({ host }) => host);
}

function emptyPlan(): HomelabError {
  return new HomelabError({
    code: 'usage/plan-file',
    message: 'the plan holds no host: each had failed or was not reached when it was made',
    hint: 'Make a new plan.',
  });
}

function noHosts(): HomelabError {
  return new HomelabError({
    code: 'usage/no-hosts',
    message: 'no host is named',
    hint: 'Name hosts or groups, or all: homelab provision all. Or apply a saved plan: --plan FILE.',
  });
}
