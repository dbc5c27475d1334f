import { toHomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import type { NotifyFailure, NotifyTarget } from '../../core/notification.js';
import type { RunResult } from '../../core/result.js';
import type { Secret } from '../../core/secret.js';
import { storeMemory, tellAlone } from '../../drift/telling/store-memory.js';
import { tellDrift, tellDriftFailure, type TellingWays } from '../../drift/telling/tell-drift.js';
import { openPing } from '../../inventory/drift-settings.js';
import { deliver } from '../../notify/deliver.js';
import { ping } from '../../notify/ping.js';
import { createOpener } from './create-opener.js';
import { driftMemory, tellingScope, type Remembering } from './drift-memory.js';
import type { OpenProject } from './project-command.js';
import { runId } from './run-command.js';
import { notifyTargets } from './tell-outcome.js';
import { warnUntold } from './warn-untold.js';

type ToldProject = Remembering & Pick<OpenProject, 'secrets'>;

/** Whom `--notify` tells of drift checks. */
export interface DriftAudience {
  readonly project: ToldProject;
  readonly targets: readonly NotifyTarget[];
  /** Undefined: nobody waits for a ping. */
  readonly pingUrl: Secret | undefined;
}

/**
 * Whom `--notify` tells of drift checks; undefined where nobody asked.
 * @throws HomelabError `usage/no-notify` where homelab.yml has neither `notify` nor `drift.ping`; HomelabErrors `secret/…`
 */
export async function driftAudience(
  project: ToldProject,
  isWanted: boolean,
): Promise<DriftAudience | undefined> {
  if (!isWanted) return undefined;
  const { settings, secrets } = project;
  const pingUrl = await openPing(settings.drift, secrets);
  // A ping alone is enough.
  const hasTargets = settings.notify !== undefined || pingUrl === undefined;
  return { project, pingUrl, targets: (await notifyTargets(project, hasTargets)) ?? [] };
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
  },
): Promise<number> {
  const { result, inventory, isWhole } = check;
  if (audience === undefined) return result.exitCode;
  const { pingUrl } = audience;
  const names = new Set(inventory);
  const failures = await inTurn(audience, result.run, (ways) =>
    tellDrift({ ...ways, result, inventory: names, isWhole, pingUrl, ping }),
  );
  return failures.length > 0 ? EXIT.failed : result.exitCode;
}

/** Whether somebody sees what the command says: it is no check of a timer. */
export function isWatched({
  stdin,
  stdout,
  stderr,
}: Readonly<Record<'stdin' | 'stdout' | 'stderr', { readonly isTTY?: boolean | undefined }>>): boolean {
  return [stdin, stdout, stderr].some(({ isTTY }) => isTTY);
}

/** What a check could not be made for. */
export interface Unmade {
  readonly thrown: unknown;
  readonly isWatched: boolean;
}

/**
 * Tells that a drift check could not be made: once, until one could. That somebody has broken it off is for who did, and what is
 * wrong with the command line for who typed it. Where nobody has, the hosts that it names, for example, are there no more.
 */
export async function tellDriftFailed(
  audience: DriftAudience | undefined,
  { thrown, isWatched }: Unmade,
): Promise<void> {
  const { code } = toHomelabError(thrown);
  if (audience === undefined || code === 'run/interrupted') return;
  if (isWatched && code.startsWith('usage/')) return;
  await inTurn(audience, runId(), (ways) => tellDriftFailure(ways, code));
}

/** As {@link tellDriftFailed}, of a project that could not be opened: as far as its settings can be read. Never throws. */
export async function tellDriftUnopened(open: () => Promise<Remembering>, unmade: Unmade): Promise<void> {
  try {
    const opened = await open();
    // Who was to type a passphrase has been asked already.
    const secrets = createOpener(opened.settings, () => Promise.resolve(undefined));
    await tellDriftFailed(await driftAudience({ ...opened, secrets }, true), unmade);
  } catch {
    // Whom to tell is what cannot be read: the command says why it ended.
  }
}

async function inTurn(
  { project, targets }: DriftAudience,
  run: string,
  tell: (ways: TellingWays) => Promise<readonly NotifyFailure[]>,
): Promise<readonly NotifyFailure[]> {
  const place = driftMemory(project, run);
  const ways = { targets, memory: storeMemory(place), scope: tellingScope(project), deliver };
  const failures = await tellAlone(place, () => tell({ ...ways, now: new Date() }));
  warnUntold(failures);
  return failures;
}
