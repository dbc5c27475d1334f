import { requireLab } from '../../lab/requirements.js';
import { stopLab } from '../../lab/stop-lab.js';
import { HomelabCommand } from '../shared/base-command.js';
import { displayFlags } from '../shared/flags.js';
import { labFlags } from '../shared/lab-flags.js';

export default class LabDown extends HomelabCommand {
  static override summary = 'End the lab and remove all of it';
  static override flags = { ...displayFlags, ...labFlags };

  protected override async execute(): Promise<number> {
    const { flags } = await this.parse(LabDown);
    const { isJson } = await this.screen(flags);
    requireLab();
    const wasThere = await stopLab(flags.id);
    if (isJson) this.printJson({ command: 'lab down', version: 1, exitCode: 0, id: flags.id, wasThere });
    else this.print(wasThere ? 'The lab is down.\n' : 'There was no lab.\n');
    return 0;
  }
}
