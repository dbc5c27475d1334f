import { createHash, createHmac } from 'node:crypto';

/** One public key as hosts and files name it. */
export interface HostKey {
  /** As the key itself says, e.g. `ssh-ed25519`. */
  readonly type: string;
  /** The wire form (RFC 4253, 6.6). */
  readonly blob: Buffer;
}

export interface KnownHostEntry {
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** The first field, as written: patterns or one hashed name. */
  readonly names: string;
  readonly key: HostKey;
  readonly file: string;
  readonly line: number;
}

/** The key in `blob`, or undefined where it does not begin with its type as RFC 4253 wants it. */
export function hostKeyOf(blob: Buffer): HostKey | undefined {
  if (blob.length < 8) return undefined;
  const length = blob.readUInt32BE(0);
  const type = blob.toString('latin1', 4, 4 + length);
  return length > 64 || !/^[a-z0-9@.-]+$/.test(type) || blob.length <= 4 + length
    ? undefined
    : { type, blob };
}

/** The key of `ssh-ed25519 AAAA… comment`, or undefined where that is none or its label lies. */
export function parsePublicKey(text: string): HostKey | undefined {
  const [label, base64 = ''] = text.trim().split(/\s+/);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = hostKeyOf(Buffer.from(base64, 'base64'));
  return key !== undefined && key.type === label ? key : undefined;
}

/** As OpenSSH shows it: `SHA256:…` without padding. */
export function fingerprint(key: HostKey): string {
  return `SHA256:${createHash('sha256').update(key.blob).digest('base64').replace(/=+$/, '')}`;
}

/** The name a host has in known_hosts: its address alone on port 22, else `[address]:port`. Lower case, as sshd(8) compares. */
export function knownHostName(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** The entries of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Lines that make no sense are left out. */
export function parseKnownHosts(text: string, file: string): KnownHostEntry[] {
  return text.split('\n').flatMap((line, index) => {
    const fields = line.trim().split(/\s+/);
    if (fields[0] === '' || fields[0]?.startsWith('#')) return [];
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
    const [names = '', label = '', base64 = ''] = fields;
    const key = parsePublicKey(`${label} ${base64}`);
    if (key === undefined || (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority'))
      return [];
    return [{ marker: marker?.slice(1) as KnownHostEntry['marker'], names, key, file, line: index + 1 }];
  });
}

/** Whether an entry's names hold `name`, which is as {@link knownHostName} gives it. A negated match wins. */
export function matchesName(names: string, name: string): boolean {
  if (names.startsWith('|')) return matchesHash(names, name);
  const patterns = names.toLowerCase().split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name)))
    return false;
  return patterns.some((pattern) => matchesPattern(pattern, name));
}

/** `|1|base64 salt|base64 HMAC-SHA1(salt, name)`: hides which hosts a file knows. */
function matchesHash(names: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = names.split('|');
  if (version !== '1') return false;
  return createHmac('sha1', Buffer.from(salt, 'base64'))
    .update(name)
    .digest()
    .equals(Buffer.from(hash, 'base64'));
}

/** `*` is any text, `?` any one character, everything else itself; `[` is not special. */
function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern
    .replaceAll(/\*+/g, '*')
    .replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}
