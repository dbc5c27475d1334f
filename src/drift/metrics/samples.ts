import { DRIFT_CAUSES, type HostMarks } from '../../core/drift.js';
import type { DriftResult } from '../../core/result.js';
import { hostReading, type HostReading, type Look } from './host-reading.js';
import type { Sample } from './metrics.js';

/**
 * What a check tells Prometheus of `hosts`, all of the inventory by name. A host of which nothing is known has no samples; one that
 * is no longer in the inventory has none either.
 */
export function samplesOf(result: DriftResult, hosts: readonly string[]): readonly Sample[] {
  const { at, marks } = result.drift;
  return [
    ...hosts.flatMap((host) => [
      ...readingSamples(hostReading(host, result)),
      ...marksSamples(host, marks?.get(host)),
    ]),
    ...timeSample('homelab_last_check_timestamp_seconds', {}, at),
  ];
}

function readingSamples({ host, isChecked, look }: HostReading): Sample[] {
  const success: Sample[] =
    isChecked === undefined
      ? []
      : [{ metric: 'homelab_check_success', labels: { host }, value: isChecked ? 1 : 0 }];
  return look === undefined ? success : [...success, ...lookSamples(host, look)];
}

function lookSamples(host: string, { at, roles, drifted }: Look): Sample[] {
  const since = drifted
    .flatMap((item) => item.since ?? [])
    .toSorted()
    .slice(0, 1);
  return [
    ...roles.map((role) => ({
      metric: 'homelab_drift_items' as const,
      labels: { host, role },
      value: drifted.filter((item) => item.role === role).length,
    })),
    ...DRIFT_CAUSES.map((cause) => ({
      metric: 'homelab_drift_items_by_cause' as const,
      labels: { host, cause },
      value: drifted.filter((item) => item.cause === cause).length,
    })),
    ...since.flatMap((first) => timeSample('homelab_drift_since_timestamp_seconds', { host }, first)),
    ...timeSample('homelab_host_last_check_timestamp_seconds', { host }, at),
  ];
}

function marksSamples(host: string, marks: HostMarks | undefined): Sample[] {
  if (marks === undefined) return [];
  const { rebootReason, lastBackupSeconds } = marks;
  const reboot: Sample = {
    metric: 'homelab_reboot_required',
    labels: { host },
    value: rebootReason === null ? 0 : 1,
  };
  if (lastBackupSeconds === undefined) return [reboot];
  // A backup that cannot be found has to raise the same alarm as one that is too old.
  const value = lastBackupSeconds ?? 0;
  return [reboot, { metric: 'homelab_backup_last_success_timestamp_seconds', labels: { host }, value }];
}

/** None where the text is no time. */
function timeSample(metric: Sample['metric'], labels: Sample['labels'], time: string): Sample[] {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? [] : [{ metric, labels, value: ms / 1000 }];
}
