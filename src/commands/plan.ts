import * as Flags from '@oclif/core/flags';
import { projectFlags, runFlags } from './shared/flags.js';
import { optionalHostsArg } from './shared/host-args.js';
import { writePlanFile } from './shared/plan-file.js';
import { RunCommand } from './shared/run-command.js';

export default class Plan extends RunCommand {
  static override summary = 'Show what would change; change nothing';
  static override description =
    'Exit code 0: in sync. 2: changes are pending. 1: a host failed or was not reached.';
  static override examples = [
    '<%= config.bin %> plan',
    "<%= config.bin %> plan dns1 'web-*' '!web-3'",
    '<%= config.bin %> plan all --out all.plan.json',
  ];
  static override strict = false;
  static override args = optionalHostsArg;
  static override flags = {
    ...projectFlags,
    ...runFlags,
    out: Flags.string({
      char: 'o',
      description: 'save the plan for `provision --plan FILE`',
      helpValue: 'FILE',
    }),
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Plan);
    const project = await this.openProject(flags, 'opened');
    const request = { project, flags, patterns: argv as string[] };
    const { out } = flags;
    if (out === undefined) return this.runPlays('plan', request);
    const exitCode = await this.runPlays('plan', request, async ({ run, plan }) => {
      const request = this.planRequest(project, flags);
      writePlanFile(out, { request, saved: run.savePlan(), result: plan });
      return plan;
    });
    if (project.screen.display.format === 'plain' || project.screen.display.format === 'live')
      this.print(`Saved. Apply it with: homelab provision --plan ${out}\n`);
    return exitCode;
  }
}
