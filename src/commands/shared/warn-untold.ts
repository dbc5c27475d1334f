import type { NotifyFailure } from '../../core/notification.js';

/** Says on stderr who could not be told. */
export function warnUntold(failures: readonly NotifyFailure[]): void {
  for (const { target, message } of failures)
    process.stderr.write(`warning: ${target} was not told: ${message}\n`);
}
