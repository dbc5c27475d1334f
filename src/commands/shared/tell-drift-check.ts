import { toHomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import type { NotifyTarget } from '../../core/notification.js';
import type { RunResult } from '../../core/result.js';
import type { Secret } from '../../core/secret.js';
import { tellDrift, tellDriftFailure } from '../../drift/telling/tell-drift.js';
import type { ToldMemory } from '../../drift/telling/told.js';
import { openPing } from '../../inventory/drift-settings.js';
import { deliver } from '../../notify/deliver.js';
import { ping } from '../../notify/ping.js';
import type { OpenProject } from './project-command.js';
import { notifyTargets } from './tell-outcome.js';
import { warnUntold } from './warn-untold.js';

/** Whom `--notify` tells of drift checks. */
export interface DriftAudience {
  readonly targets: readonly NotifyTarget[];
  /** Undefined: nobody waits for a ping. */
  readonly pingUrl: Secret | undefined;
}

/**
 * Whom `--notify` tells of drift checks; undefined where nobody asked.
 * @throws HomelabError `usage/no-notify` where homelab.yml has neither `notify` nor `drift.ping`; HomelabErrors `secret/…`
 */
export async function driftAudience(
  project: Pick<OpenProject, 'settings' | 'secrets'>,
  isWanted: boolean,
): Promise<DriftAudience | undefined> {
  if (!isWanted) return undefined;
  const { settings, secrets } = project;
  const pingUrl = await openPing(settings.drift, secrets);
  // A ping alone is enough.
  const hasTargets = settings.notify !== undefined || pingUrl === undefined;
  return { pingUrl, targets: (await notifyTargets(project, hasTargets)) ?? [] };
}

/**
 * Tells what a drift check has found, and warns of who could not be told.
 * @returns the exit code: that of the check, 1 where somebody could not be told
 */
export async function tellDriftCheck(
  audience: DriftAudience | undefined,
  check: {
    readonly result: RunResult;
    /** Names of all hosts of the inventory. */
    readonly inventory: Iterable<string>;
    /** Whether it looked at all items of its hosts: no tags, no other playbooks than usual. */
    readonly isWhole: boolean;
    readonly memory: ToldMemory;
  },
): Promise<number> {
  const { result, inventory, isWhole, memory } = check;
  if (audience === undefined) return result.exitCode;
  const failures = await tellDrift({
    ...audience,
    result,
    inventory: new Set(inventory),
    isWhole,
    memory,
    now: new Date(),
    deliver,
    ping,
  });
  warnUntold(failures);
  return failures.length > 0 ? EXIT.failed : result.exitCode;
}

/** Tells that a drift check could not be made: once, until one could. */
export async function tellDriftFailed(
  audience: DriftAudience | undefined,
  memory: ToldMemory,
  thrown: unknown,
): Promise<void> {
  if (audience === undefined) return;
  const { targets } = audience;
  const { code } = toHomelabError(thrown);
  warnUntold(await tellDriftFailure({ targets, memory, now: new Date(), deliver }, code));
}
