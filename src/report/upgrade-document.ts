import type { UpgradeOutcome } from '../core/downtime.js';
import { downtimeDocument } from './downtime-text.js';
import { wavesDocument } from './waves-text.js';

/** What an upgrade has to tell beside its hosts, for a program: `waves`, `services`, `standing`, `abandoned`. */
export function upgradeDocument({
  plan,
  promises,
  downtimes,
  standing,
  abandoned,
}: UpgradeOutcome): Record<string, unknown> {
  return {
    ...wavesDocument(plan),
    ...(downtimes === undefined ? {} : { services: downtimeDocument(downtimes, promises) }),
    ...(standing === undefined ? {} : { standing }),
    ...(abandoned === undefined ? {} : { abandoned }),
  };
}
