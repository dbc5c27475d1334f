import { HomelabError } from '../core/errors.js';
import { parseRunOwner } from '../core/run-owner.js';
import type { RemoteShell } from '../core/shell.js';
import { noLedger, type HeldLock } from './lock-failure.js';
import { breakLock, LOCK_EXIT, lookAtLock } from './lock-script.js';

/** The lock of a host, as it was found. */
export interface FoundLock extends HeldLock {
  /** False: its owner is dead, and the next run will take it anyway. */
  readonly isAlive: boolean;
  readonly number: number;
  /** Its first line, by which it is known again. */
  readonly line: string;
}

/** The lock of the host that `shell` is on; undefined: it is free. */
export async function findLock(shell: RemoteShell): Promise<FoundLock | undefined> {
  const [result] = await shell.run([{ script: lookAtLock() }]);
  const [number = '', does = '', age = '', line = '', json = ''] =
    result?.stdout.toString('utf8').split('\n') ?? [];
  if (number === '') return undefined;
  return {
    owner: parseRunOwner(json),
    ageSeconds: Math.max(0, Number(age) || 0),
    isBusy: does === 'busy',
    isAlive: does !== 'dead',
    number: Number(number) || 0,
    line,
  };
}

/**
 * Frees the lock. A run that still holds it applies nothing more.
 * @throws HomelabError `engine/lock-changed` where it is another lock by now, `engine/no-ledger`
 */
export async function freeLock(shell: RemoteShell, host: string, lock: FoundLock): Promise<void> {
  const [result] = await shell.run([{ script: breakLock(lock.number, lock.line) }]);
  if (result?.code === 0) return;
  if (result?.code !== LOCK_EXIT.lost) throw noLedger(host, result);
  throw new HomelabError({
    code: 'engine/lock-changed',
    host,
    message: `the lock on ${host} has another owner by now, and was left alone`,
    hint: 'Run `homelab unlock` again to see whose it is.',
  });
}
