import { createHash } from 'node:crypto';
import { MASK, Secret } from './secret.js';

/** A body on its way to a host: text, bytes, or a secret. */
export type Body = string | Uint8Array | Secret;

/** The bytes of a body. Only the edge that writes to a host may call this: it opens secrets. */
export function bodyBytes(body: Body): Uint8Array {
  if (body instanceof Secret) return body.revealBytes();
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
}

/**
 * What a file holds, as a value that can be compared and shown: equal when the SHA-256 is equal.
 * `text` is there when the bytes are known, are UTF-8 and may be shown. Of a secret content not even the sum is shown:
 * a short one could be guessed by it.
 */
export class Content {
  readonly sha256: string;
  readonly text: string | undefined;
  readonly isSecret: boolean;

  constructor(sha256: string, text?: string, isSecret = false) {
    this.sha256 = sha256;
    this.text = text;
    this.isSecret = isSecret;
  }

  /** A content that is not shown in any form. */
  static secret(sha256: string): Content {
    return new Content(sha256, undefined, true);
  }

  static of(body: Body): Content {
    const bytes = bodyBytes(body);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return body instanceof Secret ? Content.secret(sha256) : new Content(sha256, decodeText(bytes));
  }

  equals(other: Content): boolean {
    return this.sha256 === other.sha256;
  }

  toJSON(): string {
    return this.isSecret ? MASK : `sha256:${this.sha256}`;
  }
}

/** The text that `bytes` hold, or undefined where they are not UTF-8 text (a NUL counts as binary). */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
