import { facts as factsReader } from '../probes/facts.js';
import { errorsDocument } from '../report/errors-text.js';
import { factsDocument, factsText } from '../report/facts-view.js';
import { EachHostCommand } from './shared/each-host-command.js';
import { connectionFlags, projectFlags } from './shared/flags.js';
import { hostsArg } from './shared/host-args.js';

export default class FactsCommand extends EachHostCommand {
  static override summary = 'What a machine is: system, architecture, addresses, memory';
  static override strict = false;
  static override args = hostsArg;
  static override flags = { ...projectFlags, ...connectionFlags };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(FactsCommand);
    const project = await this.openProject(flags);
    const hosts = this.chooseHosts(project, argv as string[]);
    const answers = await this.askEach(project, { flags, hosts }, async (transport, host) =>
      (await transport.open(host)).read(factsReader, ''),
    );
    const exitCode = this.tellFailures(answers);
    const { palette, isJson } = project.screen;
    if (isJson) {
      const documents = answers.map((answer) =>
        'error' in answer
          ? { host: answer.host.name, ...errorsDocument(answer.error, exitCode) }
          : factsDocument(answer.host.name, answer.value),
      );
      this.printJson({ command: 'facts', version: 1, exitCode, hosts: documents });
      return exitCode;
    }
    for (const answer of answers) {
      if (!('error' in answer)) this.print(factsText(answer.host.name, answer.value, palette));
    }
    return exitCode;
  }
}
