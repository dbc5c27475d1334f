import { createHash, createHmac, scryptSync } from 'node:crypto';
import { Content } from './content.js';
import { Secret } from './secret.js';

/** What {@link Fingerprints} may be told about a value. */
export interface FingerprintOptions {
  /** The value must not be guessed from its fingerprint. */
  readonly isSecret?: boolean;
}

const BYTES = 16;
/** About 20 ms each: what a secret costs to be guessed. */
const SCRYPT = { N: 1 << 13, r: 8, p: 1 };

/**
 * Fingerprints of values, all under one salt: equal for equal values, and telling nothing about them. What is secret goes
 * through scrypt (RFC 7914), so that a short one cannot be found by trying.
 */
export class Fingerprints {
  readonly #salt: string;
  readonly #slow = new Map<string, string>();

  constructor(salt: string) {
    this.#salt = salt;
  }

  /** The fingerprint of plain data, secrets, contents and bytes, as hexadecimal digits. */
  of(value: unknown, { isSecret = false }: FingerprintOptions = {}): string {
    const text = canonical(value);
    if (isSecret || holdsSecret(value)) return this.#slowly(text);
    return createHmac('sha256', this.#salt)
      .update(text)
      .digest('hex')
      .slice(0, BYTES * 2);
  }

  #slowly(text: string): string {
    const known = this.#slow.get(text);
    if (known !== undefined) return known;
    const made = scryptSync(text, this.#salt, BYTES, SCRYPT).toString('hex');
    this.#slow.set(text, made);
    return made;
  }
}

function holdsSecret(value: unknown): boolean {
  if (value instanceof Secret || (value instanceof Content && value.isSecret)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret);
}

function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A value as a text that no other value has. Keys keep their order: schemas give the same one every time. */
function canonical(value: unknown): string {
  if (value instanceof Secret) return `secret(${sumOf(value.revealBytes())})`;
  if (value instanceof Content) return `content(${value.sha256})`;
  if (value instanceof Uint8Array) return `bytes(${sumOf(value)})`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return `${typeof value} ${JSON.stringify(value)}`;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
