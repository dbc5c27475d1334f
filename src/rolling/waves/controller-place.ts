import type { HostConfig, Inventory } from '../../core/host-config.js';
import { addressNumber } from '../../core/networks.js';
import { routeTo, type KernelRoute } from './kernel-routes.js';
import { nameList } from './name-list.js';
import type { ThisMachine } from './this-machine.js';
import type { ControllerPlace } from './topology-of.js';

/** What the owner says of it: names of the inventory. */
export interface ControllerSaid {
  readonly runsOn: { readonly text: string } | undefined;
  readonly needs: readonly { readonly text: string }[];
}

export interface ControllerOptions {
  readonly inventory: Inventory;
  readonly said: ControllerSaid;
  readonly machine: ThisMachine;
  /** Further addresses of a host, e.g. what ssh_config or DNS make of its name. Default: none. */
  readonly addressesOf?: ((host: string) => readonly string[]) | undefined;
}

/**
 * Which hosts of the inventory homelab itself needs, the first reason of each: this machine, what its owner names, and who
 * passes its packets on, to the world or to hosts. A gateway that is known by a link-local address alone has to be named.
 */
export function controllerPlace(options: ControllerOptions): ControllerPlace {
  const { inventory, said } = options;
  const hops = hopsOf(options);
  const hosts = [...inventory.hosts.values()];
  const found: [string, string][] = [
    ...hosts.flatMap((host) => selfEntry(host, options)),
    ...(said.runsOn === undefined
      ? []
      : [entry(said.runsOn.text, 'homelab runs on it, as homelab.yml says')]),
    ...said.needs.map(({ text }) => entry(text, 'homelab needs it, as homelab.yml says')),
    ...waysOut(options.machine, hops),
    ...waysToHosts(options, hops),
  ];
  const place = new Map<string, string>();
  for (const [name, why] of found) if (inventory.hosts.has(name) && !place.has(name)) place.set(name, why);
  return place;
}

function entry(name: string, why: string): [string, string] {
  return [name, why];
}

function selfEntry(host: HostConfig, { machine, addressesOf }: ControllerOptions): [string, string][] {
  if (host.transport === 'local') return [entry(host.name, 'homelab runs on it')];
  const own = new Set(machine.addresses.map(keyOf));
  const address = addressesOfHost(host, addressesOf).find(
    (one) => own.has(keyOf(one)) && !isForwarded(host, one),
  );
  if (address !== undefined)
    return [entry(host.name, `homelab runs on it: ${address} is an address of this machine`)];
  const isNamed = host.address === undefined || addressNumber(host.address) === undefined;
  const called = (host.address ?? host.name).toLowerCase().replace(/\.$/, '');
  const named = machine.hostname.toLowerCase();
  const isCalledSo = called === named || labelOf(called) === labelOf(named);
  return isNamed && isCalledSo
    ? [entry(host.name, 'homelab runs on it: it has the name of this machine')]
    : [];
}

function labelOf(name: string): string {
  return name.split('.')[0] ?? name;
}

/** A port of this machine that leads into another one, as those of virtual machines often do. */
function isForwarded({ port, via = [] }: HostConfig, address: string): boolean {
  const isLoopback = address.startsWith('127.') || address === '::1';
  return isLoopback && ((port !== undefined && port !== 22) || via.length > 0);
}

function addressesOfHost(
  { name, address }: HostConfig,
  addressesOf: ControllerOptions['addressesOf'],
): readonly string[] {
  return [...(address === undefined ? [] : [address]), ...(addressesOf?.(name) ?? [])];
}

/** The same for all ways in which an address may be written. */
function keyOf(address: string): string {
  const number = addressNumber(address);
  return number === undefined ? address.toLowerCase() : `${number.family} ${number.value}`;
}

/** Hosts by their addresses: who a next hop is. */
type Hops = ReadonlyMap<string, string>;

function hopsOf({ inventory, addressesOf }: ControllerOptions): Hops {
  const hosts = [...inventory.hosts.values()];
  // Of two that are reached by the same address the first counts, as everywhere.
  const entries = hosts.toReversed().flatMap((host) =>
    addressesOfHost(host, addressesOf)
      .filter(isNumber)
      .map((address) => [keyOf(address), host.name] as const),
  );
  return new Map(entries);
}

function hopOf(hops: Hops, { family, nextHop }: KernelRoute): string | undefined {
  return nextHop === undefined ? undefined : hops.get(`${family} ${nextHop}`);
}

function waysOut({ routes }: ThisMachine, hops: Hops): [string, string][] {
  const hosts = routes.flatMap((route) => (route.prefixBits === 0 ? (hopOf(hops, route) ?? []) : []));
  return hosts.map((host) => entry(host, 'it is the way out of this machine'));
}

/** Only hosts without a jump host are connected to from here. */
function waysToHosts(options: ControllerOptions, hops: Hops): [string, string][] {
  const { inventory, machine, addressesOf } = options;
  const reached = new Map<string, string[]>();
  for (const host of inventory.hosts.values()) {
    const [address] = (host.via ?? []).length > 0 ? [] : addressesOfHost(host, addressesOf).filter(isNumber);
    const route = address === undefined ? undefined : routeTo(address, machine.routes);
    const hop = route === undefined ? undefined : hopOf(hops, route);
    if (hop !== undefined && hop !== host.name) reached.set(hop, [...(reached.get(hop) ?? []), host.name]);
  }
  return [...reached].map(([hop, hosts]) =>
    entry(hop, `it is the way from this machine to ${nameList(hosts)}`),
  );
}

function isNumber(address: string): boolean {
  return addressNumber(address) !== undefined;
}
