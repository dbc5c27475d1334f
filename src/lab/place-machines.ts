import { isIPv6 } from 'node:net';
import { HomelabError } from '../core/errors.js';
import type { HostConfig } from '../core/host-config.js';
import { didYouMean } from '../core/nearest.js';
import { isUsableAddress, LIKE_A_MACHINE, networkOf, type AddressPool } from './ipv4.js';

/** Which address each host gets, and what was wrong with those that got none. */
export interface Placement {
  readonly addresses: ReadonlyMap<string, string>;
  readonly errors: readonly HomelabError[];
}

/** Where the setting `name` of the host was written. */
const placeOf = (host: HostConfig, name: string) => host.settings.get(name)?.source ?? host.source;

/** The jump host that dials `host`; empty: the controller does. */
const dialledBy = (host: HostConfig) => host.via?.at(-1) ?? '';

/**
 * An address for every host: the inventory's where it is an IPv4 literal, else a free one beside the hosts that are
 * reached the same way, else one on a network of the lab's own (10.88.N.0/24).
 */
export function placeMachines(hosts: readonly HostConfig[], pool: AddressPool): Placement {
  const addresses = new Map<string, string>();
  const errors: HomelabError[] = [];
  const networkBehind = new Map<string, string>();
  for (const host of hosts) {
    const error = jumpError(host, hosts) ?? addressError(host);
    if (error) errors.push(error);
    else if (host.address !== undefined && isUsableAddress(host.address)) {
      if (!pool.take(host.address)) errors.push(sharedAddress(host));
      addresses.set(host.name, host.address);
      const key = dialledBy(host);
      if (!networkBehind.has(key)) networkBehind.set(key, networkOf(host.address));
    }
  }
  const networks = new Set([...addresses.values()].map(networkOf));
  for (const host of hosts.filter(({ name }) => !addresses.has(name))) {
    const key = dialledBy(host);
    const network = networkBehind.get(key) ?? unusedNetwork(networks);
    networkBehind.set(key, network);
    const address = pool.takeFree(network, LIKE_A_MACHINE);
    if (address === undefined) errors.push(fullNetwork(network));
    else addresses.set(host.name, address);
  }
  return { addresses, errors };
}

function unusedNetwork(networks: Set<string>): string {
  let number = 0;
  while (networks.has(`10.88.${number}.0/24`)) number++;
  networks.add(`10.88.${number}.0/24`);
  return `10.88.${number}.0/24`;
}

function jumpError(host: HostConfig, hosts: readonly HostConfig[]): HomelabError | undefined {
  const names = hosts.map(({ name }) => name);
  const missing = host.via?.find((name) => !names.includes(name));
  if (missing === undefined) return undefined;
  return new HomelabError({
    code: 'lab/unknown-jump-host',
    message: `The lab has no machine ${JSON.stringify(missing)} to reach ${host.name} through`,
    hint:
      didYouMean(missing, names) ?? 'A jump host must be a host of the inventory that is reached over SSH.',
    host: host.name,
    source: placeOf(host, 'via'),
  });
}

function addressError(host: HostConfig): HomelabError | undefined {
  const { address } = host;
  const isNumeric = address !== undefined && (/^[0-9.]+$/.test(address) || isIPv6(address));
  if (!isNumeric || isUsableAddress(address)) return undefined;
  return new HomelabError({
    code: 'lab/unusable-address',
    message: `The lab cannot give ${host.name} the address ${address}`,
    hint: 'It plays IPv4 networks of 254 addresses: use an IPv4 address that does not end in 0 or 255, or a name.',
    host: host.name,
    source: placeOf(host, 'address'),
  });
}

function sharedAddress(host: HostConfig): HomelabError {
  return new HomelabError({
    code: 'lab/shared-address',
    message: `Another host has the address ${host.address} of ${host.name}`,
    hint: 'In the lab every host is a machine with an address of its own.',
    host: host.name,
    source: placeOf(host, 'address'),
  });
}

/** `lab/full-network`: nothing is left on `network` for a machine or for the lab's own equipment. */
export function fullNetwork(network: string): HomelabError {
  return new HomelabError({
    code: 'lab/full-network',
    message: `No address is free on ${network}`,
    hint: 'The lab needs one for itself and one for each jump host on every network. Take a host out of it.',
  });
}
