import { execFile } from 'node:child_process';
import type { Login } from '../core/shell.js';
import type { Endpoint } from './endpoint.js';

interface AcceptedKey {
  /** A path, or what the agent calls the key. */
  readonly file: string;
  /** As sshkey_type() of OpenSSH names it, e.g. `ED25519` or `RSA-CERT`. */
  readonly name: string;
  readonly fingerprint: string;
}

type Key = NonNullable<Login['key']>;
type Environment = Readonly<Record<string, string | undefined>>;

const METHODS: readonly Login['method'][] = ['publickey', 'password', 'keyboard-interactive'];
const MOST_MS = 5000;

/** The line that says so, newer and older (OpenSSH 9.2, 8.4). */
const LOGGED_IN = /^Authenticated to .* using "([a-z-]+)"\.$|^debug1: Authentication succeeded \(([a-z-]+)\)/;

/** Whether a log has come to the login. */
export function tellsLogin(lines: readonly string[]): boolean {
  return lines.some((line) => LOGGED_IN.test(line));
}

/**
 * How the ssh program logged in, from what it said at LogLevel DEBUG1; undefined where it did not tell. Its log has no
 * length of a key: the programs beside it know that, of a file and of what an agent holds.
 */
export async function opensshLogin(
  lines: readonly string[],
  { user, port }: Pick<Endpoint, 'user' | 'port'>,
  env: Environment,
): Promise<Login | undefined> {
  const used = lines.map((line) => LOGGED_IN.exec(line)).findLast((match) => match !== null);
  const method = METHODS.find((name) => name === (used?.[1] ?? used?.[2]));
  if (method === undefined) return undefined;
  if (method !== 'publickey') return { user, method, port };
  const accepted = acceptedKey(lines);
  return { user, method, key: accepted && (await describe(accepted, env)), port };
}

function acceptedKey(lines: readonly string[]): AcceptedKey | undefined {
  const [, file = '', name = '', fingerprint = ''] =
    lines
      .map((line) => /^debug1: Server accepts key: (.*) ([A-Z0-9-]+) (SHA256:[A-Za-z0-9+/]+)/.exec(line))
      .findLast((match) => match !== null) ?? [];
  return fingerprint === '' ? undefined : { file, name, fingerprint };
}

async function describe(
  { file, name, fingerprint }: AcceptedKey,
  env: Environment,
): Promise<Key | undefined> {
  const plain = name.replace(/-CERT$/, '');
  const known = { ED25519: 'ssh-ed25519', 'ED25519-SK': 'sk-ssh-ed25519@openssh.com' }[plain];
  if (known !== undefined) return { type: known, bits: 256, fingerprint };
  const bits =
    (await bitsOf(fingerprint, 'ssh-keygen', { args: ['-l', '-f', file], env })) ??
    (await bitsOf(fingerprint, 'ssh-add', { args: ['-l'], env }));
  const type = bits === undefined ? undefined : typeOf(plain, bits);
  return bits === undefined || type === undefined ? undefined : { type, bits, fingerprint };
}

/** The length of the key with that fingerprint, as `BITS SHA256:… COMMENT (TYPE)` tells it; undefined where nothing does. */
function bitsOf(
  fingerprint: string,
  program: string,
  { args, env }: { readonly args: readonly string[]; readonly env: Environment },
): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: MOST_MS }, (_error, stdout) => {
      const line = stdout.split('\n').find((text) => text.split(' ')[1] === fingerprint);
      const bits = Number(line?.split(' ')[0]);
      resolve(Number.isInteger(bits) && bits > 0 ? bits : undefined);
    });
  });
}

function typeOf(name: string, bits: number): string | undefined {
  if (name === 'ECDSA') return `ecdsa-sha2-nistp${bits}`;
  return { RSA: 'ssh-rsa', DSA: 'ssh-dss', 'ECDSA-SK': 'sk-ecdsa-sha2-nistp256@openssh.com' }[name];
}
