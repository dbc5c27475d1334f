import { HomelabError } from '../core/errors.js';
import type { ExchangeOutcome } from './exchange.js';
import { oneLine, type ChannelEnd } from './shell-channel.js';

/** What became of a request that got no answer. */
export type FailedOutcome = Exclude<ExchangeOutcome, { readonly kind: 'answer' }>;

/** The error for it. `stderr`: the last the channel said there, shown where no shell came up. */
export function shellFailure(outcome: FailedOutcome, host: string, stderr: string): HomelabError {
  switch (outcome.kind) {
    case 'no-scratch':
      return new HomelabError({
        code: 'transport/no-scratch',
        host,
        message: `${host} has no private folder to work in, or no room in it`,
        hint: 'Looked at /run/homelab, /var/lib/homelab, $XDG_RUNTIME_DIR and $HOME: make one of them writable, with space and inodes left.',
      });
    case 'timeout':
      return timeout(host, outcome.hasHello);
    case 'ended':
      return (
        outcome.end.lost ??
        (outcome.hasHello ? cutOff(host, outcome.end) : noShell(host, outcome.end, stderr))
      );
    default:
      return new HomelabError({
        code: 'transport/garbled-answer',
        host,
        message: `The answer of ${host} cannot be read`,
        hint: 'Something on the host changes output while it is sent. Run again; report it if it comes back.',
      });
  }
}

function timeout(host: string, hasHello: boolean): HomelabError {
  return new HomelabError({
    code: 'transport/timeout',
    host,
    message: hasHello ? `${host} did not answer in time` : `The shell on ${host} never began to read`,
    hint: hasHello
      ? 'What ran there may still be running; look before you run again.'
      : 'Log in by hand: something in the login (a profile, sudo) waits for input.',
  });
}

function cutOff(host: string, end: ChannelEnd): HomelabError {
  return new HomelabError({
    code: 'transport/connection-lost',
    host,
    message: `The shell on ${host} ${howEnded(end)} before it answered`,
    hint: 'What ran there may still be running; run again to see how things stand.',
  });
}

function noShell(host: string, end: ChannelEnd, stderr: string): HomelabError {
  const said = oneLine(stderr);
  return new HomelabError({
    code: 'transport/no-shell',
    host,
    message: `The login on ${host} ${howEnded(end)} instead of starting a shell${said === '' ? '' : `: ${said}`}`,
    hint: `The account must be allowed to run /bin/sh; try: homelab ssh ${host}`,
  });
}

function howEnded({ code }: ChannelEnd): string {
  return code === null ? 'was cut off' : `ended with code ${code}`;
}
