import { setTimeout as delay } from 'node:timers/promises';
import type { Secret } from '../core/secret.js';
import { attempt } from './attempts.js';
import type { NotifyOptions } from './notify-options.js';
import { send } from './request.js';

/**
 * Asks for an address, so that who waits for it there knows that checks are still made; three times at most. Never throws.
 * @returns undefined once it was answered, else why not: half a sentence without the address
 */
export function ping(
  url: Secret,
  { fetch = globalThis.fetch, pause = (ms) => delay(ms) }: NotifyOptions = {},
): Promise<string | undefined> {
  const request = { method: 'GET', url: url.reveal(), headers: {}, body: undefined } as const;
  return attempt(() => send(request, fetch), pause);
}
