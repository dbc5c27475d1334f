import type { UpgradeOutcome } from '../../core/downtime.js';
import type { HealthWatch } from '../health/health-watch.js';

/**
 * What was away for how long; of a run that stopped, what is up now, what is not, and which hosts stay
 * `drained`, as `nas (docker)`.
 */
export function outcomeOf(
  watch: Pick<HealthWatch, 'now' | 'downtimes'>,
  isStopped: boolean,
  drained: readonly string[],
): Partial<UpgradeOutcome> {
  const services = watch.now();
  const named = (isUp: boolean): readonly string[] =>
    services.filter(({ state }) => (state === 'up') === isUp).map(({ name }) => name);
  const standing = { up: named(true), down: named(false), drained, next: 'homelab upgrade --resume' };
  return { downtimes: watch.downtimes(), standing: isStopped ? standing : undefined };
}
