import { labStatus } from '../../lab/lab-status.js';
import { requireLab } from '../../lab/requirements.js';
import { renderTable } from '../../report/tables.js';
import { HomelabCommand } from '../shared/base-command.js';
import { displayFlags } from '../shared/flags.js';
import { labFlags } from '../shared/lab-flags.js';

export default class LabStatusCommand extends HomelabCommand {
  static override summary = 'Which machines the lab has, and which run';
  static override flags = { ...displayFlags, ...labFlags };

  protected override async execute(): Promise<number> {
    const { flags } = await this.parse(LabStatusCommand);
    const { isJson, palette, display } = await this.screen(flags);
    requireLab();
    const status = labStatus(flags.id);
    if (isJson) {
      this.printJson({ command: 'lab status', version: 1, exitCode: 0, id: flags.id, lab: status ?? null });
      return 0;
    }
    const rows = (status?.machines ?? []).map(({ host, address, port, user, via, isRunning }) => [
      host,
      `${user}@${address}${port === 22 ? '' : `:${port}`}`,
      via.join(' > ') || '-',
      isRunning ? 'running' : 'off',
    ]);
    const style = { palette, width: display.width };
    this.print(
      status === undefined ? 'No lab is up.\n' : renderTable(['host', 'login', 'via', 'state'], rows, style),
    );
    return 0;
  }
}
