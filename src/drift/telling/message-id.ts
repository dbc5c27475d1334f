import { createHash } from 'node:crypto';

/**
 * The id of a message to a target: the same for the same news while it has taken no other message, so that what was taken, and
 * its answer lost, is known there when the next check tells it again. 32 hexadecimal digits.
 */
export function messageId(target: string, messages: number, news: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([target, messages, news]))
    .digest('hex')
    .slice(0, 32);
}
