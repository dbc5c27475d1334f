import { HomelabError } from '../core/errors.js';
import type { Endpoint } from './endpoint.js';
import { hostKeyRefusal, type ShownKey } from './host-key-check.js';
import type { KnownKeys } from './host-key-store.js';
import type { SshLog } from './openssh-log.js';
import { oneLine } from './shell-channel.js';
import { authenticationFailure, dialTimeout, networkFailure, where, type Told } from './ssh-failure.js';

/** What is known about a connection that ssh did not make. */
export interface FailedDial {
  readonly endpoint: Endpoint;
  readonly log: Pick<SshLog, 'lines' | 'said'>;
  readonly known: KnownKeys;
  /** Files of keys that had to be unlocked, and whether anybody answered. */
  readonly unlocked: ReadonlyMap<string, boolean>;
}

type Rule = readonly [pattern: RegExp, tell: (dial: FailedDial, match: RegExpExecArray) => Told];

/**
 * The error for an ssh that ended before it was logged in. Its exit code is 255 whatever happened: only its words tell
 * one thing from another, so it runs with LC_ALL=C, and nothing else classifies by them.
 */
export function opensshFailure(dial: FailedDial): HomelabError {
  const { endpoint, log } = dial;
  const said = log.said.join('\n');
  const told = wayFailure(dial) ?? firstOf(RULES, dial, said) ?? endedFailure(dial);
  return new HomelabError({ host: endpoint.name, cause: new Error(oneLine(said)), ...detailsOf(told) });
}

/** An error made elsewhere keeps its words. */
function detailsOf({ code, message, hint }: Told): Told {
  return { code, message, hint };
}

function firstOf(rules: readonly Rule[], dial: FailedDial, said: string): Told | undefined {
  for (const [pattern, tell] of rules) {
    const match = pattern.exec(said);
    if (match !== null) return tell(dial, match);
  }
  return undefined;
}

const network =
  (code: string) =>
  ({ endpoint }: FailedDial): Told =>
    networkFailure({ code }, endpoint) ?? dialTimeout(endpoint);

const RULES: readonly Rule[] = [
  [/Bad configuration option|bad configuration options|Bad owner or permissions|: line \d+: /i, badConfig],
  [/^Certificate invalid: (.*)$/m, badCertificate],
  [/Host key verification failed|REVOKED HOST KEY|HOST IDENTIFICATION HAS CHANGED/, hostKeyFailure],
  [/Unable to negotiate with .*?: (no matching .*)$/m, noCommonAlgorithm],
  [/Could not resolve hostname/, network('ENOTFOUND')],
  [/: Connection refused/, network('ECONNREFUSED')],
  [/: No route to host/, network('EHOSTUNREACH')],
  [/: Network is unreachable/, network('ENETUNREACH')],
  [
    /: (?:Connection|Operation) timed out|timed out during banner|^Connection timed out/m,
    network('ETIMEDOUT'),
  ],
  [/Permission denied|Too many authentication failures|No more authentication methods/, authentication],
];

/** ProxyJump and ProxyCommand of ssh_config are programs of their own: what they say is not about this host. */
function wayFailure({ endpoint, log }: FailedDial): Told | undefined {
  const isProxied = log.lines.some((line) => line.startsWith('debug1: Executing proxy command'));
  if (endpoint.via.length > 0 || !isProxied || hasAnswered(log)) return undefined;
  const words = log.said.filter((line) => !/^kex_exchange_identification|UNKNOWN port/.test(line));
  return {
    code: 'transport/jump-failed',
    message: `The way that the ssh configuration gives to ${endpoint.name} leads nowhere: ${oneLine(words.join(' '))}`,
    hint: `Try it by hand: ssh -v ${endpoint.name}; or give the host via in the inventory.`,
  };
}

function hostKeyFailure({ endpoint, log, known }: FailedDial): Told {
  const shown = shownKey(log.lines) ?? { type: 'a key', fingerprint: 'that cannot be read' };
  return hostKeyRefusal(endpoint, shown, known);
}

/** The key or certificate that the server showed last, as ssh tells it at LogLevel DEBUG1. */
export function shownKey(lines: readonly string[]): ShownKey | undefined {
  const [, type, fingerprint] =
    lines
      .map((line) => /^debug1: Server host (?:key|certificate): (\S+) (SHA256:[^\s,]+)/.exec(line))
      .findLast((match) => match !== null) ?? [];
  return type === undefined || fingerprint === undefined ? undefined : { type, fingerprint };
}

function badCertificate({ endpoint }: FailedDial, [, why = '']: RegExpExecArray): Told {
  return {
    code: 'transport/host-certificate-invalid',
    message: `The host certificate of ${where(endpoint)} does not count: ${oneLine(why)}`,
    hint: 'It must name the address that the inventory gives, or HostKeyAlias of ssh_config, and be valid today.',
  };
}

function noCommonAlgorithm({ endpoint }: FailedDial, [, what = '']: RegExpExecArray): Told {
  return {
    code: 'transport/no-common-algorithm',
    message: `${where(endpoint)} and the ssh program have no algorithm in common: ${oneLine(what)}`,
    hint: 'Allow it in the ssh configuration for that host (KexAlgorithms, HostKeyAlgorithms, Ciphers), or update one of the two.',
  };
}

function badConfig({ log }: FailedDial): Told {
  return {
    code: 'transport/bad-ssh-config',
    message: `ssh cannot read its configuration: ${oneLine(log.said.join(' '))}`,
    hint: 'Correct the file, or leave it out with --ssh-config none. OpenSSH 8.5 or later is needed.',
  };
}

function authentication({ endpoint, log, unlocked }: FailedDial): Told {
  const offered = keysOf(log, /^debug1: Offering public key: (.*) \S+ SHA256:\S+/);
  const wanted = keysOf(log, /^debug1: Server accepts key: (.*) \S+ SHA256:\S+/);
  const locked = [...unlocked.keys()].find((path) => wanted.includes(path));
  if (locked === undefined) return authenticationFailure(endpoint, offered);
  const hint = `Load the key into an agent first (ssh-add ${locked}), or run on a terminal and type its passphrase.`;
  return unlocked.get(locked) === true
    ? { code: 'transport/bad-passphrase', message: `Wrong passphrase for ${locked}`, hint }
    : {
        code: 'transport/auth-failed',
        message: `${where(endpoint)} does not let ${endpoint.user} in: ${locked} is encrypted and no passphrase was given`,
        hint,
      };
}

function endedFailure({ endpoint, log }: FailedDial): Told {
  const last = oneLine(log.said.at(-1) ?? 'no reason given');
  if (!hasAnswered(log))
    return {
      code: 'transport/connection-lost',
      message: `${where(endpoint)} ended the connection before the login: ${last}`,
      hint: 'Is that port sshd’s? Else it may be refusing us for a while (MaxStartups, PerSourcePenalties): wait, then try again.',
    };
  return {
    code: 'transport/connection-lost',
    message: `The connection to ${where(endpoint)} was lost during the login: ${last}`,
    hint: 'Run again; if it stays so, read the log of sshd there.',
  };
}

/** Whether a server has said that it is one. */
export function hasAnswered(log: Pick<SshLog, 'lines'>): boolean {
  return log.lines.some(isAnswer);
}

/** The line by which ssh tells that. */
export function isAnswer(line: string): boolean {
  return line.startsWith('debug1: Remote protocol version');
}

function keysOf({ lines }: Pick<SshLog, 'lines'>, pattern: RegExp): string[] {
  // A key and its certificate have one name.
  return [...new Set(lines.flatMap((line) => pattern.exec(line)?.[1] ?? []))];
}
