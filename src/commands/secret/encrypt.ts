import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { HomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import { encrypt } from '../../secrets/age-library.js';
import { encryptFile } from '../../secrets/encrypt-file.js';
import { askHidden } from '../shared/ask-person.js';
import { SecretCommand, secretFlags } from '../shared/secret-command.js';

const INDENT = '  ';

export default class SecretEncrypt extends SecretCommand {
  static override summary = 'Encrypt a value to paste into YAML, or a file in its place';
  static override description =
    'Without FILE a value is asked for, unseen, or read from standard input (one line end at its end is taken off), ' +
    'and `!secret |` with the encrypted value is printed. Of a YAML file with `!secret plain text` those values are encrypted.';
  static override examples = [
    '<%= config.bin %> secret encrypt --name db_password',
    '<%= config.bin %> secret encrypt --name tls_key < tls.key',
    '<%= config.bin %> secret encrypt files/host.keytab',
  ];
  static override args = {
    file: Args.string({ description: 'file to encrypt', required: false, ignoreStdin: true }),
  };
  static override flags = {
    ...secretFlags,
    name: Flags.string({ description: 'print it as the value of this key', helpValue: 'KEY' }),
  };

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(SecretEncrypt);
    const project = await this.openSecrets(flags);
    const recipients = await this.recipients(project);
    if (args.file === undefined) await this.#printValue(recipients, flags.name);
    else {
      const named = this.namedFile(project, args.file);
      await encryptFile({ ...named, recipients });
      process.stderr.write(
        `Encrypted ${named.shown}. What was committed before stays readable in the history.\n`,
      );
    }
    return EXIT.done;
  }

  async #printValue(recipients: readonly string[], name: string | undefined): Promise<void> {
    const armor = Buffer.from(await encrypt(await readValue(), recipients)).toString();
    const key =
      name === undefined ? '' : `${/^[A-Za-z_][\w.-]*$/.test(name) ? name : JSON.stringify(name)}: `;
    this.print(`${key}!secret |\n${armor.trimEnd().replaceAll(/^/gm, INDENT)}\n`);
  }
}

/** @throws HomelabError `usage/no-value` */
async function readValue(): Promise<Uint8Array> {
  if (process.stdin.isTTY) {
    const typed = await askHidden('Value');
    if (typed !== undefined) return typed.revealBytes();
    const hint = 'Type it, or give it on standard input.';
    throw new HomelabError({ code: 'usage/no-value', message: 'no value was given', hint });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const ending = bytes.at(-1) !== 0x0a ? 0 : bytes.at(-2) === 0x0d ? 2 : 1;
  return bytes.subarray(0, bytes.length - ending);
}
