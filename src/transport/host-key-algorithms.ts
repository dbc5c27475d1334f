import type { ServerHostKeyAlgorithm } from 'ssh2';

/** Each family of keys: its types, and the names ssh2 has for signing with them. No SHA-1. */
const FAMILIES: readonly (readonly (readonly [type: string, ...names: ServerHostKeyAlgorithm[]])[])[] = [
  [['ssh-ed25519', 'ssh-ed25519']],
  [
    ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
    ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
    ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
  ],
  [['ssh-rsa', 'rsa-sha2-512', 'rsa-sha2-256']],
];

/**
 * What to offer to a server some of whose keys are known, by their types: those come first, since a server that has
 * them would by another type look like a changed one.
 */
export function algorithmsFor(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const all = FAMILIES.flat();
  const known = all.filter(([type]) => knownTypes.includes(type));
  const others = all.filter(([type]) => !knownTypes.includes(type));
  return [...known, ...others].flatMap(([, ...names]) => names);
}

/** The same, apart for each family: a server shows one key of each when asked for one family at a time. */
export function algorithmsByFamily(): ServerHostKeyAlgorithm[][] {
  return FAMILIES.map((family) => family.flatMap(([, ...names]) => names));
}
