import { createHash } from 'node:crypto';
import type { NotifyTarget } from '../../core/notification.js';

/**
 * What a target is remembered by: of the same address and the same wishes the same, and telling nothing about either. 32
 * hexadecimal digits.
 * @param scope of checks that are told apart from the usual ones; empty for those
 */
export function targetKey(target: NotifyTarget, scope = ''): string {
  const wishes = target.on === undefined ? null : target.on.toSorted();
  return createHash('sha256')
    .update(JSON.stringify([target.to, addressOf(target), wishes, ...(scope === '' ? [] : [scope])]))
    .digest('hex')
    .slice(0, 32);
}

function addressOf(target: NotifyTarget): readonly string[] {
  switch (target.to) {
    case 'matrix':
      return [target.homeserver, target.room];
    case 'email':
      return [target.address];
    case 'command':
      return target.argv;
    default:
      return [target.url.reveal()];
  }
}
