import { readFile, writeFile } from 'node:fs/promises';
import type { Endpoint } from './endpoint.js';
import { keepForPort, type HostKeyPolicy } from './host-key-check.js';
import { knownHostLine, type HostKeyStore, type KnownKeys } from './host-key-store.js';
import { shownKey } from './openssh-failure.js';
import { fingerprint, parseKnownHosts, type HostKey } from './known-hosts.js';

/** What ssh is told about a server's keys. */
export interface KnownHostsFile {
  readonly known: KnownKeys;
  /** Whether ssh may add a key to the file: only where nothing at all is known. */
  readonly isNewAccepted: boolean;
}

/**
 * Writes the known_hosts file for one host: what the inventory and the files say of it, weighed here as for ssh2, so that
 * ssh cannot come to another answer. @throws HomelabError `transport/unreadable-known-hosts`
 */
export async function writeKnownHosts(
  endpoint: Endpoint,
  { store, acceptNew }: HostKeyPolicy,
  file: string,
): Promise<KnownHostsFile> {
  const found = await store.lookUp(endpoint);
  // Where the inventory names keys, nobody else's word counts.
  const known = endpoint.pinned.length > 0 ? { ...found, authorities: [] } : found;
  const line = ({ key }: { key: HostKey }): string => knownHostLine(endpoint.knownAs, key);
  const lines = [
    ...known.revoked.map((entry) => `@revoked ${line(entry)}`),
    ...known.accepted.map(line),
    ...known.authorities.map((entry) => `@cert-authority ${line(entry)}`),
  ];
  await writeFile(file, lines.map((text) => `${text}\n`).join(''), { mode: 0o600 });
  return { known, isNewAccepted: acceptNew && known.accepted.length + known.authorities.length === 0 };
}

/** The keys in such a file that are no authority's and not revoked. */
export async function keysIn(file: string): Promise<HostKey[]> {
  const entries = parseKnownHosts(await readFile(file, 'utf8'), file);
  return entries.filter((entry) => entry.marker === undefined).map((entry) => entry.key);
}

/** Pins the key that a server has shown, as its log tells, and that another port of the host is known by. */
export async function keepShownKey(
  endpoint: Endpoint,
  store: HostKeyStore,
  { lines, known }: { readonly lines: readonly string[]; readonly known: KnownKeys },
): Promise<void> {
  const shown = shownKey(lines)?.fingerprint;
  const entry = known.accepted.find(({ key }) => fingerprint(key) === shown);
  if (entry !== undefined) await keepForPort(endpoint, entry.key, store);
}

/** Pins what ssh has added to the file. @throws HomelabError `transport/host-key-changed` */
export async function keepNewKeys(endpoint: Endpoint, store: HostKeyStore, file: string): Promise<void> {
  const keys = await keysIn(file);
  if (keys.length > 0) await store.pin(endpoint, keys);
}
