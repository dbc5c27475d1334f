import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import type { UnitEntry } from '../../probes/units.js';

/** @throws HomelabError `task/unsupported` where process 1 is not systemd */
export function requireSystemd({ init }: Facts): void {
  if (init === 'systemd') return;
  throw new HomelabError({
    code: 'task/unsupported',
    message: `units are kept by systemd, and this host runs ${init}`,
    hint: 'Leave the item out here with `when: { init: systemd }`.',
  });
}

/** Whether the unit is there, masked ones included. */
export function doesExist(unit: UnitEntry | null): unit is UnitEntry {
  return unit !== null && unit.loadState !== 'not-found' && unit.loadState !== '';
}

/**
 * `running`, `stopped`, or what the unit is instead (`failed`, `activating`, …). A failed unit counts as stopped where
 * that is what is wanted.
 */
export function observedActivity({ activeState }: UnitEntry, wanted: string | undefined): string {
  if (activeState === 'active' || activeState === 'reloading' || activeState === 'refreshing')
    return 'running';
  if (activeState === 'inactive' || (activeState === 'failed' && wanted === 'stopped')) return 'stopped';
  return activeState;
}

/**
 * Whether the unit starts at boot, systemctl(1) is-enabled. Only for a while (`enabled-runtime`) counts as not.
 * @throws HomelabError `task/cannot-enable` where it is wanted otherwise and systemctl could not make it so
 */
export function observedEnabled(
  name: string,
  { unitFileState }: UnitEntry,
  wanted: boolean | undefined,
): boolean {
  if (unitFileState === 'enabled' || unitFileState === 'alias') return true;
  // Enabling such a unit makes others start, or another name of it; its own state stays.
  if (unitFileState === 'indirect') return wanted ?? false;
  const isFixed = ['static', 'generated', 'transient'].includes(unitFileState);
  const isOn = unitFileState === 'generated';
  if (isFixed && wanted !== undefined && wanted !== isOn) {
    throw new HomelabError({
      code: 'task/cannot-enable',
      message: `${name} is ${unitFileState}: it cannot be ${wanted ? 'enabled' : 'disabled'}`,
      hint: wanted
        ? 'Leave `enabled` out, or enable what starts it (its timer, socket or target).'
        : 'Leave `enabled` out, or set `masked: true`.',
    });
  }
  return isOn;
}

/** Whether starting the unit is forbidden for good. */
export function isMasked({ loadState, unitFileState }: UnitEntry): boolean {
  return unitFileState === 'masked' || (loadState === 'masked' && unitFileState !== 'masked-runtime');
}
