import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { decodeText } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { ageFormOf, Sealed } from '../core/sealed.js';
import { readBytes } from '../yaml/parse-yaml.js';
import { findSecretScalars } from '../yaml/secret-scalars.js';
import type { SecretOpener } from './secret-opener.js';
import { showSecrets, type KnownValues } from './secret-text.js';

/** A file of the project as it lies on disk. */
export type SecretFile =
  | { readonly is: 'whole'; readonly form: 'armored' | 'binary'; readonly bytes: Uint8Array }
  | { readonly is: 'values'; readonly text: string }
  | { readonly is: 'plain'; readonly bytes: Uint8Array }
  | { readonly is: 'missing' };

/**
 * What is encrypted in the file at `path`: all of it, values of YAML, or nothing. `shown` is how errors name it.
 * @throws HomelabError `yaml/unreadable`
 */
export function readSecretFile(path: string, shown: string): SecretFile {
  if (!existsSync(path)) return { is: 'missing' };
  const bytes = readBytes(path, shown);
  const form = ageFormOf(bytes);
  if (form !== undefined) return { is: 'whole', form, bytes };
  const text = isYaml(path) ? decodeText(bytes) : undefined;
  return text === undefined || !hasSecrets(text, shown) ? { is: 'plain', bytes } : { is: 'values', text };
}

/** Whether a file's name says that it is YAML. */
export function isYaml(path: string): boolean {
  return ['.yml', '.yaml'].includes(extname(path));
}

function hasSecrets(text: string, shown: string): boolean {
  return text.includes('!secret') && findSecretScalars(text, shown).length > 0;
}

/** The plain text of a file, and the values in it that were encrypted one by one. */
export interface OpenFile {
  readonly bytes: Uint8Array;
  readonly known: KnownValues;
}

/** @throws HomelabError as {@link SecretOpener} does, `secret/not-encrypted`, `secret/missing-file` */
export async function openSecretFile(
  file: SecretFile,
  shown: string,
  opener: SecretOpener,
): Promise<OpenFile> {
  if (file.is === 'whole') {
    const sealed = new Sealed(file.bytes, { file: shown, line: 1, column: 1 });
    return { bytes: await opener.openBytes(sealed), known: new Map() };
  }
  if (file.is === 'values') {
    const { text, known } = await showSecrets(file.text, shown, opener);
    return { bytes: Buffer.from(text), known };
  }
  const isMissing = file.is === 'missing';
  throw new HomelabError({
    code: isMissing ? 'secret/missing-file' : 'secret/not-encrypted',
    message: isMissing ? `there is no file ${shown}` : `nothing in ${shown} is encrypted`,
    hint: isMissing
      ? `Make it with \`homelab secret edit ${shown}\`.`
      : `Encrypt it with \`homelab secret encrypt ${shown}\`.`,
  });
}
