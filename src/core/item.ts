import type { SourcePosition } from './errors.js';
import type { Facts } from './facts.js';
import type { HostConfig } from './host-config.js';
import type { RoleService } from './role.js';
import type { Secret } from './secret.js';
import type { AnyTask } from './task.js';

/** What a command has printed, for later items: each text without the newlines at its end. Secret where its item is. */
export interface Printed {
  readonly stdout: string | Secret;
  readonly stderr: string | Secret;
  readonly code: number;
}

/** What an item lacks whose parameters are made of what earlier ones print. */
export interface LateItem {
  /** Names ({@link Item.printsAs}) of the items that have to have run. */
  readonly needs: readonly string[];
  /**
   * What the item is, now that those have run: everything of it but its id.
   * @throws HomelabErrors where what they printed makes a parameter wrong
   */
  complete(printed: ReadonlyMap<string, Printed>): Promise<Omit<Item, 'id'>> | Omit<Item, 'id'>;
}

/**
 * One task of a playbook, compiled for one host: every value known, every parameter checked. Where `late` is set they
 * are not yet: parameters are missing or examples, and the item may not be probed.
 */
export interface Item {
  /** `play/name` in lower case with dashes; unique on its host. */
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly task: AnyTask;
  readonly params: unknown;
  readonly source: SourcePosition;
  /** Why the item is left out on this host (`when`, tags); undefined: it applies. */
  readonly skipReason: string | undefined;
  /** What `when` still has to ask in the run: whether earlier items changed. True: it applies. */
  readonly condition: ((isChanged: (id: string) => boolean) => boolean) | undefined;
  /** Names of actions owed once this item has changed something. */
  readonly onChange: readonly string[];
  readonly sensitive: boolean;
  readonly retry: { readonly times: number; readonly delayMs: number } | undefined;
  readonly onFailure: 'stop' | 'continue';
  /** Whether its change is undone unless a new login proves it; undefined: what it touches decides. */
  readonly guarded?: boolean | undefined;
  /** What later items call what this one prints; undefined: nobody can ask. */
  readonly printsAs?: string | undefined;
  readonly late?: LateItem | undefined;
}

/** What one play asks of one host. */
export interface HostPlay {
  readonly items: readonly Item[];
  /** By name, in their written order, which is the order they run in. */
  readonly actions: ReadonlyMap<string, Item>;
}

/** One play, checked offline for each of its hosts. */
export interface Play {
  readonly name: string;
  /** Names of the chosen hosts that it binds, in the inventory's order. */
  readonly hosts: readonly string[];
  /** Hosts at a time; undefined: all together. */
  readonly serial: number | undefined;
  /** The items for `host`, now that its facts are known. @throws HomelabErrors where a fact makes a parameter wrong */
  compile(host: HostConfig, facts: Facts): Promise<HostPlay>;
  /** What the play's roles keep running on `host`, for rolling upgrades. @throws HomelabErrors as {@link Play.compile} */
  services(host: HostConfig, facts: Facts): Promise<readonly RoleService[]>;
}
