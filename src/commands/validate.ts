import { playbookFlags, projectFlags } from './shared/flags.js';
import { RunCommand } from './shared/run-command.js';

export default class Validate extends RunCommand {
  static override summary = 'Check everything that can be known without connecting';
  static override description =
    'Inventory, playbooks, types, variables, templates and jump routes, for every host. Prints every mistake.';
  static override flags = { ...projectFlags, ...playbookFlags };

  protected override async execute(): Promise<number> {
    const { flags } = await this.parse(Validate);
    const project = await this.openProject(flags, 'opened');
    const plays = await this.compile(project, flags, []);
    const counts = { hosts: project.inventory.hosts.size, plays: plays.length };
    if (project.screen.isJson) this.printJson({ command: 'validate', version: 1, exitCode: 0, ...counts });
    else if (!flags.quiet)
      this.print(`Valid: ${count(counts.hosts, 'host')}, ${count(counts.plays, 'play')}.\n`);
    return 0;
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
