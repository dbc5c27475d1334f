import type { z } from 'zod';
import type { Check } from './check.js';
import type { Facts } from './facts.js';
import type { Secret } from './secret.js';

/** One item that a role asks for, in the language of tasks; its values are data, never templates. */
export interface RoleItem {
  /** What a person reads; unique in its role. */
  readonly name: string;
  /** A task kind, e.g. `file`. */
  readonly kind: string;
  /** Its parameters, as a playbook would write them. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Names among the role's actions. */
  readonly onChange?: readonly string[] | undefined;
  readonly sensitive?: boolean | undefined;
  /** As the key `guarded` of an item: undefined lets what it touches decide. */
  readonly guarded?: boolean | undefined;
}

/** What a role makes of its parameters on one host. */
export interface RoleOutput {
  readonly items: readonly RoleItem[];
  /** By name, in the order they run in. */
  readonly actions?: Readonly<Record<string, RoleItem>> | undefined;
}

/** Something that listens, for a firewall to let in, or to keep out. */
export interface RolePort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Addresses or networks it serves; undefined: any; none: the host alone, so everybody else is kept out. */
  readonly from?: readonly string[] | undefined;
  /** What listens there, in words. */
  readonly what: string;
  /**
   * The program that has the port to itself, and at which addresses of the host, `*` for all: another program cannot have it.
   * Undefined: nobody says.
   */
  readonly listener?: { readonly program: string; readonly addresses: readonly string[] } | undefined;
}

/** A host as a role sees it: what the inventory says. */
export interface RoleHost {
  readonly name: string;
  /** Undefined where only ssh_config knows. */
  readonly address: string | undefined;
  /** Ports of SSH, the wanted one first. Never empty: 22 where nothing is written. */
  readonly ports: readonly number[];
  /** The account homelab logs in to; undefined where only ssh_config knows. */
  readonly user: string | undefined;
  readonly groups: readonly string[];
  /** Jump hosts on the way to it, nearest to us first, by name. */
  readonly via: readonly string[];
}

/** Files that a role may read: the same ones every time it is asked. */
export interface RoleFiles {
  /**
   * A template, rendered with `values` beside what every template knows (`host`, `groups`, `vars`). `name` is a path below
   * `templates/ROLE/`: of the project where that has such a file, else of homelab. A secret where one is in it.
   * @throws HomelabError `playbook/missing-template`, `render/…` with the template's line
   */
  readonly render: (name: string, values: Readonly<Record<string, unknown>>) => string | Secret;
  /**
   * Paths of the files below a folder of the project, hidden ones too, relative to that folder, sorted.
   * @throws HomelabError `playbook/missing-file`, `playbook/outside-project`
   */
  readonly list: (folder: string) => readonly string[];
  /** The bytes of a file of the project, a secret where it is encrypted. @throws HomelabError `playbook/missing-file`, … */
  readonly read: (path: string) => Uint8Array | Secret;
  /** A file of the project that is a template, as {@link RoleFiles.render}. @throws HomelabError as both */
  readonly renderFile: (path: string, values: Readonly<Record<string, unknown>>) => string | Secret;
}

export interface RoleContext {
  readonly facts: Facts;
  readonly host: RoleHost;
  /** Every host of the inventory, in its order, whatever hosts were chosen; `host` is among them. */
  readonly hosts: readonly RoleHost[];
  /** What the other roles of this host say listens there, in all playbooks of the project. */
  readonly ports: readonly RolePort[];
  /** Names of the other roles of this host, in all playbooks of the project: of two that keep the same thing one yields. */
  readonly roles: readonly string[];
  readonly files: RoleFiles;
}

/** What a role knows that is asked for something else than its items. */
export type RoleOutlook = Omit<RoleContext, 'ports' | 'roles' | 'files'>;

/** How what uses a service is moved away before it stops, and back. `none`: it is stopped as it is. */
export type RoleDrain =
  | { readonly adapter: 'none' | 'systemd' }
  | { readonly adapter: 'docker'; readonly liveRestore: boolean }
  | { readonly adapter: 'nomad' | 'consul'; readonly member: 'server' | 'client'; readonly api: string }
  | { readonly adapter: 'command'; readonly drain: readonly string[]; readonly undrain: readonly string[] };

/** A service that a role keeps, as a rolling upgrade has to know it. */
export interface RoleService {
  /** As people call it, e.g. `consul`. */
  readonly name: string;
  /** Unit of systemd, or service of OpenRC. */
  readonly unit: string;
  /** Those whose upgrade is one of the service. */
  readonly packages: readonly string[];
  /** The program that prints the version that is installed; the first number with dots in it counts. */
  readonly version: readonly string[];
  /** Hold all of them once the service serves, as its own host sees it. Never empty. */
  readonly ready: readonly Check[];
  readonly drain: RoleDrain;
  /** The group of hosts of which so many have to be there that a quorum is kept. */
  readonly quorumGroup?: string | undefined;
}

/**
 * A role, whole: typed parameters and facts in, items out. Pure: no connection, no clock, no randomness. The folder's name
 * is the role's name in YAML.
 */
export interface RoleDefinition<Params> {
  /** One line for the reference. */
  readonly summary: string;
  readonly params: z.ZodType<Params>;
  /** Parameters as a user writes them; parsed by a test and shown in the reference. */
  readonly examples: readonly unknown[];
  /** Why the role is not for such a host, a sentence without its full stop; undefined: it is. */
  readonly refuses?: (facts: Facts) => string | undefined;
  /** @throws HomelabError `role/…` where the parameters make no sense on this host */
  readonly items: (params: Params, context: RoleContext) => RoleOutput;
  /** What listens on the host once the role is applied. */
  readonly ports?: (params: Params, context: RoleOutlook) => readonly RolePort[];
  /** What runs on the host once the role is applied, for rolling upgrades. */
  readonly services?: (params: Params, context: RoleOutlook) => readonly RoleService[];
}

/** Keeps the parameter type of a definition together. */
export function defineRole<Params>(definition: RoleDefinition<Params>): RoleDefinition<Params> {
  return definition;
}

/** A definition whose parameter type is known to its own schema only. */
export type AnyRole = RoleDefinition<unknown>;
