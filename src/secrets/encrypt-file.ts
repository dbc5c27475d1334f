import { HomelabError } from '../core/errors.js';
import { encrypt } from './age-library.js';
import { replaceFile } from './replace-file.js';
import { readSecretFile } from './secret-file.js';
import { hideSecrets } from './secret-text.js';

export interface EncryptFileOptions {
  /** Absolute, and as errors name it. */
  readonly path: string;
  readonly shown: string;
  readonly recipients: readonly string[];
}

/**
 * Encrypts a file in its place: as a whole, or of YAML with `!secret` values those that are plain text.
 * @throws HomelabError `secret/missing-file`, `secret/encrypted-already`
 * @throws HomelabErrors `yaml/syntax`
 */
export async function encryptFile({ path, shown, recipients }: EncryptFileOptions): Promise<void> {
  const file = readSecretFile(path, shown);
  if (file.is === 'missing')
    throw new HomelabError({
      code: 'secret/missing-file',
      message: `there is no file ${shown}`,
      hint: 'Without a file a value is encrypted; a new file is made by `homelab secret edit`.',
    });
  if (file.is === 'plain') return replaceFile(path, await encrypt(file.bytes, recipients));
  if (file.is === 'values') {
    const seal = async (value: Uint8Array): Promise<string> =>
      Buffer.from(await encrypt(value, recipients)).toString();
    const sealed = await hideSecrets(file.text, shown, { known: new Map(), seal });
    if (sealed !== file.text) return replaceFile(path, Buffer.from(sealed));
  }
  throw new HomelabError({
    code: 'secret/encrypted-already',
    message:
      file.is === 'whole' ? `${shown} is encrypted already` : `the values of ${shown} are encrypted already`,
    hint: `Change it with \`homelab secret edit ${shown}\`.`,
  });
}
