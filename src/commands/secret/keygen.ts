import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { HomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import { findProject } from '../../inventory/project.js';
import { loadSettings } from '../../inventory/settings.js';
import { generateKeyPair } from '../../secrets/age-library.js';
import { identityFileToWrite } from '../../secrets/identities.js';
import { HomelabCommand } from '../shared/base-command.js';
import { displayFlags, projectFlags } from '../shared/flags.js';

export default class SecretKeygen extends HomelabCommand {
  static override summary = 'Make an age identity of your own and print its public key';
  static override description =
    'The identity goes to HOMELAB_AGE_IDENTITY_FILE, to `identity` of homelab.yml, or to ~/.config/homelab/age.txt. ' +
    'A file that is there is never replaced. Write the public key into `recipients` of homelab.yml.';
  static override flags = {
    json: displayFlags.json,
    debug: displayFlags.debug,
    'no-color': displayFlags['no-color'],
    project: projectFlags.project,
    output: Flags.string({ char: 'o', description: 'write the identity here', helpValue: 'FILE' }),
  };

  protected override async execute(): Promise<number> {
    const { flags } = await this.parse(SecretKeygen);
    await this.screen(flags);
    const files = identityFilesOf(flags.project);
    const file = flags.output ?? identityFileToWrite({ env: process.env, files });
    const { identity, recipient } = await generateKeyPair();
    const created = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    writeNew(file, `# created: ${created}\n# public key: ${recipient}\n${identity}\n`);
    if (flags.json) this.printJson({ command: 'secret keygen', version: 1, exitCode: 0, recipient, file });
    else this.print(`${recipient}\n`);
    if (!flags.json)
      process.stderr.write(`The identity is in ${file}. Keep a copy of it where it is safe.\n`);
    return EXIT.done;
  }
}

/** Outside of a project the user's own file is meant. */
function identityFilesOf(project: string | undefined): readonly string[] {
  try {
    return loadSettings(findProject(process.cwd(), project)).identity;
  } catch (thrown) {
    if (project === undefined && thrown instanceof HomelabError && thrown.code === 'project/not-found')
      return [];
    throw thrown;
  }
}

function writeNew(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new HomelabError({
      code: code === 'EEXIST' ? 'secret/identity-exists' : 'secret/identity-not-written',
      message:
        code === 'EEXIST' ? `there is an identity file ${file} already` : `cannot write ${file} (${code})`,
      hint:
        code === 'EEXIST'
          ? 'Use it, or name another file with --output.'
          : 'Name another file with --output.',
      cause,
    });
  }
}
