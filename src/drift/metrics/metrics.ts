/** A metric that a drift check writes: what it tells, and by which labels. */
interface Metric {
  readonly help: string;
  readonly labels: readonly string[];
}

/** All metrics, in the order they are written. All are gauges. Names as Prometheus wants them: base units, `_timestamp_seconds`. */
export const METRICS = {
  homelab_drift_items: {
    help: 'Items of a host that are not as the inventory says, by role; the role is empty for items of none.',
    labels: ['host', 'role'],
  },
  homelab_drift_items_by_cause: {
    help: 'Items of a host that are not as the inventory says, by why: host (changed there), inventory (not applied yet), both.',
    labels: ['host', 'cause'],
  },
  homelab_drift_since_timestamp_seconds: {
    help: 'When the first of the items that differ now was found so; missing where nothing differs.',
    labels: ['host'],
  },
  homelab_check_success: {
    help: 'Whether the last check that tried to look at the host could: 1 or 0.',
    labels: ['host'],
  },
  homelab_host_last_check_timestamp_seconds: {
    help: 'When the last check began that could look at the host.',
    labels: ['host'],
  },
  homelab_last_check_timestamp_seconds: { help: 'When the last check began.', labels: [] },
  homelab_reboot_required: {
    help: 'Whether the host has to be booted anew: 1 or 0.',
    labels: ['host'],
  },
  homelab_backup_last_success_timestamp_seconds: {
    help: 'When the last backup was made that the inventory names for the host; 0 where none can be found.',
    labels: ['host'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

/** One value of a metric. */
export interface Sample {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
