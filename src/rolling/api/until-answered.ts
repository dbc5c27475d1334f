import type { DrainHost } from '../../core/drain.js';
import { toHomelabError } from '../../core/errors.js';
import { mayPass } from './host-api.js';

const PAUSE_MS = 500;

/**
 * What `ask` answers, once its API does; asked again and again, for about `limitSeconds` of pauses.
 * @throws HomelabError of the last time; at once where waiting changes nothing
 */
export async function untilAnswered<Value>(
  host: Pick<DrainHost, 'pause'>,
  limitSeconds: number,
  ask: () => Promise<Value>,
): Promise<Value> {
  for (let left = limitSeconds * 1000; ; left -= PAUSE_MS) {
    try {
      return await ask();
    } catch (thrown) {
      if (!mayPass(toHomelabError(thrown)) || left <= 0) throw thrown;
    }
    await host.pause(PAUSE_MS);
  }
}

/** What `ask` answers; the message of the error where its API does not answer yet. */
export async function orPending(ask: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    const error = toHomelabError(thrown);
    if (!mayPass(error)) throw thrown;
    return error.message;
  }
}
