import type { PackageUpgrade } from '../../core/drain.js';
import type { Facts } from '../../core/facts.js';
import type { RemoteShell } from '../../core/shell.js';

/** What is to be upgraded. */
export interface UpgradeScope {
  /** `security`: only what mends one; where a system cannot tell, that is an error. */
  readonly only: 'all' | 'security';
  /** Names of packages, and nothing else; undefined: all. */
  readonly packages: readonly string[] | undefined;
}

/** What an upgrade would do, as the newest lists of the host say. */
export interface PendingUpgrade {
  /** Installed packages that get another version; a system generation of NixOS is one, `nixos-system`. Sorted by name. */
  readonly packages: readonly (PackageUpgrade & { readonly isSecurity: boolean })[];
  /** New packages that come along, and those that go. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** That could be upgraded, and are held back: by the owner, or by the system. */
  readonly held: readonly string[];
  /** Free space it takes, by file system as far as it is known: to fetch, and to install. */
  readonly needsBytes: number;
  /** How much of it is for fetching; undefined: nobody knows. */
  readonly fetchBytes?: number | undefined;
  /** Whether a kernel or what else only a boot brings in is among them. */
  readonly bringsKernel: boolean;
}

/** Something that keeps the upgrade from beginning, a sentence without its full stop. */
export interface Obstacle {
  readonly message: string;
  readonly hint: string;
}

/** How one sort of system is upgraded: apt, dnf, apk, pacman, NixOS. One file each. */
export interface UpgradeSystem {
  /** As `package_manager` of the facts. */
  readonly manager: string;
  /**
   * What is pending. Changes nothing on the host: newer lists are fetched into a private folder, or into the memory of the
   * manager, and not kept. @throws HomelabError `rolling/lists` where they cannot be fetched
   */
  readonly pending: (shell: RemoteShell, facts: Facts, scope: UpgradeScope) => Promise<PendingUpgrade>;
  /** Packages half installed, a lock held by whom, too little space for `pending`. Empty: nothing. Only reads. */
  readonly obstacles: (
    shell: RemoteShell,
    facts: Facts,
    pending: PendingUpgrade,
  ) => Promise<readonly Obstacle[]>;
  /**
   * POSIX shell text that carries the upgrade out, non-interactively, keeping changed configuration files; runs detached on the
   * host as root. It fetches everything before it changes anything. Exit code 0: done. May be run again where it was cut off.
   */
  readonly upgradeScript: (facts: Facts, scope: UpgradeScope) => string;
  /** Shell text that goes back to the versions that `packages` had; undefined: it cannot be done here. */
  readonly rollbackScript?: (facts: Facts, packages: readonly PackageUpgrade[]) => string;
}
