import { HomelabError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { NixExpression } from './nix-expression.js';

/** What Nix can hold: what JSON can, whole numbers of 64 bits, and expressions. */
export type NixValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | NixExpression
  | readonly NixValue[]
  | { readonly [name: string]: NixValue | undefined };

/** Whole numbers of Nix have 64 bits. */
const LARGEST = 2n ** 63n - 1n;
/** C's DBL_MIN: what is smaller Nix does not read. */
const SMALLEST_FRACTION = 2.2250738585072014e-308;

const KEYWORDS = new Set([
  'if',
  'then',
  'else',
  'assert',
  'with',
  'let',
  'in',
  'rec',
  'inherit',
  'or',
  '__curPos',
]);

const WIDTH = 100;

/**
 * Text of one expression that Nix reads as exactly this value, a value more of a list or a set on a line of its own where
 * they are long. Members that are undefined are left out; a mapping `{ _nix: TEXT }` is an expression. `indent`: of the lines after the first.
 * @throws HomelabError `render/cannot-encode` for what Nix cannot hold, `render/secret-in-store` for a secret
 * @see https://nix.dev/manual/nix/latest/language/syntax
 */
export function nixText(value: unknown, indent = ''): string {
  if (typeof value === 'string') return nixString(value);
  if (typeof value === 'number' || typeof value === 'bigint') return numberText(value);
  if (typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (value instanceof Secret) throw secretInStore();
  const expression = NixExpression.from(value);
  if (expression !== undefined) return expression.operand;
  if (Array.isArray(value)) return listText(value, indent);
  if (typeof value === 'object' && isPlain(value)) return setText(Object.entries(value), indent);
  throw refuse(`Nix cannot hold a value of the sort ${typeof value}`);
}

/**
 * The text between the quotes of a string is the manual's: backslash, quote, `${` and what a line cannot show are escaped.
 * @throws HomelabError `render/cannot-encode` for NUL, and for half of a surrogate pair
 */
export function nixString(text: string): string {
  if (text.includes('\0')) throw refuse('a string of Nix cannot hold a NUL');
  if (/\p{Surrogate}/u.test(text))
    throw refuse('a string of Nix is UTF-8, and this one has half of a character');
  const escaped = text
    .replaceAll(/["\\]/g, '\\$&')
    .replaceAll(/\$(?=\{)/g, '\\$$')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** A name in a set, quoted where Nix asks for it. @throws HomelabError `render/cannot-encode` */
export function nixName(name: string): string {
  return /^[A-Za-z_][\w'-]*$/.test(name) && !KEYWORDS.has(name) ? name : nixString(name);
}

/** The lines of a set's members, without its braces. @throws HomelabError as {@link nixText} */
export function nixMembers(members: Readonly<Record<string, unknown>>, indent: string): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${indent}${nixName(name)} = ${nixText(value, indent)};\n`)
    .join('');
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function numberText(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isInteger(value)) return wholeText(value);
  if (!Number.isFinite(value)) throw refuse(`Nix has no number ${value}`);
  if (Math.abs(value) < SMALLEST_FRACTION) throw refuse(`Nix does not read the number ${value}`);
  const [digits = '', exponent] = String(Math.abs(value)).split('e');
  const text = `${digits.includes('.') ? digits : `${digits}.0`}${exponent === undefined ? '' : `e${exponent}`}`;
  return value < 0 ? `(-${text})` : text;
}

/** A sign is an operator: in a list it needs parentheses, and the smallest number is one that no digits give. */
function wholeText(value: number | bigint): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw refuse(`the whole number ${value} is not exact here`);
  const whole = BigInt(value);
  if (whole > LARGEST || whole < -LARGEST - 1n)
    throw refuse(`whole numbers of Nix have 64 bits: ${whole} has more`);
  if (whole === -LARGEST - 1n) return `(-${LARGEST} - 1)`;
  return whole < 0n ? `(${whole})` : String(whole);
}

function listText(values: readonly unknown[], indent: string): string {
  if (values.length === 0) return '[ ]';
  const inner = `${indent}  `;
  const texts = values.map((value) => nixText(value, inner));
  const line = `[ ${texts.join(' ')} ]`;
  if (!line.includes('\n') && indent.length + line.length <= WIDTH) return line;
  return `[\n${texts.map((text) => `${inner}${text}\n`).join('')}${indent}]`;
}

function setText(entries: readonly (readonly [string, unknown])[], indent: string): string {
  const members = nixMembers(Object.fromEntries(entries), `${indent}  `);
  return members === '' ? '{ }' : `{\n${members}${indent}}`;
}

function refuse(message: string): HomelabError {
  return new HomelabError({
    code: 'render/cannot-encode',
    message,
    hint: 'Write what Nix is to work out as an expression: `{ _nix: "…" }`.',
  });
}

function secretInStore(): HomelabError {
  return new HomelabError({
    code: 'render/secret-in-store',
    message: 'a module of NixOS would hold a secret, and everybody on the host can read the Nix store',
    hint: 'Write the secret into a file of its own with `file`, mode 0400, and let an option name that file.',
  });
}
