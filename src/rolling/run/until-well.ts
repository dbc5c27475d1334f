import type { HealthWatch, WatchedService } from '../health/health-watch.js';
import type { UpgradeTools } from './upgrade-tools.js';

/**
 * Looks, and the pause between two: for one question that got lost, and for who asks to come back itself once its jump host
 * has.
 */
const LOOKS = 40;
const PAUSE_MS = 500;

export interface WellOptions {
  readonly watch: Pick<HealthWatch, 'now'>;
  /** Which of those that are not up count. */
  readonly counts: (service: WatchedService) => boolean;
  readonly tools: Pick<UpgradeTools, 'pause'>;
  readonly signal: AbortSignal;
}

/** What is not up, though it was given some time. Empty: all is well. @throws where the signal is aborted meanwhile */
export async function notUpForLong({
  watch,
  counts,
  tools,
  signal,
}: WellOptions): Promise<readonly WatchedService[]> {
  for (let look = 1; ; look += 1) {
    const away = watch.now().filter((service) => service.state !== 'up' && counts(service));
    if (away.length === 0 || look === LOOKS) return away;
    await tools.pause(PAUSE_MS, signal);
  }
}
