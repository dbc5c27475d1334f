import * as Flags from '@oclif/core/flags';
import { EXIT } from '../core/exit-codes.js';
import { hostKeysDocument } from '../report/trust-view.js';
import { connectionFlags, projectFlags } from './shared/flags.js';
import { hostsArg } from './shared/host-args.js';
import { TrustingCommand } from './shared/trusting-command.js';

export default class Trust extends TrustingCommand {
  static override summary = 'Show and pin host keys, jump hosts first';
  static override description =
    'Compare the fingerprints with what the machine itself shows (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). ' +
    'They are pinned in inventory/known_hosts.';
  static override strict = false;
  static override args = hostsArg;
  static override flags = {
    ...projectFlags,
    ...connectionFlags,
    yes: Flags.boolean({ char: 'y', description: 'pin without asking' }),
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Trust);
    const project = await this.openProject(flags);
    const hosts = this.chooseHosts(project, argv as string[]);
    const trusted = await this.trustHosts(project, { flags, hosts, isYes: flags.yes });
    if (trusted.isDeclined) return EXIT.failed;
    const exitCode = this.trustExitCode(trusted);
    if (project.screen.isJson)
      this.printJson({ command: 'trust', version: 1, exitCode, ...hostKeysDocument(trusted.views) });
    return exitCode;
  }
}
