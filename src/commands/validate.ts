import { HomelabErrors } from '../core/errors.js';
import { checkProject } from './shared/check-project.js';
import { playbookFlags, projectFlags } from './shared/flags.js';
import { ProjectCommand } from './shared/project-command.js';

export default class Validate extends ProjectCommand {
  static override summary = 'Check everything that can be known without connecting';
  static override description =
    'Settings, inventory, playbooks, types, variables, templates and jump routes, for every host. Prints every mistake.';
  static override flags = { ...projectFlags, ...playbookFlags };

  protected override async execute(): Promise<number> {
    const { flags } = await this.parse(Validate);
    const { isJson } = await this.screen(flags);
    const dir = this.findProject(flags);
    const { errors, hosts, plays, roles, items } = await checkProject(dir, flags);
    if (errors.length > 0) throw new HomelabErrors(errors);
    if (isJson) this.printJson({ command: 'validate', version: 1, exitCode: 0, hosts, plays, roles, items });
    else if (!flags.quiet)
      this.print(`Valid: ${counts({ host: hosts, play: plays, role: roles, item: items })}.\n`);
    return 0;
  }
}

/** What there is; without the roles where there are none. */
function counts(numbers: Readonly<Record<string, number>>): string {
  const told = Object.entries(numbers).filter(([noun, number]) => noun !== 'role' || number > 0);
  return told.map(([noun, number]) => `${number} ${noun}${number === 1 ? '' : 's'}`).join(', ');
}
