import * as Args from '@oclif/core/args';
import { EXIT } from '../../core/exit-codes.js';
import { openSecretFile, readSecretFile } from '../../secrets/secret-file.js';
import { SecretCommand, secretFlags } from '../shared/secret-command.js';

export default class SecretView extends SecretCommand {
  static override summary = 'Print the plain text of an encrypted file, or YAML with its values opened';
  static override examples = ['<%= config.bin %> secret view inventory/group_vars/db.yml'];
  static override args = {
    file: Args.string({ description: 'file of the project', required: true, ignoreStdin: true }),
  };
  static override flags = secretFlags;

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(SecretView);
    const project = await this.openSecrets(flags);
    const { path, shown } = this.namedFile(project, args.file);
    const { bytes } = await openSecretFile(readSecretFile(path, shown), shown, project.opener);
    process.stdout.write(bytes);
    return EXIT.done;
  }
}
