import { X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { Sealed } from '../core/sealed.js';
import { Secret } from '../core/secret.js';

/** Text of the settings that may be encrypted: as written, or open. */
export type Written = string | Sealed | Secret;

/** The text of a value that is open, or was never encrypted. */
export function textOf(written: Written): string {
  if (typeof written === 'string') return written;
  return written instanceof Secret ? written.reveal() : '';
}

/** Text, or text that is encrypted: what is wrong with that shows once it is open. */
function confidential(isSound: (text: string) => boolean, message: string) {
  return z
    .union([z.string(), z.instanceof(Sealed), z.instanceof(Secret)])
    .refine((written: Written) => written instanceof Sealed || isSound(textOf(written)), message);
}

/** An address of HTTP. May be encrypted: who knows it can write there. */
export const urlSchema = confidential(
  (text) => /^https?:\/\/[^/\s]/i.test(text) && URL.canParse(text) && !/[\s\p{Cc}]/u.test(text),
  'has to begin with https:// or http:// and hold no blanks',
);

/** Of a header: what HTTP can hold, without blanks at its ends (RFC 9110, 5.5). May be encrypted. */
export const headerValueSchema = confidential(
  (text) => /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(text),
  'must be printable characters of ASCII on one line',
);

export const headerNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of a header');

/** Of a login: one line. May be encrypted. */
export const lineSchema = confidential(
  (text) => text !== '' && text.length <= 1000 && !/[\p{Cc}\u2028\u2029]/u.test(text),
  'must be one line without control characters',
);

/** A server's address without a path: `https://matrix.lan`. */
export const originSchema = z
  .string()
  .refine(
    (text) => /^https?:\/\//i.test(text) && URL.canParse(text) && isOrigin(new URL(text)),
    'has to be the address of a server without a path, e.g. https://matrix.lan',
  );

function isOrigin(url: URL): boolean {
  return url.href === `${url.origin}/`;
}

/** The id of a room of Matrix, without or with its server (specification, "Room IDs"). */
export const roomSchema = z
  .string()
  .max(255)
  .regex(/^![^\s\p{Cc}:]+(?::[A-Za-z0-9.[\]:-]+)?$/u, {
    error:
      'has to be the id of a room, which begins with !, not its alias: it is in the settings of the room',
  });

/** One address of mail and nothing else: no name, no list, no quotes (RFC 5321, Dot-string). */
export const mailAddressSchema = z
  .string()
  .max(254)
  .regex(
    /^[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
    'has to be an address of mail alone, e.g. me@house.lan',
  );

/** Certificates in PEM. */
export const certificatesSchema = z
  .string()
  .refine(areCertificates, 'has to be certificates in PEM: -----BEGIN CERTIFICATE----- and what follows');

function areCertificates(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.length > 0 && blocks.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
