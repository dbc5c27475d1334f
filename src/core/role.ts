import type { z } from 'zod';
import type { Facts } from './facts.js';

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

/** Something that listens, for a firewall to let in. */
export interface RolePort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Addresses or networks it serves; undefined: any. */
  readonly from?: readonly string[] | undefined;
  /** What listens there, in words. */
  readonly what: string;
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

export interface RoleContext {
  readonly facts: Facts;
  readonly host: RoleHost;
  /** Every host of the inventory, in its order, whatever hosts were chosen; `host` is among them. */
  readonly hosts: readonly RoleHost[];
  /** What the other roles of this host say listens there, in all playbooks of the project. */
  readonly ports: readonly RolePort[];
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
  readonly ports?: (params: Params, context: Omit<RoleContext, 'ports'>) => readonly RolePort[];
}

/** Keeps the parameter type of a definition together. */
export function defineRole<Params>(definition: RoleDefinition<Params>): RoleDefinition<Params> {
  return definition;
}

/** A definition whose parameter type is known to its own schema only. */
export type AnyRole = RoleDefinition<unknown>;
