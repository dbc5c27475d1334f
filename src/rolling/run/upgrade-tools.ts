import type { DrainRegistry } from '../../core/drain-registry.js';
import type { Facts } from '../../core/facts.js';
import type { BackupRule } from '../../core/rolling-settings.js';
import type { RoleService } from '../../core/role.js';
import type { RemoteShell } from '../../core/shell.js';
import type { HostJobs } from '../job/upgrade-job.js';
import type { Obstacle, UpgradeSystem } from '../systems/upgrade-system.js';

/** A service that runs what is installed no more. */
export interface StaleService {
  /** Unit of systemd, or service of OpenRC. */
  readonly unit: string;
  /** Its restart interrupts more than itself: a container daemon without live-restore. */
  readonly isDisruptive: boolean;
}

/** What an upgrade does with, other than its hosts: real ones, or what a test puts in their place. */
export interface UpgradeTools {
  /** @throws HomelabError `rolling/unknown-system` */
  readonly systemOf: (facts: Facts) => UpgradeSystem;
  readonly jobs: HostJobs;
  readonly drains: DrainRegistry;
  /** Why the host has to be rebooted, half a sentence; undefined: it has not. */
  readonly rebootReason: (shell: RemoteShell) => Promise<string | undefined>;
  readonly staleServices: (
    shell: RemoteShell,
    facts: Facts,
    services: readonly RoleService[],
  ) => Promise<readonly StaleService[]>;
  /** Shell text that restarts these; exit code 0: all of them. */
  readonly restartScript: (facts: Facts, units: readonly string[]) => string;
  /** What is not well, once the host has settled: failed units and the like. */
  readonly failures: (shell: RemoteShell, facts: Facts) => Promise<readonly string[]>;
  readonly backupProblem: (shell: RemoteShell, rule: BackupRule) => Promise<Obstacle | undefined>;
  readonly pullProblems: (shell: RemoteShell) => Promise<readonly Obstacle[]>;
  /** Waits. @throws where the signal is aborted meanwhile */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}
