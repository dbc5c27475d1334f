import type { UpgradeOutcome } from '../core/downtime.js';
import { downtimeDocument } from './downtime-text.js';
import { wavesDocument } from './waves-text.js';

/** What an upgrade has to tell beside its hosts, for a program: `waves`, `services`, `standing`. */
export function upgradeDocument({
  plan,
  promises,
  downtimes,
  standing,
}: UpgradeOutcome): Record<string, unknown> {
  return {
    ...wavesDocument(plan),
    ...(downtimes === undefined ? {} : { services: downtimeDocument(downtimes, promises) }),
    ...(standing === undefined ? {} : { standing }),
  };
}
