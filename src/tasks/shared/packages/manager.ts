import type { Reader } from '../../../core/reader.js';
import type { Step } from '../../../core/step.js';
import type { OffersReader, UpgradesReader } from '../../../probes/package-candidates.js';
import type { PackageLists } from '../../../probes/package-lists.js';
import type { RemovalsReader } from '../../../probes/package-removals.js';
import type { PackageEntry } from '../../../probes/packages.js';
import type { WantedPackage } from '../package-name.js';

/** How the lists of what can be installed are looked at and fetched. */
export interface ListKeeping {
  readonly age: Reader<PackageLists>;
  /** Fetches the lists anew and leaves them marked as fresh. */
  readonly fetch: () => readonly Step[];
}

/** What has to be done to packages, which are all named. */
export interface PackageWork {
  /** Not installed, or in another version than the one they are pinned to. */
  readonly install: readonly WantedPackage[];
  /** Installed, and to become the newest that is offered. */
  readonly upgrade: readonly WantedPackage[];
  /** Whether what these packages recommend is not installed with them; managers without recommendations ignore it. */
  readonly isBare: boolean;
}

/** One package manager: how it is asked and told. Commands never ask anything and wait for others of their kind. */
export interface PackageManager {
  /** As `facts.package_manager` says. */
  readonly name: string;
  /** What it takes for `name` and for a version. */
  readonly namePattern: RegExp;
  readonly versionPattern: RegExp;
  readonly installed: Reader<PackageEntry | null>;
  readonly offers: OffersReader;
  readonly upgrades: UpgradesReader;
  /** Undefined where lists may be fetched together with a full upgrade only. */
  readonly lists: ListKeeping | undefined;
  /** Whether an installed or offered version is what a pin names. */
  readonly isVersion: (version: string, pin: string) => boolean;
  readonly change: (work: PackageWork) => readonly Step[];
  readonly remove: (packages: readonly WantedPackage[]) => readonly Step[];
  /** What would go along; undefined where nothing goes but what is named. */
  readonly removals: RemovalsReader | undefined;
  /**
   * Notes that packages, which are installed, are wanted themselves; undefined where `installed` does not tell which came
   * for the sake of others.
   */
  readonly keep: ((packages: readonly WantedPackage[]) => readonly Step[]) | undefined;
  /** Ends what an interrupted run of the manager began; undefined where its database does not tell of any. */
  readonly repair: (() => readonly Step[]) | undefined;
  /** How a held package is released, as the end of a sentence: "with `…`". */
  readonly release: (name: string) => string;
}
