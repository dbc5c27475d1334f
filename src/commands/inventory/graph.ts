import { inventoryGraphDocument, inventoryGraphText } from '../../report/inventory-graph-view.js';
import { projectFlags } from '../shared/flags.js';
import { ProjectCommand } from '../shared/project-command.js';

export default class InventoryGraph extends ProjectCommand {
  static override summary = 'Groups and routes as trees';
  static override flags = projectFlags;

  protected override async execute(): Promise<number> {
    const { flags } = await this.parse(InventoryGraph);
    const { inventory, screen } = await this.openProject(flags);
    if (screen.isJson) this.printJson(inventoryGraphDocument(inventory));
    else this.print(inventoryGraphText(inventory));
    return 0;
  }
}
