import * as Flags from '@oclif/core/flags';
import { parseSuites } from '../../lab/parse-suites.js';
import { planLab } from '../../lab/plan-lab.js';
import { requireLab } from '../../lab/requirements.js';
import { startLab } from '../../lab/start-lab.js';
import { projectFlags } from '../shared/flags.js';
import { labFlags } from '../shared/lab-flags.js';
import { ProjectCommand } from '../shared/project-command.js';

export default class LabUp extends ProjectCommand {
  static override summary = 'Boot a throwaway machine for every host of the inventory';
  static override description =
    'Real Debian machines with systemd, sshd and apt, on networks of their own: what is behind a jump host is reached only ' +
    'through it. Needs Linux and root. The first time builds an image (about half a minute).';
  static override flags = {
    ...projectFlags,
    ...labFlags,
    suite: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'HOST=CODENAME',
      description: 'release of one machine, e.g. nas=trixie; may be given more than once',
    }),
  };

  protected override async execute(): Promise<number> {
    const { flags } = await this.parse(LabUp);
    requireLab();
    const { inventory, screen } = await this.openProject(flags);
    const plan = planLab(inventory, parseSuites(flags.suite ?? []));
    const onProgress = (text: string): void => void (flags.quiet || process.stderr.write(`${text}\n`));
    for (const note of plan.notes) onProgress(note);
    const { state, wasUp } = await startLab(plan, { id: flags.id, onProgress });
    if (screen.isJson)
      this.printJson({ command: 'lab up', version: 1, exitCode: 0, id: flags.id, wasUp, home: state.home });
    else
      this.print(`The lab is up${wasUp ? ' already' : ''}. Work in it: homelab lab exec -- homelab plan\n`);
    return 0;
  }
}
