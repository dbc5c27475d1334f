import { HomelabError } from '../core/errors.js';
import type { RunOwner } from '../core/run-owner.js';
import type { SectionResult } from '../core/shell.js';

/** A lock that somebody else holds. */
export interface HeldLock {
  /** Undefined where the lock does not say in a way that can be read. */
  readonly owner: RunOwner | undefined;
  readonly ageSeconds: number;
  /** The owner's shell is running something on the host. */
  readonly isBusy: boolean;
}

/** Who holds a lock, and how long: `ada@laptop, run 20261121T…, for 3 min`. */
export function holderText({ owner, ageSeconds }: Omit<HeldLock, 'isBusy'>): string {
  const who = owner === undefined ? 'somebody' : `${owner.by}, run ${owner.run}`;
  return `${who}, for ${ageText(ageSeconds)}`;
}

/** A number of seconds as a person says it: `40 s`, `3 min`, `2 h`, `3 d`. */
function ageText(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
  ] as const;
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** Another run applies to the host. */
export function locked(host: string, lock: HeldLock): HomelabError {
  const doing = lock.isBusy ? ', and runs something there at this moment' : '';
  return new HomelabError({
    code: 'engine/locked',
    host,
    message: `${host} is being applied to by another run (${holderText(lock)})${doing}`,
    hint: `Wait for it. Where it is known to be dead: homelab unlock ${host}`,
  });
}

/** Somebody took the lock away while we were at work. */
export function lockLost(host: string): HomelabError {
  return new HomelabError({
    code: 'engine/lock-lost',
    host,
    message: `the lock of this run on ${host} is gone: somebody unlocked it, so nothing more was applied`,
    hint: 'Look at `homelab history`, then run again.',
  });
}

/** The folder of lock and journal cannot be written. */
export function noLedger(host: string, result: SectionResult | undefined): HomelabError {
  const said = result?.stderr.toString('utf8').trim() ?? '';
  return new HomelabError({
    code: 'engine/no-ledger',
    host,
    message: `${host} has no room for homelab's lock and journal${said === '' ? '' : `\n${said}`}`,
    hint: 'Looked at /var/lib/homelab (root) or ~/.local/state/homelab: make it writable, with space left.',
  });
}
