import type { CheckJob } from './check-job.js';
import type { ScheduleMark } from './schedule-mark.js';

/** Who starts the checks: the machine's systemd, the user's, or cron. */
export type SchedulerKind = 'systemd' | 'systemd-user' | 'cron';

/** How the last check went. */
export interface LastCheck {
  /** When it ended or, while it runs, began; ISO 8601 in UTC. */
  readonly at: string;
  readonly isRunning: boolean;
  /** Null: it runs, a signal ended it, or nobody remembers (systemd forgets it at a reboot). */
  readonly exitCode: number | null;
  /** What systemd calls it where the check could not even run or end by itself (`timeout`, `signal`, …); null: nothing. */
  readonly failure: string | null;
}

export interface ScheduleStatus extends ScheduleMark {
  /** Null: none so far. */
  readonly last: LastCheck | null;
  /** ISO 8601 in UTC; null: never again, or (cron) nobody says. */
  readonly next: string | null;
  /** Whether the timer is on; cron always is, as far as anybody knows. */
  readonly isActive: boolean;
  /** Where to read what a check said, as a command. */
  readonly output: string;
}

export type Scheduled = 'new' | 'replaced' | 'unchanged';

/** A schedule by its name; every one is of one project and one account. */
export interface Scheduler {
  readonly kind: SchedulerKind;
  /** @throws HomelabError `usage/every`, `schedule/…`; what was there before is there still then */
  install(job: CheckJob): Promise<Scheduled>;
  /** Removes what {@link install} wrote, and nothing else. @returns whether there was something @throws HomelabError `schedule/…` */
  remove(name: string): Promise<boolean>;
  /** Undefined: there is none. @throws HomelabError `schedule/…` */
  status(name: string): Promise<ScheduleStatus | undefined>;
}
