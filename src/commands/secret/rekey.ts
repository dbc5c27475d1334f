import * as Flags from '@oclif/core/flags';
import { HomelabErrors } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import { errorText, errorsDocument } from '../../report/errors-text.js';
import { identityFiles } from '../../secrets/identities.js';
import { rekeyProject, type RekeyedFile } from '../../secrets/rekey.js';
import { displayFlags } from '../shared/flags.js';
import type { SecretOpener } from '../../secrets/secret-opener.js';
import { SecretCommand, secretFlags } from '../shared/secret-command.js';

export default class SecretRekey extends SecretCommand {
  static override summary = 'Encrypt everything of the project again, for its present recipients';
  static override description =
    'Run it after `recipients` of homelab.yml has changed. A file is written whole or not at all. Who was taken off the ' +
    'list still has what was readable before: change those secrets too.';
  static override flags = {
    ...secretFlags,
    json: displayFlags.json,
    check: Flags.boolean({
      description: 'list what is encrypted and whether you can open it; change nothing',
    }),
  };

  protected override async execute(): Promise<number> {
    const { flags } = await this.parse(SecretRekey);
    const project = await this.openSecrets(flags);
    const recipients = await this.recipients(project);
    const { dir, settings, opener } = project;
    const except = identityFiles({ env: process.env, files: settings.identity });
    const files = await rekeyProject({ projectDir: dir, except, opener, recipients, isCheck: flags.check });
    const failed = files.filter(({ errors }) => errors.length > 0);
    const exitCode = failed.length === 0 ? EXIT.done : EXIT.failed;
    if (flags.json) this.printJson(document(files, { exitCode, recipients: recipients.length }));
    else this.#tell(files, flags.check);
    if (files.length > 0 && (await isLockedOut(opener, recipients)))
      process.stderr.write(
        `note: none of your identities is among the recipients: ${lockedOut(flags.check)}\n`,
      );
    return exitCode;
  }

  #tell(files: readonly RekeyedFile[], isCheck: boolean): void {
    for (const { file, values, errors } of files) {
      if (errors.length > 0) process.stderr.write(errorText(new HomelabErrors(errors)));
      else this.print(`${isCheck ? 'encrypted ' : 'rekeyed   '}${file}${countText(values)}\n`);
    }
    if (files.length === 0) process.stderr.write('Nothing in this project is encrypted.\n');
  }
}

/** Whether who rekeys is not among those who can read everything from then on. */
async function isLockedOut(opener: SecretOpener, recipients: readonly string[]): Promise<boolean> {
  const own = await opener.recipients().catch(() => []);
  return own.length > 0 && !own.some((one) => recipients.includes(one));
}

function lockedOut(isCheck: boolean): string {
  return isCheck ? 'after a rekey you could read none of this' : 'from now on you can read none of this';
}

function countText(values: number | undefined): string {
  return values === undefined ? '' : `  (${values} value${values === 1 ? '' : 's'})`;
}

function document(files: readonly RekeyedFile[], rest: { exitCode: number; recipients: number }): unknown {
  return {
    command: 'secret rekey',
    version: 1,
    ...rest,
    files: files.map(({ file, values, errors }) => ({
      file,
      values: values ?? null,
      error: errors.length === 0 ? null : errorsDocument(new HomelabErrors(errors), EXIT.failed)['error'],
    })),
  };
}
