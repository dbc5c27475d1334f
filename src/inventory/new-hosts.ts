import { isIP } from 'node:net';
import { HomelabError } from '../core/errors.js';
import type { HostConfig, Inventory } from '../core/host-config.js';
import { didYouMean } from '../core/nearest.js';
import { accountProblem, addressProblem, normalAddress } from './host-values.js';
import { nameProblem } from './names.js';

/** A host that an inventory is to have. What is undefined is not written. */
export interface NewHost {
  readonly name: string;
  readonly address: string | undefined;
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** As a person gives it: nearest to us first. */
  readonly via: readonly string[] | undefined;
}

/** Hosts as a person names them, some of them new. */
export interface HostWish {
  /** Patterns of hosts, addresses and DNS names. */
  readonly words: readonly string[];
  /** Names for the addresses among them, in their order. */
  readonly names: readonly string[];
  /** What is said of all of them. */
  readonly said: Pick<NewHost, 'user' | 'port' | 'via'>;
}

/** Which hosts are meant: by patterns of the inventory, and new ones. */
export interface MeantHosts {
  readonly patterns: readonly string[];
  readonly fresh: readonly NewHost[];
}

/**
 * Tells hosts of the inventory from new ones. An address that a host of the inventory has means that host.
 * @throws HomelabError `usage/…` for a name that is missing, taken or none, for what is no address, for what contradicts
 *   the inventory, and for jump hosts that it does not have
 */
export function meantHosts(inventory: Inventory, { words, names, said }: HostWish): MeantHosts {
  checkSaid(inventory, said);
  if (words.some((word) => word.trim() === ''))
    throw usage(
      'address',
      'a host is named by an empty word',
      'Give a name of the inventory, an address or a DNS name.',
    );
  const all = words.flatMap((word) => word.split(',')).filter((word) => word !== '');
  const patterns = all.filter((word) => isPattern(inventory, word));
  const addresses = all.filter((word) => !isPattern(inventory, word));
  if (names.length > addresses.length)
    throw usage(
      'name',
      `--name ${names[addresses.length]} is one name too many`,
      'It names a host that is given by its address.',
    );
  const fresh: NewHost[] = [];
  for (const [index, address] of addresses.entries()) {
    const known = hostAt(inventory, address, said.port);
    if (known === undefined) fresh.push(newHost(inventory, address, { name: names[index], said }));
    else patterns.push(nameOf(known, address, names[index]));
  }
  checkApart(fresh);
  return { patterns, fresh };
}

/** @throws HomelabError `usage/…` where two new hosts have one name or one address: all of them have one port */
function checkApart(fresh: readonly NewHost[]): void {
  const addressOf = ({ name, address }: NewHost): string => normalAddress(address ?? name);
  for (const [index, host] of fresh.entries()) {
    const earlier = fresh.slice(0, index);
    if (earlier.some(({ name }) => name === host.name))
      throw usage('name', `two hosts are to be called "${host.name}"`, 'Give each a name of its own.');
    if (earlier.some((one) => addressOf(one) === addressOf(host)))
      throw usage('address', `${shown(host.address ?? host.name)} is named twice`, 'Name each host once.');
  }
}

/** Refuses what was said of hosts that the inventory has and that it does not say. @throws HomelabError `usage/already-there` */
export function checkUnchanged(hosts: readonly HostConfig[], said: HostWish['said']): void {
  for (const host of hosts) {
    const written = { user: host.user, port: host.port ?? 22, via: host.via?.at(-1) };
    const wanted = { user: said.user, port: said.port, via: said.via?.at(-1) };
    for (const key of ['user', 'port', 'via'] as const) {
      const isSame = key === 'port' && host.otherPorts.some((port) => port === wanted.port);
      if (wanted[key] === undefined || wanted[key] === written[key] || isSame) continue;
      throw usage(
        'already-there',
        `"${host.name}" is in the inventory already, with ${key} ${written[key] ?? 'unsaid'} and not ${wanted[key]}`,
        `Leave out --${key}, or correct the host at ${host.source.file}:${host.source.line}.`,
      );
    }
  }
}

function checkSaid(inventory: Inventory, { user, via = [] }: HostWish['said']): void {
  const problem = user === undefined ? undefined : accountProblem(user);
  if (problem !== undefined) throw usage('user', `--user: ${problem}`, 'Give the account to log in as.');
  const unknown = via.find((name) => !inventory.hosts.has(name));
  if (unknown === undefined) return;
  const hint = didYouMean(unknown, inventory.hosts.keys()) ?? 'Adopt the jump host first.';
  throw usage('unknown-host', `--via ${shown(unknown)} is no host of the inventory`, hint);
}

function isPattern({ hosts, groups }: Inventory, word: string): boolean {
  return word === 'all' || /^!|[*?[\]]/.test(word) || hosts.has(word) || groups.has(word);
}

function hostAt(inventory: Inventory, address: string, port: number | undefined): HostConfig | undefined {
  const found = [...inventory.hosts.values()].filter(
    (host) =>
      host.address !== undefined &&
      normalAddress(host.address) === normalAddress(address) &&
      (port === undefined || [host.port ?? 22, ...host.otherPorts].includes(port)),
  );
  const [one, other] = found;
  if (other === undefined) return one;
  const list = found.map(({ name }) => name).join(', ');
  throw usage(
    'address',
    `${shown(address)} is the address of several hosts: ${list}`,
    'Name the one that is meant.',
  );
}

function nameOf({ name }: HostConfig, address: string, wanted: string | undefined): string {
  if (wanted === undefined || wanted === name) return name;
  throw usage(
    'already-there',
    `${shown(address)} is in the inventory already, as "${name}" and not "${wanted}"`,
    `Leave out --name, or rename the host in the inventory.`,
  );
}

function newHost(
  { hosts, groups }: Inventory,
  word: string,
  { name: wanted, said }: { readonly name: string | undefined; readonly said: HostWish['said'] },
): NewHost {
  const problem = addressProblem(word);
  if (problem !== undefined) {
    const hint =
      didYouMean(word, hosts.keys()) ??
      'Give a name of the inventory, an address or a DNS name; --user and --port for the rest.';
    throw usage('address', `"${shown(word)}" is no host of the inventory, and no address: ${problem}`, hint);
  }
  if (wanted === undefined && isIP(word.replace(/%.*$/, '')) !== 0)
    throw usage('name', `the new host ${word} has no name`, `Give it one: --name pi3`);
  const name = wanted ?? word;
  const misnamed = nameProblem(name);
  if (misnamed !== undefined) throw usage('name', `--name: ${misnamed.message}`, misnamed.hint);
  const kind = hosts.has(name) ? 'host' : 'group';
  if (hosts.has(name) || groups.has(name))
    throw usage('name', `the inventory has a ${kind} "${name}" already`, 'Choose another name.');
  return { name, address: name === word ? undefined : word, ...said };
}

function shown(word: string): string {
  return word.slice(0, 80);
}

function usage(what: string, message: string, hint: string): HomelabError {
  return new HomelabError({ code: `usage/${what}`, message, hint });
}
