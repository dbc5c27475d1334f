import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';

/** Addresses of this computer and of home networks (RFC 1918, 3927, 4193, 4291, 6598). */
const NEARBY = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  NEARBY.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  NEARBY.addSubnet(network, prefix, 'ipv6');

/** Whether `address` (a literal) is on this computer or on a network at home. */
export function isNearby(address: string): boolean {
  return NEARBY.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** Whether the destination is an address written out that a lab must not reach. Names are checked when looked up. */
export function isForbiddenLiteral(hostname: string): boolean {
  const address = hostname.replaceAll(/^\[|\]$/g, '');
  return isIP(address) !== 0 && isNearby(address);
}

/**
 * Looks names up for the proxy. A rehearsal plays real machines' names and addresses and must never reach the real
 * ones: a name that means a nearby address fails with `EACCES`, unless it is among `trusted` (this computer's mirrors).
 */
export function guardedLookup(trusted: readonly string[]): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const allowed = trusted.includes(hostname)
        ? (addresses ?? [])
        : (addresses ?? []).filter(({ address }) => !isNearby(address));
      const [first] = allowed;
      const failure = error ?? (first ? null : forbidden(hostname));
      if (failure || !first) callback(failure, '', 0);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function forbidden(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is a machine nearby, which the lab must not reach`), {
    code: 'EACCES',
  });
}
