import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeText } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { parseSource } from '../yaml/parse-yaml.js';
import { encrypt } from './age-library.js';
import type { PrivateFolder } from './private-folder.js';
import { replaceFile } from './replace-file.js';
import { isYaml, openSecretFile, readSecretFile, type SecretFile } from './secret-file.js';
import type { SecretOpener } from './secret-opener.js';
import { hideSecrets, type KnownValues } from './secret-text.js';

export interface EditOptions {
  /** Absolute, and as errors name it. */
  readonly path: string;
  readonly shown: string;
  readonly file: SecretFile;
  readonly opener: SecretOpener;
  readonly recipients: readonly string[];
  /** In memory: where the plain text lies meanwhile. */
  readonly folder: PrivateFolder;
  /** Lets a person change a file; resolves once it is done. */
  readonly edit: (file: string) => Promise<void>;
  /** Tells a person what is wrong with the text. Whether to edit again. */
  readonly isTriedAgain: (error: HomelabError) => Promise<boolean>;
}

/** How an edit ended. `kept`: what was written is in another file, encrypted. */
export type Edited =
  | { readonly is: 'unchanged' }
  | { readonly is: 'changed' }
  | { readonly is: 'kept'; readonly file: string; readonly because: 'mistake' | 'changed-meanwhile' };

/**
 * Lets a person edit the plain text of a file and encrypts it again. Values that did not change keep their age files. A
 * file that does not exist becomes one that is encrypted as a whole.
 */
export async function editSecretFile(options: EditOptions): Promise<Edited> {
  const { path, shown, file, opener, folder } = options;
  const { bytes: before, known } = await openForEditing(file, shown, opener);
  const scratch = join(folder.path, basename(path));
  writeFileSync(scratch, before, { mode: 0o600, flag: 'wx' });
  for (;;) {
    await options.edit(scratch);
    const after = readEdited(scratch, shown);
    const isUnchanged = after.equals(before);
    if (isUnchanged && file.is !== 'values') return { is: 'unchanged' };
    try {
      const sealed = await sealEdited(
        options,
        isUnchanged && file.is === 'values' ? Buffer.from(file.text) : after,
        known,
      );
      if (file.is === 'values' && sealed.equals(Buffer.from(file.text))) return { is: 'unchanged' };
      if (!isAsOpened(path, shown, file)) return keepAside(options, after, 'changed-meanwhile');
      replaceFile(path, sealed);
      return { is: 'changed' };
    } catch (thrown) {
      if (!(thrown instanceof HomelabError)) throw thrown;
      if (await options.isTriedAgain(thrown)) continue;
      return keepAside(options, after, 'mistake');
    }
  }
}

async function openForEditing(file: SecretFile, shown: string, opener: SecretOpener) {
  if (file.is === 'missing') return { bytes: new Uint8Array(), known: new Map() as KnownValues };
  if (file.is === 'plain' && isYaml(shown)) return { bytes: file.bytes, known: new Map() as KnownValues };
  return openSecretFile(file, shown, opener);
}

/** The edited text as it goes to disk. @throws HomelabErrors `yaml/syntax`, `secret/not-text` */
async function sealEdited(
  { file, shown, recipients }: EditOptions,
  edited: Uint8Array,
  known: KnownValues,
): Promise<Buffer> {
  const isInParts = file.is === 'values' || file.is === 'plain';
  const text = isYaml(shown) || isInParts ? decodeText(edited) : '';
  if (text === undefined)
    throw new HomelabError({ code: 'secret/not-text', message: `${shown} is not UTF-8 text any more` });
  if (isYaml(shown)) parseSource(text, shown, 'open');
  if (!isInParts) {
    const form = file.is === 'whole' ? file.form : 'armored';
    return Buffer.from(await encrypt(edited, recipients, form));
  }
  const seal = async (value: Uint8Array): Promise<string> =>
    Buffer.from(await encrypt(value, recipients)).toString();
  return Buffer.from(await hideSecrets(text, shown, { known, seal }));
}

/** @throws HomelabError `secret/editor-failed` */
function readEdited(scratch: string, shown: string): Buffer {
  try {
    return readFileSync(scratch);
  } catch (cause) {
    throw new HomelabError({
      code: 'secret/editor-failed',
      message: `the editor has left no text of ${shown}; nothing was changed`,
      hint: 'To empty a file, delete its text. To be rid of it, remove the file itself.',
      cause,
    });
  }
}

/** Whether nobody else has changed the file meanwhile: what they wrote would be lost. */
function isAsOpened(path: string, shown: string, file: SecretFile): boolean {
  const now = readSecretFile(path, shown);
  if (now.is !== file.is) return false;
  if (now.is === 'missing' || file.is === 'missing') return true;
  return contentOf(now).equals(contentOf(file));
}

function contentOf(file: Exclude<SecretFile, { is: 'missing' }>): Buffer {
  return Buffer.from(file.is === 'values' ? file.text : file.bytes);
}

async function keepAside(
  { path, shown, recipients }: EditOptions,
  edited: Uint8Array,
  because: 'mistake' | 'changed-meanwhile',
): Promise<Edited> {
  let ending = '.edited.age';
  for (let count = 2; existsSync(path + ending); count++) ending = `.edited-${count}.age`;
  replaceFile(path + ending, await encrypt(edited, recipients));
  return { is: 'kept', file: shown + ending, because };
}
