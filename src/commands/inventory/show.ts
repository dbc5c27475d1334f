import { hostDetailsDocument, hostDetailsText } from '../../report/inventory-show-view.js';
import { projectFlags } from '../shared/flags.js';
import { oneHostArg } from '../shared/host-args.js';
import { ProjectCommand } from '../shared/project-command.js';

export default class InventoryShow extends ProjectCommand {
  static override summary = 'Every value of a host, with the file and line it came from';
  static override args = oneHostArg;
  static override flags = projectFlags;

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(InventoryShow);
    const project = await this.openProject(flags, 'opened');
    const { palette, display, isJson } = project.screen;
    const hosts = this.chooseHosts(project, [args.host]);
    if (isJson) this.printJson({ hosts: hosts.map((host) => hostDetailsDocument(host)) });
    else for (const host of hosts) this.print(hostDetailsText(host, { palette, width: display.width }));
    return 0;
  }
}
