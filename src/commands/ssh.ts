import { HomelabError } from '../core/errors.js';
import { ConnectingCommand } from './shared/connecting-command.js';
import { connectionFlags, projectFlags } from './shared/flags.js';
import { oneHostArg } from './shared/host-args.js';

export default class Ssh extends ConnectingCommand {
  static override summary = 'An interactive login over the same route';
  static override args = oneHostArg;
  static override flags = { ...projectFlags, ...connectionFlags };

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(Ssh);
    const project = await this.openProject(flags);
    const [host, ...others] = this.chooseHosts(project, [args.host]);
    if (host === undefined || others.length > 0) {
      throw new HomelabError({
        code: 'usage/one-host',
        message: `"${args.host}" is more than one host`,
        hint: 'Name one.',
      });
    }
    const transport = this.connect(project, { flags });
    try {
      const { stdin, stdout, stderr } = process;
      return await transport.openLogin(host, { stdin, stdout, stderr });
    } finally {
      await transport.close();
    }
  }
}
