import { isIPv4, isIPv6 } from 'node:net';

/** Longest name the DNS can hold, in its text form (RFC 1035, 2.3.4). */
const LONGEST_NAME = 253;

/**
 * What is wrong with a text that reaches a program's arguments or a screen; undefined: it is not empty, one line, and
 * no option in disguise.
 */
export function wordProblem(text: string): string | undefined {
  if (text === '') return 'must not be empty';
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text))
    return 'must be one line without control characters';
  if (/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/.test(text)) return 'holds invisible characters';
  return text.startsWith('-') ? 'must not begin with a dash' : undefined;
}

/** What is wrong with an address; undefined: it is an IPv4 or IPv6 address (with zone) or a DNS name. */
export function addressProblem(text: string): string | undefined {
  const problem = wordProblem(text);
  if (problem !== undefined) return problem;
  if (/\s/.test(text)) return 'must not hold spaces';
  if (isIPv4(text)) return undefined;
  if (text.includes(':')) return ipv6Problem(text);
  if (text.includes('@')) return 'the account belongs under `user`';
  if (/^[0-9.]+$/.test(text)) return 'is no IPv4 address';
  if (!/^[\x20-\x7e]*$/.test(text)) return 'write names outside of ASCII in their xn-- form';
  const label = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
  const isName = text.length <= LONGEST_NAME && new RegExp(`^${label}(\\.${label})*\\.?$`).test(text);
  return isName ? undefined : 'is neither an address nor a DNS name';
}

function ipv6Problem(text: string): string | undefined {
  if (/^\[.*\]$/.test(text)) return 'write the IPv6 address without brackets';
  if (/^[^:]*:[0-9]+$/.test(text)) return 'the port belongs under `port`';
  const [address = '', zone, ...rest] = text.split('%');
  const hasGoodZone = zone === undefined || (rest.length === 0 && /^[A-Za-z0-9_.-]{1,15}$/.test(zone));
  return isIPv6(address) && hasGoodZone ? undefined : 'is no IPv6 address';
}

/** Two addresses that reach the same machine are the same text in this form. */
export function normalAddress(text: string): string {
  const [address = '', zone] = text.split('%');
  // The colon first: the pattern behind isIPv6 takes five milliseconds to be made.
  if (!address.includes(':') || !isIPv6(address)) return text.toLowerCase().replace(/\.$/, '');
  // The URL standard writes an IPv6 address in its one shortest form (RFC 5952).
  const shortest = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  return zone === undefined ? shortest : `${shortest}%${zone}`;
}

/** What is wrong with an account's name: useradd(8), plus capitals, `.` and `@` as directories have them. */
export function accountProblem(text: string): string | undefined {
  const problem = wordProblem(text);
  if (problem !== undefined) return problem;
  const isName = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\$?$/.test(text);
  return isName ? undefined : 'is no account name: letters, digits, dots, dashes, underscores and @';
}

/** What is wrong with the name of a private key's file. */
export function identityProblem(text: string): string | undefined {
  if (isPrivateKey(text)) return 'takes the name of a file; a private key does not belong here';
  return wordProblem(text);
}

/** Whether a text holds a private key, or begins to. */
function isPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File/.test(text);
}

const KEY_TYPES =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)$/;

/**
 * What is wrong with a public host key; undefined: `TYPE BASE64 [COMMENT]`, the type inside the key being the same
 * (RFC 4253, 6.6). The key itself is never repeated.
 */
export function hostKeyProblem(text: string): string | undefined {
  if (isPrivateKey(text)) return 'this is a private key; the public one is wanted (its .pub file)';
  if (/^(SHA256|MD5):/.test(text)) return 'this is a fingerprint; the whole public key is wanted';
  const [type = '', body = ''] = text.trim().split(/[ \t]+/);
  if (/[\r\n\0]/.test(text.trim())) return 'a public key is one line';
  if (!KEY_TYPES.test(type))
    return 'must be a public key: ssh-ed25519 AAAA…, ssh-rsa AAAA… or ecdsa-sha2-… AAAA…';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body)) return 'the key behind its type is not base64';
  const bytes = Buffer.from(body, 'base64');
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  const inner = bytes.subarray(4, 4 + length).toString('latin1');
  if (inner !== type || bytes.length < 4 + length + 32) return `is cut short or no ${type} key`;
  return undefined;
}
