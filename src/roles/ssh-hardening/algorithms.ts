import { isOlder } from '../../core/is-older.js';

/** An algorithm, and the OpenSSH it came with; undefined: before 8.2, which the role starts at. */
type Algorithm = readonly [name: string, since?: string];

/**
 * What is offered, the best first. Elliptic curves of NIST, SHA-1, CBC, encrypt-and-MAC and Diffie-Hellman in groups
 * are out: the last costs a server much and an attacker nothing (CVE-2002-20001), and whoever speaks it speaks
 * curve25519 as well. Each list holds some that ssh2 speaks, which has nothing post-quantum.
 * @see https://www.openssh.com/releasenotes.html
 */
const LISTS = {
  kex: [
    ['mlkem768x25519-sha256', '9.9'],
    ['sntrup761x25519-sha512', '9.9'],
    ['sntrup761x25519-sha512@openssh.com', '8.5'],
    ['curve25519-sha256'],
    ['curve25519-sha256@libssh.org'],
  ],
  ciphers: [
    ['chacha20-poly1305@openssh.com'],
    ['aes256-gcm@openssh.com'],
    ['aes128-gcm@openssh.com'],
    ['aes256-ctr'],
    ['aes192-ctr'],
    ['aes128-ctr'],
  ],
  macs: [['hmac-sha2-512-etm@openssh.com'], ['hmac-sha2-256-etm@openssh.com'], ['umac-128-etm@openssh.com']],
  hostKeys: [['ssh-ed25519'], ['rsa-sha2-512'], ['rsa-sha2-256']],
  userKeys: [
    ['ssh-ed25519'],
    ['ssh-ed25519-cert-v01@openssh.com'],
    ['sk-ssh-ed25519@openssh.com'],
    ['sk-ssh-ed25519-cert-v01@openssh.com'],
    ['rsa-sha2-512'],
    ['rsa-sha2-512-cert-v01@openssh.com'],
    ['rsa-sha2-256'],
    ['rsa-sha2-256-cert-v01@openssh.com'],
  ],
  authorities: [['ssh-ed25519'], ['sk-ssh-ed25519@openssh.com'], ['rsa-sha2-512'], ['rsa-sha2-256']],
} as const satisfies Readonly<Record<string, readonly Algorithm[]>>;

/** The algorithms of a sort that OpenSSH `version` knows, the best first. */
export function algorithmsOf(sort: keyof typeof LISTS, version: string): string[] {
  const list: readonly Algorithm[] = LISTS[sort];
  return list.filter(([, since = '0']) => !isOlder(version, since)).map(([name]) => name);
}
