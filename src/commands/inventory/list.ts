import { hostListDocument, hostListText } from '../../report/inventory-list-view.js';
import { projectFlags } from '../shared/flags.js';
import { optionalHostsArg } from '../shared/host-args.js';
import { ProjectCommand } from '../shared/project-command.js';

export default class InventoryList extends ProjectCommand {
  static override summary = 'The hosts, as homelab understands them';
  static override strict = false;
  static override args = optionalHostsArg;
  static override flags = projectFlags;

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(InventoryList);
    const project = await this.openProject(flags);
    const hosts = this.chooseHosts(project, argv as string[]);
    const { palette, display, isJson } = project.screen;
    if (isJson) this.printJson(hostListDocument(hosts));
    else this.print(hostListText(hosts, { palette, width: display.width }));
    return 0;
  }
}
