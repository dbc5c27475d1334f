import type { CheckJob } from './check-job.js';
import { markLine, writtenLine } from './schedule-mark.js';
import { unitText } from './unit-words.js';

/** So that the checks of many projects do not all begin at midnight. */
const MOST_DELAY_SECONDS = 15 * 60;
const MOST_ACCURACY_SECONDS = 60;

export interface TimerOptions {
  readonly calendar: string;
  /** The shortest time between two runs; undefined: there is only one. */
  readonly periodSeconds: number | undefined;
  /** Whether it is of the machine's own service manager, and not of a user's. */
  readonly isSystem: boolean;
}

/** `job`'s timer (systemd.timer(5)). */
export function timerUnit(
  job: Pick<CheckJob, 'name' | 'project' | 'every' | 'words'>,
  { calendar, periodSeconds, isSystem }: TimerOptions,
): string {
  const { project, every, words } = job;
  const delay = Math.min(MOST_DELAY_SECONDS, Math.floor((periodSeconds ?? 0) / 10));
  const accuracy = Math.min(MOST_ACCURACY_SECONDS, Math.max(1, Math.floor((periodSeconds ?? 0) / 60)));
  return [
    markLine({ project, every: every.written, words }),
    writtenLine(`${job.name}.timer`, isSystem),
    '[Unit]',
    `Description=When to check ${unitText(project)} for drift`,
    '',
    '[Timer]',
    `OnCalendar=${unitText(calendar)}`,
    '# A check that was missed while this machine was off is made up for.',
    'Persistent=true',
    `RandomizedDelaySec=${delay}s`,
    'FixedRandomDelay=true',
    `AccuracySec=${accuracy}s`,
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n');
}
