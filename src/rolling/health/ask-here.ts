import { existsSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP, type LookupFunction } from 'node:net';
import type { Check } from '../../core/check.js';
import { attemptArgv } from '../../probes/readiness.js';
import { askDns } from './ask-dns.js';
import { askProgram } from './ask-program.js';
import { down, UP, wordsOf, type AskCheck, type Sight } from './sight.js';

/** How things of this machine are asked with. */
export interface AskHereOptions {
  readonly lookUp: LookupFunction;
  /** Environment of programs. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Seconds that are told to programs which end by themselves; what limits them is the watch. */
const PROGRAM_SECONDS = 5;

/** Asks from this machine, each time by a connection of its own. */
export function askerHere({ lookUp, env }: AskHereOptions): AskCheck {
  return async (check, signal) => {
    try {
      switch (check.kind) {
        case 'tcp':
          return await askTcp(check, lookUp, signal);
        case 'http':
          return await askHttp(check, lookUp, signal);
        case 'path':
          return existsSync(check.path) ? UP : down('it is not there');
        case 'dns':
          // How this machine resolves names is its programs' business; they can be ended, threads of node cannot.
          if (check.server !== undefined && isIP(check.server) !== 0)
            return await askDns({ ...check, server: check.server }, signal);
          break;
        default:
      }
      return await askProgram(attemptArgv(check, PROGRAM_SECONDS), env, signal);
    } catch (thrown) {
      return down(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
}

function askTcp(
  { host, port }: Check & { kind: 'tcp' },
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<Sight> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, lookup, signal });
    socket.once('connect', () => {
      resolve(UP);
      socket.destroy();
    });
    socket.once('error', (error) => resolve(down(wordsOf(error))));
    socket.once('close', () => resolve(down('the connection was closed')));
  });
}

/** The first answer counts: a redirection is a status like others. */
function askHttp(
  { url, statuses, isInsecure }: Check & { kind: 'http' },
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<Sight> {
  return new Promise((resolve) => {
    const options = { agent: false, lookup, signal, headers: { 'user-agent': 'homelab' } } as const;
    const request = url.toLowerCase().startsWith('https:')
      ? httpsRequest(url, { ...options, rejectUnauthorized: !isInsecure })
      : httpRequest(url, options);
    request.once('response', (response) => {
      const status = response.statusCode ?? 0;
      const isWanted = statuses.length === 0 ? status >= 200 && status < 300 : statuses.includes(status);
      resolve(isWanted ? UP : down(`status ${status}`));
      response.destroy();
    });
    request.on('error', (error) => resolve(down(wordsOf(error))));
    request.once('close', () => resolve(down('the connection was closed')));
    request.end();
  });
}
