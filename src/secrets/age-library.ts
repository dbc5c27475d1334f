import { ageFormOf } from '../core/sealed.js';

/** Loaded when the first thing is encrypted or opened: most runs of the program need none of it. */
const load = () => import('age-encryption');

/** A key pair: the identity opens what was encrypted for the recipient. */
export interface KeyPair {
  /** `AGE-SECRET-KEY-1…`. */
  readonly identity: string;
  /** `age1…`, which everybody may see. */
  readonly recipient: string;
}

/** A new key pair (X25519). */
export async function generateKeyPair(): Promise<KeyPair> {
  const age = await load();
  const identity = await age.generateX25519Identity();
  return { identity, recipient: await age.identityToRecipient(identity) };
}

/** The public half of an identity. Rejects where it is none. */
export async function recipientOf(identity: string): Promise<string> {
  return (await load()).identityToRecipient(identity);
}

/** Whether `text` is a recipient that something can be encrypted for. */
export async function isRecipient(text: string): Promise<boolean> {
  const { Encrypter } = await load();
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether `text` is an identity that something can be opened with: its checksum is right. */
export async function isIdentity(text: string): Promise<boolean> {
  const { Decrypter } = await load();
  try {
    new Decrypter().addIdentity(text);
    return true;
  } catch {
    return false;
  }
}

/** `plaintext` as an age file for every one of `recipients`, as text or as bytes. */
export async function encrypt(
  plaintext: Uint8Array,
  recipients: readonly string[],
  form: 'armored' | 'binary' = 'armored',
): Promise<Uint8Array> {
  const { Encrypter, armor } = await load();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const bytes = await encrypter.encrypt(plaintext);
  return form === 'binary' ? bytes : Buffer.from(armor.encode(bytes));
}

/** What opens an age file: identities, or the passphrase it was encrypted with. */
export type Key = { readonly identities: readonly string[] } | { readonly passphrase: string };

/** The plaintext of an age file, as text or as bytes. Rejects where the key does not fit or the file is damaged. */
export async function decrypt(file: Uint8Array, key: Key): Promise<Uint8Array> {
  const { Decrypter, armor } = await load();
  const decrypter = new Decrypter();
  if ('passphrase' in key) decrypter.addPassphrase(key.passphrase);
  else for (const identity of key.identities) decrypter.addIdentity(identity);
  const isText = ageFormOf(file) === 'armored';
  return decrypter.decrypt(isText ? armor.decode(Buffer.from(file).toString('latin1')) : file);
}
