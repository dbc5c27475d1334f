import { HomelabError } from '../core/errors.js';
import type { Endpoint } from './endpoint.js';
import { dialTimeout } from './ssh-failure.js';

export interface DialClockOptions {
  readonly endpoint: Endpoint;
  /** Whether a person is being asked right now: that time does not count. */
  readonly isAsking: () => boolean;
  readonly timeoutMs: number;
  /** Aborted: nobody waits for the dial any longer. */
  readonly signal: AbortSignal;
}

/** Rejects when the time is up, or when nobody waits any longer. No clock runs while a person types a passphrase. */
export function watchDial({ endpoint, isAsking, timeoutMs, signal }: DialClockOptions): {
  late: Promise<never>;
  stop: () => void;
} {
  let stop: (() => void) | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    let timer: NodeJS.Timeout;
    const start = (): void => {
      timer = setTimeout(() => {
        if (isAsking()) start();
        else reject(new HomelabError({ ...dialTimeout(endpoint), host: endpoint.name }));
      }, timeoutMs);
    };
    const abort = (): void => reject(closedError(endpoint.name));
    start();
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
  });
  return { late, stop: () => stop?.() };
}

/** The answer to whoever waits for a transport that is being closed. */
export function closedError(host: string): HomelabError {
  return new HomelabError({ code: 'transport/closed', host, message: `The way to ${host} was closed` });
}
