import { execInLab, sshCommand } from '../../lab/exec-in-lab.js';
import { requireLab } from '../../lab/requirements.js';
import { HomelabCommand } from '../shared/base-command.js';
import { displayFlags } from '../shared/flags.js';
import { oneHostArg } from '../shared/host-args.js';
import { labFlags } from '../shared/lab-flags.js';

export default class LabSsh extends HomelabCommand {
  static override summary = 'Log in to a machine of the lab, through its jump hosts';
  static override args = oneHostArg;
  static override flags = { ...displayFlags, ...labFlags };

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(LabSsh);
    await this.screen(flags);
    requireLab();
    const { code } = await execInLab(flags.id, sshCommand(flags.id, args.host), { stdio: 'inherit' });
    return code;
  }
}
