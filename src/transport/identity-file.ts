import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { credentialPath } from '../core/credential-path.js';
import { HomelabError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import { hostKeyOf, parsePublicKey, type HostKey } from './known-hosts.js';

/** Asks a person; undefined where nobody is there or nothing was given. */
export type AskSecret = (question: string) => Promise<Secret | undefined>;

/** A private key file whose public half is known, so that a server can be asked for it before a passphrase is. */
export interface IdentityFile {
  readonly path: string;
  readonly publicKey: HostKey;
  /** Whether {@link IdentityFile.unlock} has still to ask for a passphrase. */
  readonly isLocked: boolean;
  /** The key itself; asks for a passphrase the first time where one is needed. @throws HomelabError `transport/bad-passphrase` */
  unlock(): Promise<ParsedKey>;
}

/** Reads private key files, each once in a run, and asks for each passphrase once. */
export class IdentityFiles {
  readonly #askSecret: AskSecret;
  readonly #files = new Map<string, Promise<IdentityFile | undefined>>();

  constructor(askSecret: AskSecret) {
    this.#askSecret = askSecret;
  }

  /**
   * The key in `path`; undefined where there is no such file.
   * @throws HomelabError `transport/bad-identity` where the file is there and is no private key that can be used
   */
  load(path: string): Promise<IdentityFile | undefined> {
    const file = this.#files.get(path) ?? this.#load(path);
    this.#files.set(path, file);
    return file;
  }

  async #load(path: string): Promise<IdentityFile | undefined> {
    const credential = credentialPath(path);
    const text = await readText(credential);
    const besideText = readText(`${path}.pub`);
    // Of a key that was handed over as a credential, the folder may be closed to us.
    const beside = parsePublicKey(
      (await (credential === path ? besideText : besideText.catch(() => ''))) ?? '',
    );
    if (text === undefined) return beside === undefined ? undefined : publicOnly(path, beside);
    const parsed = parsePrivate(text);
    if (!(parsed instanceof Error)) {
      const publicKey = hostKeyOf(parsed.getPublicSSH());
      if (publicKey === undefined) throw badIdentity(path, undefined);
      if (!parsed.isPrivateKey()) return publicOnly(path, publicKey);
      return { path, publicKey, isLocked: false, unlock: () => Promise.resolve(parsed) };
    }
    const publicKey = publicHalf(text) ?? beside;
    // The private half of an sk key is in a piece of hardware, which ssh2 cannot talk to.
    if (publicKey === undefined || publicKey.type.startsWith('sk-')) throw badIdentity(path, parsed);
    return new LockedIdentity(path, publicKey, () => this.#ask(path, text));
  }

  async #ask(path: string, text: string): Promise<ParsedKey> {
    const passphrase = await this.#askSecret(`Passphrase of ${path}`);
    const key = passphrase === undefined ? undefined : parsePrivate(text, passphrase.reveal());
    if (key !== undefined && !(key instanceof Error)) return key;
    throw new HomelabError({
      code: 'transport/bad-passphrase',
      message:
        key === undefined
          ? `${path} is encrypted and no passphrase was given`
          : `Wrong passphrase for ${path}`,
      hint: `Load the key into an agent first (ssh-add ${path}), or run on a terminal and type its passphrase.`,
    });
  }
}

class LockedIdentity implements IdentityFile {
  isLocked = true;
  #unlocked: Promise<ParsedKey> | undefined;

  constructor(
    readonly path: string,
    readonly publicKey: HostKey,
    readonly ask: () => Promise<ParsedKey>,
  ) {}

  unlock(): Promise<ParsedKey> {
    this.#unlocked ??= this.ask().finally(() => (this.isLocked = false));
    return this.#unlocked;
  }
}

/** A public key stands for its private half in an agent; without one there is nothing to sign with. */
function publicOnly(path: string, publicKey: HostKey): IdentityFile {
  return { path, publicKey, isLocked: false, unlock: () => Promise.reject(badIdentity(path, undefined)) };
}

function parsePrivate(text: string, passphrase?: string): ParsedKey | Error {
  // ssh2 answers with a list where a file holds several keys, which its types do not say; OpenSSH writes only one.
  const parsed: ParsedKey | readonly ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase);
  return Array.isArray(parsed) ? ((parsed as readonly ParsedKey[])[0] ?? new Error('no key')) : parsed;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw badIdentity(path, cause);
  }
}

/** The public key that an encrypted OpenSSH file shows in the clear (OpenSSH, PROTOCOL.key); undefined in other formats. */
function publicHalf(text: string): HostKey | undefined {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const next = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    const field = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return field;
  };
  // Cipher, key derivation and its options; then the number of keys, which is 1.
  next();
  next();
  next();
  at += 4;
  return hostKeyOf(next());
}

function badIdentity(path: string, cause: unknown): HomelabError {
  return new HomelabError({
    code: 'transport/bad-identity',
    message: `${path} is not a private key that can be used`,
    hint: 'It must be readable and an OpenSSH or PEM private key; for keys on hardware and certificates set transport: openssh for the host.',
    cause,
  });
}
