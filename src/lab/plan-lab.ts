import { HomelabError, HomelabErrors } from '../core/errors.js';
import type { HostConfig, Inventory } from '../core/host-config.js';
import { didYouMean } from '../core/nearest.js';
import { AddressPool, FROM_THE_TOP, LIKE_A_ROUTER, networkOf } from './ipv4.js';
import type { LabInterface, LabMachine, LabNetwork, LabPlan } from './lab-plan.js';
import { fullNetwork, placeMachines } from './place-machines.js';

/** Who logs in where the inventory does not say. */
const DEFAULT_USER = 'admin';

/**
 * The lab that plays `inventory`. Every /24 among the addresses is a network; a machine is on the network of its
 * address and, as a jump host, on those of the hosts it dials; the controller is on the networks of the hosts that are
 * dialled directly. Hosts with the `local` transport are the computer itself and get no machine.
 * `suites`: releases of single machines, codename by host.
 * @throws HomelabErrors `lab/no-hosts`, `lab/unknown-host`, `lab/unknown-jump-host`, `lab/unusable-address`,
 * `lab/shared-address`, `lab/full-network`
 */
export function planLab(inventory: Inventory, suites: ReadonlyMap<string, string> = new Map()): LabPlan {
  const hosts = [...inventory.hosts.values()].filter(({ transport }) => transport !== 'local');
  if (hosts.length === 0) throw new HomelabErrors([noHosts(inventory)]);
  for (const name of suites.keys())
    if (!hosts.some((host) => host.name === name)) throw new HomelabErrors([unknownHost(name, hosts)]);
  const pool = new AddressPool();
  const { addresses, errors } = placeMachines(hosts, pool);
  if (errors.length > 0) throw new HomelabErrors(errors);

  const wiring = new Wiring(pool);
  for (const host of hosts) wiring.connect(host.name, addressIn(addresses, host.name));
  // Every hop of a chain is dialled by the hop before it, the first one by the controller.
  const chains = hosts.map((host) => [...(host.via ?? []), host.name]);
  for (const chain of chains)
    chain.forEach((name, index) => wiring.reach(chain[index - 1], networkOf(addressIn(addresses, name))));

  const hostnames = uniqueHostnames(hosts);
  const machines = hosts.map((host) => ({
    ...machineOf(host, hostnames, wiring),
    ...suiteOf(suites.get(host.name)),
  }));
  const isDirect = new Set(chains.map((chain) => chain[0]));
  const outer = new Set(wiring.interfacesOf(undefined).map(({ network }) => network));
  return {
    networks: wiring.networks(outer),
    machines,
    controller: {
      interfaces: wiring.interfacesOf(undefined),
      unreachable: machines
        .filter(({ host }) => !isDirect.has(host))
        .flatMap(({ interfaces }) => interfaces.filter(({ network }) => outer.has(network)))
        .map(({ address }) => address),
      identityFiles: identityFiles(hosts),
    },
    names: hosts.flatMap((host) => namesOf(host, addressIn(addresses, host.name))),
    notes: hosts.flatMap(notesOn),
  };
}

/** Who has which interface where. The controller is the one without a name. */
class Wiring {
  readonly #pool: AddressPool;
  readonly #interfaces = new Map<string | undefined, LabInterface[]>();

  constructor(pool: AddressPool) {
    this.#pool = pool;
  }

  interfacesOf(name: string | undefined): readonly LabInterface[] {
    return this.#interfaces.get(name) ?? [];
  }

  connect(name: string | undefined, address: string): void {
    const own = this.#interfaces.get(name) ?? [];
    if (!this.#interfaces.has(name)) this.#interfaces.set(name, own);
    const count = [...this.#interfaces.values()].reduce((sum, list) => sum + list.length, 0);
    own.push({ name: `eth${own.length}`, port: `port${count}`, network: networkOf(address), address });
  }

  /** Puts `name` on `network`, unless it is there. */
  reach(name: string | undefined, network: string): void {
    if (this.interfacesOf(name).some((one) => one.network === network)) return;
    this.connect(name, this.#free(network, name === undefined ? FROM_THE_TOP : LIKE_A_ROUTER));
  }

  networks(outer: ReadonlySet<string>): LabNetwork[] {
    const cidrs = new Set([...this.#interfaces.values()].flat().map(({ network }) => network));
    return [...cidrs].map((cidr, index) => ({
      cidr,
      bridge: `bridge${index}`,
      switchAddress: this.#free(cidr, FROM_THE_TOP),
      isOuter: outer.has(cidr),
    }));
  }

  #free(network: string, candidates: readonly number[]): string {
    const address = this.#pool.takeFree(network, candidates);
    if (address === undefined) throw new HomelabErrors([fullNetwork(network)]);
    return address;
  }
}

function machineOf(host: HostConfig, hostnames: ReadonlyMap<string, string>, wiring: Wiring): LabMachine {
  return {
    host: host.name,
    hostname: hostnames.get(host.name) ?? host.name,
    user: host.user ?? DEFAULT_USER,
    port: host.port ?? 22,
    via: host.via ?? [],
    interfaces: wiring.interfacesOf(host.name),
  };
}

/** A plan without it is as it was before there was a choice: labs that are up compare it. */
function suiteOf(suite: string | undefined): Pick<LabMachine, 'suite'> {
  return suite === undefined ? {} : { suite };
}

const addressIn = (addresses: ReadonlyMap<string, string>, name: string): string => addresses.get(name) ?? '';

/** hostname(7) allows letters, digits, hyphens and dots, 63 characters between dots. */
function uniqueHostnames(hosts: readonly HostConfig[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    hosts.map(({ name }) => {
      const base = name.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '') || 'machine';
      let hostname = base.slice(0, 50);
      for (let copy = 2; taken.has(hostname); copy++) hostname = `${base.slice(0, 50)}-${copy}`;
      taken.add(hostname);
      return [name, hostname];
    }),
  );
}

function namesOf(host: HostConfig, address: string): { address: string; name: string }[] {
  const dialled = host.address ?? host.name;
  return [...new Set([host.name, dialled])]
    .filter((name) => name !== address && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    .map((name) => ({ address, name }));
}

function identityFiles(hosts: readonly HostConfig[]): string[] {
  const files = hosts.flatMap(({ identity }) => identity ?? []).filter(isInHome);
  return [...new Set(files.map((file) => file.slice(2)))];
}

const isInHome = (file: string) => file.startsWith('~/') && !file.split('/').includes('..');

function notesOn(host: HostConfig): string[] {
  const elsewhere = (host.identity ?? []).filter((file) => !isInHome(file));
  return [
    ...(host.hostKeys.length > 0
      ? [`${host.name}: the inventory pins a host key, but the lab's machine has one of its own.`]
      : []),
    ...elsewhere.map((file) => `${host.name}: the lab's key is not put at ${file}, which is outside of ~.`),
  ];
}

function unknownHost(name: string, hosts: readonly HostConfig[]): HomelabError {
  const names = hosts.map((host) => host.name);
  return new HomelabError({
    code: 'lab/unknown-host',
    message: `The lab has no machine ${JSON.stringify(name)} that could have a release of its own`,
    hint: didYouMean(name, names) ?? `There are ${names.join(', ')}.`,
  });
}

function noHosts(inventory: Inventory): HomelabError {
  return new HomelabError({
    code: 'lab/no-hosts',
    message: 'The inventory has no host that a lab could play',
    hint: `Add a host that is reached over SSH to ${inventory.files[0] ?? 'inventory/hosts.yml'}.`,
  });
}
