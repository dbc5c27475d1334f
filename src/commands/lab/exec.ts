import { execInLab } from '../../lab/exec-in-lab.js';
import { requireLab } from '../../lab/requirements.js';
import { HomelabCommand } from '../shared/base-command.js';
import { displayFlags } from '../shared/flags.js';
import { labFlags } from '../shared/lab-flags.js';
import { requireCommand, splitAtDashes } from '../shared/words-after-dashes.js';

export default class LabExec extends HomelabCommand {
  static override summary =
    "Run a program as the lab's controller: on the outer network, with a key of its own";
  static override usage = 'lab exec -- COMMAND [ARGUMENT...]';
  static override examples = ['<%= config.bin %> lab exec -- homelab provision all'];
  static override strict = false;
  static override flags = { ...displayFlags, ...labFlags };

  protected override async execute(): Promise<number> {
    const { own, words } = splitAtDashes(this.argv);
    const { flags } = await this.parse(LabExec, own);
    await this.screen(flags);
    requireCommand(words, 'homelab lab exec -- homelab plan');
    requireLab();
    const { code } = await execInLab(flags.id, words, { stdio: 'inherit', cwd: process.cwd() });
    return code;
  }
}
