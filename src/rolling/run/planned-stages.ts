import type { PackageUpgrade } from '../../core/drain.js';
import type { TaskResult } from '../../core/result.js';
import type { Change } from '../../core/state.js';
import type { HostWork } from '../../core/waves.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import type { PendingUpgrade } from '../systems/upgrade-system.js';
import { inTheWay, workOf, type HostSurvey } from './host-survey.js';
import { stageResult } from './stage.js';
import { drainStage, STAGES } from './stage-names.js';

/**
 * The packages of a pending upgrade as changes: each by its name, from its version to the next. `begun`: what an earlier run has
 * begun, and may have done.
 */
export function packageChanges(
  { packages, added, removed }: PendingUpgrade,
  begun: readonly PackageUpgrade[] = packages,
): readonly Change[] {
  return [
    ...begun.map(({ name, from, to }) => ({ field: name, before: from, after: to })),
    ...added.map((field) => ({ field, before: 'absent', after: 'present' })),
    ...removed.map((field) => ({ field, before: 'present', after: 'absent' })),
  ];
}

/** A guest with how its drains were found. */
export type PlannedGuest = Pick<HostSurvey, 'host' | 'drains'>;

/**
 * What an upgrade would do on a host, as the results of its stages; empty where there is nothing to do. `guests`: what is drained
 * before a boot, in that order.
 */
export function plannedStages(
  survey: HostSurvey,
  request: UpgradeRequest,
  guests: readonly PlannedGuest[] = [],
): readonly TaskResult[] {
  const work = workOf(survey, request);
  if (work === undefined) return [];
  const { host, pending, drains, obstacles } = survey;
  // What its own job holds there is in nobody's way.
  const obstacle = survey.memory === undefined ? inTheWay(host.name, obstacles) : undefined;
  const moved = drains.flatMap((drain) => {
    const reason = drain.definition.describe(drain.found);
    return reason === undefined
      ? []
      : [stageResult(drainStage(drain.label), { status: 'pending', changes: [moving(reason)] })];
  });
  const changes = packageChanges(pending);
  return [
    ...(obstacle === undefined ? [] : [stageResult(STAGES.preflight, obstacle)]),
    ...(host.rolling.snapshot === undefined
      ? []
      : [stageResult(STAGES.snapshot, pendingStage('snapshot', 'taken'))]),
    ...moved,
    ...(changes.length === 0 ? [] : [stageResult(STAGES.packages, { status: 'pending', changes })]),
    ...plannedRestarts(survey, work),
    ...guests.flatMap((guest) => plannedGuest(guest, work)),
    ...plannedReboot(survey, { request, work }),
  ];
}

const LATER = 'known once the packages are upgraded';

function plannedRestarts({ stale, pending }: HostSurvey, { reboot }: HostWork): TaskResult[] {
  if (reboot === 'yes') return [];
  const isMorePossible = pending.packages.length > 0;
  const changes = stale.map(({ unit }) => ({ field: unit, before: 'runs old code', after: 'restarted' }));
  if (changes.length > 0) {
    const reason = isMorePossible ? 'what else has to be is known once the packages are upgraded' : undefined;
    return [stageResult(STAGES.restart, { status: 'pending', changes, reason })];
  }
  return isMorePossible ? [stageResult(STAGES.restart, { status: 'unknown', reason: LATER })] : [];
}

function plannedGuest({ host, drains }: PlannedGuest, { reboot }: HostWork): TaskResult[] {
  return drains.flatMap(({ label, definition, found }) => {
    const reason = definition.describe(found);
    if (reason === undefined || reboot === 'no') return [];
    const outcome =
      reboot === 'yes'
        ? { status: 'pending' as const }
        : { status: 'unknown' as const, reason: `only if this machine boots: ${LATER}` };
    return [stageResult(drainStage(label, host.name), { ...outcome, changes: [moving(reason)] })];
  });
}

function plannedReboot(
  { rebootReason, pending }: HostSurvey,
  { request, work }: { readonly request: UpgradeRequest; readonly work: HostWork },
): TaskResult[] {
  if (work.reboot === 'no') return [];
  if (work.reboot === 'maybe') return [stageResult(STAGES.reboot, { status: 'unknown', reason: LATER })];
  return [stageResult(STAGES.reboot, pendingStage('reboot', rebootReason ?? reasonOf(request, pending)))];
}

function reasonOf({ reboot }: UpgradeRequest, { bringsKernel }: PendingUpgrade): string {
  if (reboot === 'always') return 'as asked';
  return bringsKernel ? 'a new kernel comes' : 'needed';
}

function pendingStage(field: string, after: string) {
  return { status: 'pending' as const, changes: [{ field, before: null, after }] };
}

function moving(reason: string): Change {
  return { field: 'drain', before: null, after: reason };
}
