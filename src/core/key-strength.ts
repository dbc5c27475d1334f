import { createHash } from 'node:crypto';

/** A public key as `ssh-keygen -lf` tells it. */
export interface KeyFacts {
  /** As in the key itself, e.g. `ssh-ed25519`; of a certificate, that of the certified key. */
  readonly type: string;
  readonly bits: number;
  /** `SHA256:…` without padding; of a certificate, that of the certified key. */
  readonly fingerprint: string;
}

/** What a type's key consists of, after the type, each in the form `string` of RFC 4251, 5. */
interface Shape {
  readonly fields: number;
  /** Undefined where the fields are no such key. */
  readonly bits: (fields: readonly Buffer[]) => number | undefined;
}

const LEAST_RSA_BITS = 3072;
const CERTIFICATE = /-cert-v01@openssh\.com$/;

const ed25519 = ([key]: readonly Buffer[]): number | undefined => (key?.length === 32 ? 256 : undefined);
const curve =
  (bits: number) =>
  ([name]: readonly Buffer[]): number | undefined =>
    name?.toString('latin1') === `nistp${bits}` ? bits : undefined;

/** RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, and OpenSSH's PROTOCOL.u2f. */
const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['ssh-ed25519', { fields: 1, bits: ed25519 }],
  ['sk-ssh-ed25519@openssh.com', { fields: 2, bits: ed25519 }],
  ['ssh-rsa', { fields: 2, bits: ([, modulus]) => bitLength(modulus) }],
  ['ssh-dss', { fields: 4, bits: ([prime]) => bitLength(prime) }],
  ['ecdsa-sha2-nistp256', { fields: 2, bits: curve(256) }],
  ['ecdsa-sha2-nistp384', { fields: 2, bits: curve(384) }],
  ['ecdsa-sha2-nistp521', { fields: 2, bits: curve(521) }],
  ['sk-ecdsa-sha2-nistp256@openssh.com', { fields: 3, bits: curve(256) }],
]);

/** What the wire form of a public key or a certificate (OpenSSH's PROTOCOL.certkeys) holds; undefined where it is none. */
export function keyFacts(blob: Uint8Array): KeyFacts | undefined {
  const bytes = Buffer.from(blob);
  const named = fieldAt(bytes, 0)?.toString('latin1');
  if (named === undefined) return undefined;
  const isCertificate = CERTIFICATE.test(named);
  const type = certifiedType(named);
  const shape = SHAPES.get(type);
  if (shape === undefined) return undefined;
  // A nonce comes before the key of a certificate, and more than a key after it.
  const fields = fieldsAfter(bytes, 4 + named.length, shape.fields + (isCertificate ? 1 : 0));
  if (fields === undefined || (fields.end !== bytes.length && !isCertificate)) return undefined;
  const own = isCertificate ? fields.values.slice(1) : fields.values;
  const bits = shape.bits(own);
  if (bits === undefined) return undefined;
  const plain = Buffer.concat([Buffer.from(type, 'latin1'), ...own].flatMap(lengthAnd));
  const hash = createHash('sha256').update(plain).digest('base64');
  return { type, bits, fingerprint: `SHA256:${hash.replace(/=+$/, '')}` };
}

/** The key of `type base64 [comment]`, as a .pub file has it; undefined where that is none or its label lies. */
export function keyFactsOfLine(line: string): KeyFacts | undefined {
  const [label, base64 = ''] = line.trim().split(/\s+/);
  const bytes = Buffer.from(base64, 'base64');
  if (label === undefined || bytes.toString('base64') !== base64) return undefined;
  return fieldAt(bytes, 0)?.toString('latin1') === label ? keyFacts(bytes) : undefined;
}

/**
 * Why a hardened host (the role `ssh-hardening`) does not let a key in, as the rest of a sentence that begins with the
 * key's name; undefined: it does.
 */
export function keyWeakness({ type, bits }: Pick<KeyFacts, 'type' | 'bits'>): string | undefined {
  const plain = certifiedType(type);
  if (plain === 'ssh-ed25519' || plain === 'sk-ssh-ed25519@openssh.com') return undefined;
  if (plain === 'ssh-rsa')
    return bits >= LEAST_RSA_BITS
      ? undefined
      : `is an RSA key of ${bits} bits, and ${LEAST_RSA_BITS} are the least that a hardened host accepts`;
  if (plain === 'ssh-dss') return 'is a DSA key, which OpenSSH has given up';
  if (SHAPES.has(plain)) return 'is an ECDSA key, which a hardened host does not accept';
  return `is of a type that is not known here (${shortType(plain)})`;
}

/** What to do about a weak key. */
export const STRONG_KEY_HINT = 'Make another one: ssh-keygen -t ed25519';

function certifiedType(type: string): string {
  if (!CERTIFICATE.test(type)) return type;
  const plain = type.replace(CERTIFICATE, '');
  return plain.startsWith('sk-') ? `${plain}@openssh.com` : plain;
}

function shortType(type: string): string {
  return /^[\w@.-]{1,64}$/.test(type) ? type : 'unreadable';
}

function fieldAt(bytes: Buffer, at: number): Buffer | undefined {
  if (at + 4 > bytes.length) return undefined;
  const field = bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at));
  return field.length === bytes.readUInt32BE(at) ? field : undefined;
}

function fieldsAfter(
  bytes: Buffer,
  start: number,
  count: number,
): { readonly values: Buffer[]; readonly end: number } | undefined {
  const values: Buffer[] = [];
  let end = start;
  for (let index = 0; index < count; index += 1) {
    const field = fieldAt(bytes, end);
    if (field === undefined) return undefined;
    values.push(field);
    end += 4 + field.length;
  }
  return { values, end };
}

function lengthAnd(field: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return [length, field];
}

/** Of an mpint (RFC 4251, 5), which begins with a zero byte where its first bit is set; undefined of a negative one. */
function bitLength(mpint: Buffer | undefined): number | undefined {
  const start = mpint?.findIndex((byte) => byte !== 0) ?? -1;
  if (mpint === undefined || start === -1 || ((mpint[0] ?? 0) & 0x80) !== 0) return undefined;
  return (mpint.length - start - 1) * 8 + (32 - Math.clz32(mpint[start] ?? 0));
}
