import * as Args from '@oclif/core/args';
import type { HomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import { errorText } from '../../report/errors-text.js';
import { editSecretFile, type Edited } from '../../secrets/edit-file.js';
import { makePrivateFolder, memoryFolders } from '../../secrets/private-folder.js';
import { runEditor } from '../../secrets/run-editor.js';
import { readSecretFile } from '../../secrets/secret-file.js';
import { askPerson } from '../shared/ask-person.js';
import { SecretCommand, secretFlags } from '../shared/secret-command.js';

export default class SecretEdit extends SecretCommand {
  static override summary = 'Open the plain text of a file in your editor, and encrypt it again';
  static override description =
    'Uses $VISUAL, $EDITOR or vi. The plain text lies in memory only ($XDG_RUNTIME_DIR or /dev/shm). YAML with ' +
    '`!secret` values is shown with their plain texts; those that you leave as they are keep their ciphertext. ' +
    'A file that does not exist becomes an encrypted one.';
  static override examples = ['<%= config.bin %> secret edit inventory/host_vars/nas.yml'];
  static override args = {
    file: Args.string({ description: 'file of the project', required: true, ignoreStdin: true }),
  };
  static override flags = secretFlags;

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(SecretEdit);
    const project = await this.openSecrets(flags);
    const recipients = await this.recipients(project);
    const { path, shown } = this.namedFile(project, args.file);
    const file = readSecretFile(path, shown);
    const folder = makePrivateFolder(memoryFolders(process.env));
    try {
      const edited = await editSecretFile({
        path,
        shown,
        file,
        opener: project.opener,
        recipients,
        folder,
        edit: (scratch) => runEditor(scratch, folder, process.env),
        isTriedAgain,
      });
      return tell(edited, shown);
    } finally {
      folder.remove();
    }
  }
}

async function isTriedAgain(error: HomelabError): Promise<boolean> {
  process.stderr.write(errorText(error));
  return (await askPerson('Edit again?')) === true;
}

function tell(edited: Edited, shown: string): number {
  if (edited.is === 'kept') {
    const why = edited.because === 'mistake' ? 'is as it was' : 'was changed meanwhile, and stays so';
    process.stderr.write(
      `${shown} ${why}. What you wrote is in ${edited.file}, encrypted: homelab secret edit ${edited.file}\n`,
    );
    return EXIT.failed;
  }
  process.stderr.write(edited.is === 'changed' ? `Encrypted ${shown}.\n` : `${shown} is as it was.\n`);
  return EXIT.done;
}
