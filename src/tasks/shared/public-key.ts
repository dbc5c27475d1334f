import { createHash } from 'node:crypto';
import * as z from 'zod';

/** A key as a line of authorized_keys, sshd(8), has it. */
export interface AuthorizedKey {
  /** As written, e.g. `from="10.0.0.0/8",restrict`; empty: none. */
  readonly options: string;
  /** E.g. `ssh-ed25519`. */
  readonly type: string;
  /** The key itself, base64. */
  readonly blob: string;
  /** Empty: none. */
  readonly comment: string;
  /** `SHA256:…` of the key itself, as ssh-keygen(1) prints it. */
  readonly fingerprint: string;
}

/** Options up to the first space that is not between quotes; a quote in quotes is escaped. */
const OPTIONS = /^(?:"(?:[^"\\]|\\.)*"|[^\s"])+/;
const KEY = /^([a-z0-9][a-z0-9@.-]*)[ \t]+([A-Za-z0-9+/]{16,}={0,2})(?:[ \t]+(.*))?$/;

/** The key of a line, or, as a text, why there is none. The line is no comment. */
export function parseKey(line: string): AuthorizedKey | string {
  const text = line.trim();
  if (/-----BEGIN|PRIVATE KEY/.test(text)) return 'is a private key: give what the file with .pub holds';
  const bare = KEY.exec(text);
  const [options = ''] = bare === null ? (OPTIONS.exec(text) ?? []) : [];
  const [, type, blob, comment = ''] = bare ?? KEY.exec(text.slice(options.length).trimStart()) ?? [];
  if (type === undefined || blob === undefined) return 'is no public key: `type base64 comment`, in one line';
  const problem = blobProblem(type, Buffer.from(blob, 'base64'), blob);
  if (problem !== undefined) return problem;
  return { options, type, blob, comment: comment.trim(), fingerprint: fingerprintOf(blob) };
}

function fingerprintOf(blob: string): string {
  const hash = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

/** RFC 4253, 6.6: a key is its type and numbers, each after its length in four bytes. */
function blobProblem(type: string, bytes: Buffer, blob: string): string | undefined {
  if (bytes.toString('base64') !== blob) return 'is damaged: it is not base64';
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    const part = bytes.subarray(at + 4, at + 4 + size);
    // A certificate has numbers without a length in it: only its type is looked at.
    if (part.length !== size) return 'is cut off: a part of it is missing';
    parts.push(part);
    if (type.includes('-cert-')) break;
    at += 4 + size;
  }
  const named = parts[0]?.toString('latin1') ?? '';
  if (named !== type) return `says ${type}, and is ${/^[\w@.-]+$/.test(named) ? named : 'something else'}`;
  return parts.length < 2 && !type.includes('-cert-') ? 'is cut off: a part of it is missing' : undefined;
}

/** The line of a key. */
export function keyLine({ options, type, blob, comment }: AuthorizedKey): string {
  return [options, type, blob, comment].filter((part) => part !== '').join(' ');
}

/** A key without what cannot be read by eye: what is shown, and compared. */
export function keyText({ options, type, comment }: AuthorizedKey): string {
  return [options, type, comment].filter((part) => part !== '').join(' ');
}

function keyLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Keys as a list of lines, or as one text with a line each; empty lines and comments are left out. */
export const publicKeysSchema = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (typeof given === 'string' ? [given] : given).flatMap(keyLines))
  .transform((lines, context) => {
    const keys: AuthorizedKey[] = [];
    for (const line of lines) {
      const key = /[\p{Cc}\uFFFD]/u.test(line.replaceAll('\t', ' '))
        ? 'holds control characters'
        : parseKey(line);
      const complain = (message: string): void =>
        context.addIssue({ code: 'custom', message: `\`${shortened(line)}\` ${message}` });
      if (typeof key === 'string') complain(key);
      else if (keys.some(({ fingerprint }) => fingerprint === key.fingerprint)) complain('is there twice');
      else keys.push(key);
    }
    if (lines.length === 0)
      context.addIssue({
        code: 'custom',
        message: 'names no key: to lock somebody out, use `user` with `locked`',
      });
    return keys;
  });

/** Never a whole line: it may be a private key. */
function shortened(line: string): string {
  return line.length <= 24 ? line : `${line.slice(0, 24)}…`;
}

/** Options for keys, sshd(8). */
export const keyOptionsSchema = z
  .string()
  .refine((options) => !/[\p{Cc}\uFFFD]/u.test(options), 'must be one line without control characters')
  .refine(
    (options) => OPTIONS.exec(options)?.[0] === options,
    'must be like `from="10.0.0.0/8",no-pty`: commas between them, spaces only between quotes',
  );
