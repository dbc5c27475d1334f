import { isIPv4 } from 'node:net';

/** The /24 that holds `address`, as `10.0.1.0/24`. The lab knows no other size: it is what a home network has. */
export function networkOf(address: string): string {
  return `${prefixOf(address)}.0/24`;
}

/** The first three numbers of an address or a /24: `10.0.1`. */
function prefixOf(addressOrCidr: string): string {
  return addressOrCidr.split('.').slice(0, 3).join('.');
}

/** Whether one machine can have this address: an IPv4 literal, not loopback, multicast, or the ends of its /24. */
export function isUsableAddress(address: string): boolean {
  if (!isIPv4(address)) return false;
  const [first = 0, , , last = 0] = address.split('.').map(Number);
  return first > 0 && first < 224 && first !== 127 && last > 0 && last < 255;
}

/** Hands out addresses of many /24 networks, none twice. */
export class AddressPool {
  readonly #taken = new Set<string>();

  /** Marks an address as used. Returns false when it was already. */
  take(address: string): boolean {
    if (this.#taken.has(address)) return false;
    this.#taken.add(address);
    return true;
  }

  /** The first free address of `cidr` with a last number among `candidates`, now taken; undefined: none is free. */
  takeFree(cidr: string, candidates: Iterable<number>): string | undefined {
    for (const last of candidates) {
      const address = `${prefixOf(cidr)}.${last}`;
      if (this.take(address)) return address;
    }
    return undefined;
  }
}

/** 254, 253, … 1: where a network keeps its own equipment. */
export const FROM_THE_TOP: readonly number[] = Array.from({ length: 254 }, (_, index) => 254 - index);

/** 1 first, as a router would have, then from the top. */
export const LIKE_A_ROUTER: readonly number[] = [1, ...FROM_THE_TOP];

/** 10, 11, … 254, then 9 … 1: where machines without an address of their own go. */
export const LIKE_A_MACHINE: readonly number[] = [
  ...Array.from({ length: 245 }, (_, index) => index + 10),
  9,
  8,
  7,
  6,
  5,
  4,
  3,
  2,
  1,
];
