import type { NotDelivered } from './attempts.js';

/** What nodemailer throws, as far as it says more than a text that may hold an address. */
interface MailError {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
  /** Of the system or of OpenSSL, e.g. `ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly originalCode?: unknown;
  readonly cause?: { readonly code?: unknown } | undefined;
}

/** Reasons of a certificate that is not trusted (OpenSSL's X509_V_ERR_…, and node's own). */
const CERTIFICATE = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO|CA_|CRL/;

/** Why a mail was not taken, in words that hold nothing that a server has said but its number. */
export function mailFailure(thrown: unknown): NotDelivered {
  const failure = (thrown ?? {}) as MailError;
  const status = typeof failure.responseCode === 'number' ? failure.responseCode : undefined;
  const reason = [failure.originalCode, failure.cause?.code, failure.code].find(
    (code): code is string => typeof code === 'string' && /^[A-Z_0-9]{1,60}$/.test(code),
  );
  if (reason !== undefined && CERTIFICATE.test(reason))
    return { said: `its certificate is not trusted (${reason})`, isPassing: false };
  if (failure.command === 'STARTTLS' || failure.code === 'ETLS')
    return { said: `TLS could not be begun${inBrackets(status)}`, isPassing: isLater(status) };
  if (failure.code === 'EAUTH')
    return {
      said: `it refused the login${status === undefined ? '' : ` (${status})`}`,
      isPassing: isLater(status),
    };
  // A 4yz is "not now", a 5yz "never" (RFC 5321, 4.2.1).
  if (status !== undefined) return { said: `it answered with ${status}`, isPassing: isLater(status) };
  if (failure.code === 'ETIMEDOUT' || failure.code === 'EABORT')
    return { said: 'it did not answer in time', isPassing: true };
  return { said: `it could not be reached${inBrackets(reason)}`, isPassing: true };
}

function isLater(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500;
}

function inBrackets(detail: string | number | undefined): string {
  return detail === undefined ? '' : ` (${detail})`;
}
