import { join } from 'node:path';
import { HomelabError, HomelabErrors } from '../core/errors.js';
import { encrypt } from './age-library.js';
import { projectFiles } from './find-encrypted.js';
import { replaceFile } from './replace-file.js';
import { openSecretFile, readSecretFile, type SecretFile } from './secret-file.js';
import type { SecretOpener } from './secret-opener.js';
import { resealSecrets } from './secret-text.js';

/** What became of one file. */
export interface RekeyedFile {
  /** Relative to the project. */
  readonly file: string;
  /** Values in it that are encrypted; undefined: it is as a whole. */
  readonly values: number | undefined;
  /** Why it was left as it is; none: it is encrypted anew. */
  readonly errors: readonly HomelabError[];
}

export interface RekeyOptions {
  readonly projectDir: string;
  /** Absolute paths of files that are no part of it, though encrypted: identities. */
  readonly except: readonly string[];
  readonly opener: SecretOpener;
  readonly recipients: readonly string[];
  /** Only open everything, and change nothing. */
  readonly isCheck: boolean;
}

/** Encrypts everything of a project anew, for other recipients. A file is written once all of it could be, or not at all. */
export async function rekeyProject(options: RekeyOptions): Promise<RekeyedFile[]> {
  const done: RekeyedFile[] = [];
  for (const file of projectFiles(options.projectDir, options.except)) {
    const result = await rekeyFile(file, options);
    if (result !== undefined) done.push(result);
  }
  return done;
}

/** Undefined where nothing in the file is encrypted. */
async function rekeyFile(file: string, options: RekeyOptions): Promise<RekeyedFile | undefined> {
  const path = join(options.projectDir, file);
  try {
    const found = readSecretFile(path, file);
    if (found.is !== 'whole' && found.is !== 'values') return undefined;
    const { bytes, values } = await resealed(found, file, options);
    if (values === 0) return undefined;
    if (!options.isCheck) replaceFile(path, bytes);
    return { file, values, errors: [] };
  } catch (thrown) {
    if (!(thrown instanceof HomelabError)) throw thrown;
    const errors = thrown instanceof HomelabErrors ? thrown.errors : [thrown];
    return { file, values: undefined, errors };
  }
}

async function resealed(
  found: Extract<SecretFile, { is: 'whole' | 'values' }>,
  file: string,
  { opener, recipients }: RekeyOptions,
): Promise<{ readonly bytes: Uint8Array; readonly values: number | undefined }> {
  if (found.is === 'whole') {
    const { bytes } = await openSecretFile(found, file, opener);
    return { bytes: await encrypt(bytes, recipients, found.form), values: undefined };
  }
  const seal = async (value: Uint8Array): Promise<string> =>
    Buffer.from(await encrypt(value, recipients)).toString();
  const { text, count } = await resealSecrets(found.text, file, { opener, seal });
  return { bytes: Buffer.from(text), values: count };
}
