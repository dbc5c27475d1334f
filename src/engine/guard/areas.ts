import type { Facts } from '../../core/facts.js';
import type { Item } from '../../core/item.js';
import type { LoginAccount } from '../../probes/login-account.js';
import { touchesOf } from '../touches.js';
import { accountArea } from './account-area.js';
import { firewallArea } from './firewall-area.js';
import { covers, type GuardArea } from './guard-area.js';
import { kernelArea } from './kernel-area.js';
import { networkArea } from './network-area.js';
import { nixosArea } from './nixos-area.js';
import { sshArea } from './ssh-area.js';
import { sudoArea } from './sudo-area.js';

/** Everything that a login depends on, in the order it comes back in: what lets us in last, when all else is right. */
export const GUARD_AREAS: readonly GuardArea[] = [
  nixosArea,
  kernelArea,
  networkArea,
  firewallArea,
  accountArea,
  sudoArea,
  sshArea,
];

/**
 * What of a login on a system the change of `item` puts at risk; empty: nothing, so it needs no guard. One that is told to be guarded
 * and touches none of it may touch any.
 */
export function areasAtRisk(
  item: Item,
  { login, facts }: { readonly login: LoginAccount; readonly facts: Facts },
): readonly GuardArea[] {
  if (item.guarded === false) return [];
  const areas = GUARD_AREAS.filter(({ isPartOf }) => isPartOf?.(facts) ?? true);
  const things = touchesOf(item) ?? [];
  const touched = areas.filter((area) => things.some((thing) => covers(area, thing, login)));
  return touched.length === 0 && item.guarded === true ? areas : touched;
}
