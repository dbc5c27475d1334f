import type { SourcePosition } from './errors.js';
import { Masked } from './secret.js';

/** First line of an age file as bytes, and of one as text (age-encryption.org/v1, RFC 7468). */
const BINARY_HEADER = 'age-encryption.org/v1\n';
const ARMOR_BEGIN = '-----BEGIN AGE ENCRYPTED FILE-----';
const ARMOR_END = '-----END AGE ENCRYPTED FILE-----';
const ARMOR = new RegExp(`^\\s*${ARMOR_BEGIN}\\r?\\n[A-Za-z0-9+/=\\r\\n]+\\n${ARMOR_END}\\s*$`);

/** How a file is encrypted with age: as text, as bytes, or not at all. Told by its beginning. */
export function ageFormOf(bytes: Uint8Array): 'armored' | 'binary' | undefined {
  const start = Buffer.from(bytes.subarray(0, 256)).toString('latin1');
  if (start.startsWith(BINARY_HEADER)) return 'binary';
  return start.trimStart().startsWith(ARMOR_BEGIN) ? 'armored' : undefined;
}

/** Whether `text` is an age file as text, from its first line to its last, and nothing else. */
export function isArmored(text: string): boolean {
  return ARMOR.test(text);
}

/** A value that is still encrypted, and the place where it is written. It prints as `***`, as what is in it does. */
export class Sealed extends Masked {
  /** An age file. */
  readonly ciphertext: Uint8Array;
  readonly source: SourcePosition;
  /** Set once it has been told that it cannot be opened: what follows from that is no news. */
  isTold = false;

  constructor(ciphertext: Uint8Array, source: SourcePosition) {
    super();
    this.ciphertext = ciphertext;
    this.source = source;
  }
}
