import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HomelabError } from '../core/errors.js';
import {
  fingerprint,
  matchesName,
  parseKnownHosts,
  type HostKey,
  type KnownHostEntry,
} from './known-hosts.js';

/** Whose key is looked at. */
export interface CheckedHost {
  readonly name: string;
  /** As {@link knownHostName} gives it. */
  readonly knownAs: string;
  /** Its names at its other ports: by the inventory that is the same machine. */
  readonly alsoKnownAs?: readonly string[] | undefined;
  /** Keys the inventory gives for the host; where there are any, they alone decide. */
  readonly pinned: readonly HostKey[];
  /** Further known_hosts files that ssh_config names for this host. */
  readonly files: readonly string[];
}

/** A key that counts for a host, and where it was written. */
export interface KnownKey {
  readonly key: HostKey;
  /** `FILE:LINE`, or `host_key of the inventory`. */
  readonly where: string;
}

export interface KnownKeys {
  /** Keys of the first source that knows the host at all: a nearer source is not weakened by a farther one. */
  readonly accepted: readonly KnownKey[];
  /** Whether that source knows them for another port of the host only. */
  readonly isByOtherPort: boolean;
  /** Of every source: what one calls revoked no other can bring back. */
  readonly revoked: readonly KnownKey[];
  /** Certificate authorities of every source that may vouch for the host, by its name with or without the port. */
  readonly authorities: readonly KnownKey[];
}

type Source = Pick<KnownKeys, 'accepted' | 'isByOtherPort' | 'revoked'>;

export interface HostKeyFiles {
  /** The project's own file: read first, and the only one written to. */
  readonly project: string;
  /** The user's and the machine's files, in the order they count. A file that is not there knows nobody. */
  readonly others: readonly string[];
}

/** Knows which keys count for which host, from the inventory and the known_hosts files. Each file is read once. */
export class HostKeyStore {
  readonly #files: HostKeyFiles;
  readonly #entries = new Map<string, Promise<readonly KnownHostEntry[]>>();
  #pins: Promise<unknown> = Promise.resolve();

  constructor(files: HostKeyFiles) {
    this.#files = files;
  }

  /** What is known about `host`. @throws HomelabError `transport/unreadable-known-hosts` */
  async lookUp(host: CheckedHost): Promise<KnownKeys> {
    const files = [...new Set([this.#files.project, ...host.files, ...this.#files.others])];
    const otherNames = host.alsoKnownAs ?? [];
    const sources = await Promise.all(files.map((file) => this.#source(file, host.knownAs, otherNames)));
    const pinned = host.pinned.map((key) => ({ key, where: 'host_key of the inventory' }));
    const [first] = [{ accepted: pinned, isByOtherPort: false }, ...sources].filter(
      ({ accepted }) => accepted.length > 0,
    );
    const authorities = [host.knownAs, ...otherNames].map((name) => this.#authorities(files, name));
    return {
      accepted: first?.accepted ?? [],
      isByOtherPort: first?.isByOtherPort ?? false,
      revoked: sources.flatMap(({ revoked }) => revoked),
      authorities: [...new Set((await Promise.all(authorities)).flat())].map(toKnown),
    };
  }

  /** What one file says of a host. Where it knows the host by its own name, what it says of the other ports is not asked. */
  async #source(file: string, name: string, otherNames: readonly string[]): Promise<Source> {
    const own = await this.#matching(file, name);
    const others = (await Promise.all(otherNames.map((other) => this.#matching(file, other)))).flat();
    const isByOtherPort = !own.some(isPlain);
    return {
      accepted: (isByOtherPort ? others : own).filter(isPlain).map(toKnown),
      isByOtherPort,
      revoked: [...new Set([...own, ...others])].filter(({ marker }) => marker === 'revoked').map(toKnown),
    };
  }

  /**
   * Writes the keys that are not there yet to the project's file, as whole lines in one append.
   * @returns how many were new
   * @throws HomelabError `transport/host-key-changed` where the file knows another key of the same type
   */
  pin(host: Pick<CheckedHost, 'name' | 'knownAs'>, keys: readonly HostKey[]): Promise<number> {
    const pinned = this.#pins.then(() => this.#pin(host, keys));
    this.#pins = pinned.catch(() => undefined);
    return pinned;
  }

  async #pin(
    { name, knownAs }: Pick<CheckedHost, 'name' | 'knownAs'>,
    keys: readonly HostKey[],
  ): Promise<number> {
    // Somebody else may have written to it since.
    this.#entries.delete(this.#files.project);
    const known = (await this.#matching(this.#files.project, knownAs)).filter(
      (entry) => entry.marker === undefined,
    );
    const fresh = keys.filter((key) => !known.some((entry) => entry.key.blob.equals(key.blob)));
    const other = known.find((entry) => fresh.some((key) => key.type === entry.key.type));
    if (other !== undefined)
      throw new HomelabError({
        code: 'transport/host-key-changed',
        host: name,
        message: `${other.file}:${other.line} holds another ${other.key.type} key for ${knownAs}: ${fingerprint(other.key)}`,
        hint: 'If the machine is really new, remove that line and try again.',
      });
    if (fresh.length > 0)
      await appendLines(
        this.#files.project,
        fresh.map((key) => knownHostLine(knownAs, key)),
      );
    this.#entries.delete(this.#files.project);
    return fresh.length;
  }

  /** OpenSSH looks for authorities without the port too: `@cert-authority *.lan` stands for every port. */
  async #authorities(files: readonly string[], knownAs: string): Promise<KnownHostEntry[]> {
    const bare = /^\[(.*)\]:\d+$/.exec(knownAs)?.[1];
    const names = bare === undefined ? [knownAs] : [knownAs, bare];
    const found = await Promise.all(
      files.map((file) => Promise.all(names.map((name) => this.#matching(file, name)))),
    );
    return [...new Set(found.flat(2))].filter((entry) => entry.marker === 'cert-authority');
  }

  async #matching(file: string, name: string): Promise<KnownHostEntry[]> {
    const entries = this.#entries.get(file) ?? readEntries(file);
    this.#entries.set(file, entries);
    return (await entries).filter((entry) => matchesName(entry.names, name));
  }
}

/** One line for a known_hosts file. */
export function knownHostLine(knownAs: string, { type, blob }: HostKey): string {
  return `${knownAs} ${type} ${blob.toString('base64')}`;
}

function isPlain({ marker }: KnownHostEntry): boolean {
  return marker === undefined;
}

function toKnown({ key, file, line }: KnownHostEntry): KnownKey {
  return { key, where: `${file}:${line}` };
}

async function readEntries(file: string): Promise<readonly KnownHostEntry[]> {
  try {
    return parseKnownHosts(await readFile(file, 'utf8'), file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    // Not to be read is not the same as empty: a revoked key might be in it.
    throw new HomelabError({
      code: 'transport/unreadable-known-hosts',
      message: `Cannot read ${file} (${code ?? 'unknown reason'})`,
      hint: 'Make the file readable: it decides which host keys are trusted.',
      cause,
    });
  }
}

/** One write(2) at the end of the file (O_APPEND), so two writers never mix their lines. */
async function appendLines(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a+', 0o644);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const isOpenLine = size > 0 && last.toString() !== '\n';
    await handle.write(`${isOpenLine ? '\n' : ''}${lines.join('\n')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
