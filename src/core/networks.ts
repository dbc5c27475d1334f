import { isIP } from 'node:net';

/** Addresses that share their first `prefixBits` bits. */
export interface Network {
  readonly family: 4 | 6;
  /** The first address, as a number. */
  readonly first: bigint;
  readonly prefixBits: number;
  /** As written. */
  readonly text: string;
}

const BITS = { 4: 32, 6: 128 } as const;

/** An address as a number, undefined where the text is none. An IPv6 scope (`%eth0`) is no part of it. */
export function addressNumber(text: string): { readonly family: 4 | 6; readonly value: bigint } | undefined {
  const address = text.replace(/%.*$/, '');
  const family = isIP(address);
  if (family === 4) return { family, value: parts(address.split('.').map(Number), 8n) };
  if (family !== 6) return undefined;
  const hex = address.replace(/[\d.]+$/, (tail) => (tail.includes('.') ? embedded(tail) : tail));
  const [head = '', tail] = hex.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return { family, value: parts([...before, ...zeros, ...after], 16n) };
}

/** The groups of a half of an IPv6 address. */
function groups(half: string): number[] {
  return half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16));
}

function parts(values: readonly number[], bits: bigint): bigint {
  return values.reduce((sum, value) => (sum << bits) + BigInt(value), 0n);
}

/** The IPv4 address at the end of an IPv6 one, as two groups. */
function embedded(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** An address or a network in CIDR notation; else why it is none. */
export function parseNetwork(text: string): Network | string {
  const [, address = '', digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const number = address.includes('%') ? undefined : addressNumber(address);
  if (number === undefined)
    return `${JSON.stringify(text)} is neither an address nor a network like 10.0.0.0/8`;
  const size = BITS[number.family];
  const prefixBits = digits === undefined ? size : Number(digits);
  if (prefixBits > size) return `${text} has a prefix longer than ${size} bits`;
  const hostBits = BigInt(size - prefixBits);
  if ((number.value >> hostBits) << hostBits !== number.value)
    return `${text} has bits set after its prefix: is ${address} alone meant, or the network it is in?`;
  return { family: number.family, first: number.value, prefixBits, text };
}

/** Whether every address of `inner` is one of `outer`. */
export function isWithin(inner: Network, outer: Network): boolean {
  if (inner.family !== outer.family || inner.prefixBits < outer.prefixBits) return false;
  const shift = BigInt(BITS[outer.family] - outer.prefixBits);
  return inner.first >> shift === outer.first >> shift;
}

/** The same addresses without a network that another one of them holds: nft takes no overlaps in a set. In order. */
export function withoutOverlaps(networks: readonly Network[]): Network[] {
  const kept: Network[] = [];
  for (const network of networks.toSorted(outerFirst)) {
    // Two networks are apart or one holds the other, so the last one kept is the only one that may.
    const last = kept.at(-1);
    if (last === undefined || !isWithin(network, last)) kept.push(network);
  }
  return kept;
}

function outerFirst(a: Network, b: Network): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.prefixBits - b.prefixBits;
}
