/** One IPv4 /24, played by a bridge. No two networks are ever routed to each other. */
export interface LabNetwork {
  /** `10.77.1.0/24`; also its name in the plan. */
  readonly cidr: string;
  /** Interface name of the bridge in the switch namespace. */
  readonly bridge: string;
  /** The bridge's own address: the package proxy listens here. */
  readonly switchAddress: string;
  /** The controller has an address on it. */
  readonly isOuter: boolean;
}

export interface LabInterface {
  /** Interface name inside the machine or the controller: `eth0`, `eth1`, … */
  readonly name: string;
  /** Interface name of the other end, in the switch namespace. */
  readonly port: string;
  /** `cidr` of its network. */
  readonly network: string;
  /** Without prefix length. */
  readonly address: string;
}

export interface LabMachine {
  /** Name in the inventory. */
  readonly host: string;
  /** Unique in the lab, and safe as a host name, a file name and part of a namespace's name. */
  readonly hostname: string;
  readonly user: string;
  /** Where its sshd listens. */
  readonly port: number;
  /** Jump hosts, nearest to the controller first; names in the inventory. */
  readonly via: readonly string[];
  /** Codename of its release, e.g. `trixie`; left out: the lab's usual one. */
  readonly suite?: string | undefined;
  /** The first one has the address of the inventory; further ones serve machines that are reached through this one. */
  readonly interfaces: readonly LabInterface[];
}

export interface LabController {
  readonly interfaces: readonly LabInterface[];
  /** Addresses on outer networks that only a jump host may reach. */
  readonly unreachable: readonly string[];
  /** Private key files the inventory names, relative to the home directory: the lab's key is put there too. */
  readonly identityFiles: readonly string[];
}

/** What a lab consists of. Plain data: it is kept in the lab's state file. */
export interface LabPlan {
  readonly networks: readonly LabNetwork[];
  /** In the inventory's order. */
  readonly machines: readonly LabMachine[];
  readonly controller: LabController;
  /** What names mean in the lab, for `/etc/hosts`. */
  readonly names: readonly { readonly address: string; readonly name: string }[];
  /** Where the lab differs from the inventory: sentences for a person. */
  readonly notes: readonly string[];
}

/** The address the inventory's host is dialled at. */
export function addressOf(machine: LabMachine): string {
  return machine.interfaces[0]?.address ?? '';
}
