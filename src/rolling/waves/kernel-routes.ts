import { addressNumber } from '../../core/networks.js';

/** A route of this machine through another one. */
export interface KernelRoute {
  readonly family: 4 | 6;
  /** The first address of what it leads to, as a number. */
  readonly first: bigint;
  /** 0: the default route. */
  readonly prefixBits: number;
  /** Who passes it on, as a number; undefined: it is on the link itself. */
  readonly nextHop: bigint | undefined;
  readonly metric: number;
}

/** Flags of `linux/route.h`: it is in use; it refuses. */
const UP = 0x1;
const REJECT = 0x200;

/**
 * The routes in `/proc/net/route`, as proc_net(5) tells it. Its addresses are numbers in the machine's own byte order.
 * Lines that are not understood are left out.
 */
export function parseRoutes(text: string, order: 'LE' | 'BE'): KernelRoute[] {
  const addressOf = (hex: string) => {
    const bytes = Buffer.from(hex, 'hex');
    return order === 'LE' ? bytes.readUInt32LE(0) : bytes.readUInt32BE(0);
  };
  return text.split('\n').flatMap((line): KernelRoute[] => {
    const [, to = '', through = '', flags = '', , , metric = '', mask = ''] = line.trim().split(/\s+/);
    if (![to, through, mask].every((hex) => /^[0-9A-F]{8}$/i.test(hex)) || !isUsed(flags)) return [];
    const nextHop = addressOf(through);
    return [
      {
        family: 4,
        first: BigInt(addressOf(to)),
        prefixBits: onesOf(addressOf(mask)),
        nextHop: nextHop === 0 ? undefined : BigInt(nextHop),
        metric: Number.parseInt(metric, 10) || 0,
      },
    ];
  });
}

/** The routes in `/proc/net/ipv6_route`: hexadecimal numbers in network order. Lines that are not understood are left out. */
export function parseRoutes6(text: string): KernelRoute[] {
  return text.split('\n').flatMap((line): KernelRoute[] => {
    const [to = '', bits = '', , , through = '', metric = '', , , flags = ''] = line.trim().split(/\s+/);
    const isWhole = [to, through].every((hex) => /^[0-9a-f]{32}$/i.test(hex)) && /^[0-9a-f]{2}$/i.test(bits);
    if (!isWhole || !isUsed(flags)) return [];
    const nextHop = BigInt(`0x${through}`);
    return [
      {
        family: 6,
        first: BigInt(`0x${to}`),
        prefixBits: Number.parseInt(bits, 16),
        nextHop: nextHop === 0n ? undefined : nextHop,
        metric: Number.parseInt(metric, 16) || 0,
      },
    ];
  });
}

/** The route that a packet to an address takes: the narrowest, then the cheapest. Undefined: none leads there. */
export function routeTo(address: string, routes: readonly KernelRoute[]): KernelRoute | undefined {
  const number = addressNumber(address);
  if (number === undefined) return undefined;
  const size = number.family === 4 ? 32 : 128;
  const leads = ({ family, first, prefixBits }: KernelRoute) => {
    const rest = BigInt(size - prefixBits);
    return family === number.family && first >> rest === number.value >> rest;
  };
  return routes
    .filter(leads)
    .toSorted((a, b) => b.prefixBits - a.prefixBits || a.metric - b.metric)
    .at(0);
}

function isUsed(flags: string): boolean {
  const bits = Number.parseInt(flags, 16);
  return (bits & UP) !== 0 && (bits & REJECT) === 0;
}

function onesOf(mask: number): number {
  return mask.toString(2).replaceAll('0', '').length;
}
