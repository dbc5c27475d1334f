import { projectFlags, runFlags } from './shared/flags.js';
import { optionalHostsArg } from './shared/host-args.js';
import { RunCommand } from './shared/run-command.js';

export default class Plan extends RunCommand {
  static override summary = 'Show what would change; change nothing';
  static override description =
    'Exit code 0: in sync. 2: changes are pending. 1: a host failed or was not reached.';
  static override examples = ['<%= config.bin %> plan', "<%= config.bin %> plan dns1 'web-*' '!web-3'"];
  static override strict = false;
  static override args = optionalHostsArg;
  static override flags = { ...projectFlags, ...runFlags };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Plan);
    const project = await this.openProject(flags);
    return this.runPlays('plan', { project, flags, patterns: argv as string[] });
  }
}
