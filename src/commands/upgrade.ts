import * as Flags from '@oclif/core/flags';
import type { RunResult } from '../core/result.js';
import { projectFlags, runFlags } from './shared/flags.js';
import { optionalHostsArg } from './shared/host-args.js';
import { UpgradeCommand } from './shared/upgrade-command.js';
import { upgradeFlags } from './shared/upgrade-flags.js';

export default class Upgrade extends UpgradeCommand {
  static override summary = 'Upgrade machines wave by wave, so that what has a twin stays up';
  static override description =
    'Reads what is pending on every host and shows the waves: leaves first, never two of a group, jump hosts last and alone. ' +
    'Each host is checked, drained, upgraded by a job of its own, booted only where that is needed, proven healthy and given its ' +
    'work back before the next one begins. The first failure stops the run; --resume goes on from there.';
  static override examples = [
    '<%= config.bin %> upgrade --plan',
    '<%= config.bin %> upgrade --rolling --yes',
    '<%= config.bin %> upgrade web-* --only security --window "Sun 02:00-05:00"',
    '<%= config.bin %> upgrade --resume',
  ];
  static override strict = false;
  static override args = optionalHostsArg;
  static override flags = {
    ...projectFlags,
    ...runFlags,
    ...upgradeFlags,
    concurrency: Flags.integer({
      description: 'most hosts of a wave, as far as the rules allow (default: 1)',
      min: 1,
      max: 1000,
      helpValue: 'N',
      helpGroup: 'CONNECTION',
    }),
    yes: Flags.boolean({ char: 'y', description: 'upgrade without asking' }),
    plan: Flags.boolean({ description: 'show the waves; change nothing', exclusive: ['yes'] }),
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Upgrade);
    const project = await this.openProject(flags, 'opened');
    return this.upgrade({ project, flags, patterns: argv as string[] }, (planned): Promise<RunResult> =>
      this.carryOut(planned, { isAgreed: flags.yes, isShownOnly: flags.plan }),
    );
  }
}
