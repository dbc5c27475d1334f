import { HomelabError } from '../core/errors.js';
import type { Endpoint } from './endpoint.js';
import { oneLine } from './shell-channel.js';

/** What ssh2 and the operating system put on their errors. */
export interface RawError extends Error {
  /** A name of the operating system (`ECONNREFUSED`), or the reason number of SSH_MSG_DISCONNECT (RFC 4253, 11.1). */
  readonly code?: string | number;
  /** Where in ssh2 it came up: `client-socket`, `client-timeout`, `client-authentication`, `handshake`, `protocol`, `agent`. */
  readonly level?: string;
}

/** How far a dial had come. */
export type DialStage = 'connecting' | 'handshake' | 'authentication';

/** What an error says, whichever host it is told of. */
export type Told = Pick<HomelabError, 'code' | 'message' | 'hint'>;

export interface DialContext {
  readonly endpoint: Endpoint;
  readonly stage: DialStage;
  /** The keys that were there to be tried. */
  readonly offered: readonly string[];
  /** A file that would have been shown, could ssh2 do it. */
  readonly certificate?: string | undefined;
}

/** A dial that failed, as an error a user can act on. */
export function dialFailure(error: RawError, context: DialContext): HomelabError {
  const { endpoint, stage, offered, certificate } = context;
  const told =
    error.level === 'client-authentication' || (stage === 'authentication' && typeof error.code === 'number')
      ? { ...authenticationFailure(endpoint, offered), ...certificateHint(certificate) }
      : (networkFailure(error, endpoint) ?? handshakeFailure(error, endpoint, stage));
  return new HomelabError({ ...told, host: endpoint.name, cause: error });
}

/** A host and its place, for a message. */
export function where({ name, address, port }: Endpoint): string {
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return name === address ? place : `${name} (${place})`;
}

/** The server took none of the keys that were `offered`. */
export function authenticationFailure(endpoint: Endpoint, offered: readonly string[]): Told {
  const tried = offered.length === 0 ? 'there was no key to try' : `tried ${offered.join(', ')}`;
  return {
    code: 'transport/auth-failed',
    message: `${where(endpoint)} does not let ${endpoint.user} in: ${tried}`,
    hint:
      offered.length === 0
        ? 'Name a key (identity in the inventory), load one (ssh-add), or make one: ssh-keygen -t ed25519'
        : `Check user and identity in the inventory, and that one of these keys is in ~${endpoint.user}/.ssh/authorized_keys there.`,
  };
}

function certificateHint(certificate: string | undefined): { hint?: string } {
  if (certificate === undefined) return {};
  return { hint: `Set transport: openssh for the host: the transport ssh2 cannot show ${certificate}.` };
}

/** By the operating system's own names (errno(3), getaddrinfo(3)). */
export function networkFailure(error: Pick<RawError, 'code'>, endpoint: Endpoint): Told | undefined {
  const place = where(endpoint);
  switch (error.code) {
    case 'ECONNREFUSED':
      return {
        code: 'transport/connection-refused',
        message: `${place} refuses connections`,
        hint: 'Is sshd running there, and is the port right?',
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NONAME':
      return {
        code: 'transport/unresolvable',
        message: `No address found for ${endpoint.address}${endpoint.name === endpoint.address ? '' : ` (${endpoint.name})`}`,
        hint: 'Give the host an address in the inventory, or look at this machine’s name service.',
      };
    case 'ETIMEDOUT':
      return dialTimeout(endpoint);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'EADDRNOTAVAIL':
      return {
        code: 'transport/unreachable',
        message: `There is no way to ${place} from here (${error.code})`,
        hint: 'Is the machine on, and is it reached through a jump host (via)?',
      };
    default:
      return undefined;
  }
}

/** Nothing answered in time. */
export function dialTimeout(endpoint: Endpoint): Told {
  return {
    code: 'transport/timeout',
    message: `${where(endpoint)} did not answer in time`,
    hint: 'Is the machine on, and does a firewall drop the connection?',
  };
}

function handshakeFailure(error: RawError, endpoint: Endpoint, stage: DialStage): Told {
  const place = where(endpoint);
  // ssh2 has one level for everything that can go wrong in a key exchange; only its text tells this case apart.
  if (error.level === 'handshake' && error.message.includes('no matching'))
    return {
      code: 'transport/no-common-algorithm',
      message: `${place} and this program have no algorithm in common: ${oneLine(error.message)}`,
      hint: 'Set transport: openssh for the host: the ssh program may know what it wants (post-quantum key exchange, a host certificate).',
    };
  if (stage === 'handshake' || stage === 'connecting')
    return {
      code: 'transport/connection-lost',
      message: `${place} ended the connection before the login: ${oneLine(error.message)}`,
      hint: 'Is that port sshd’s? Else it may be refusing us for a while (MaxStartups, PerSourcePenalties): wait, then try again.',
    };
  return {
    code: 'transport/connection-lost',
    message: `The connection to ${place} was lost during the login: ${oneLine(error.message)}`,
    hint: 'Run again; if it stays so, read the log of sshd there.',
  };
}

/** A connection that had been good is gone. */
export function lostConnection(endpoint: Endpoint, error: RawError | undefined): HomelabError {
  const how = error?.level === 'client-timeout' ? 'no longer answers' : 'ended the connection';
  return new HomelabError({
    code: 'transport/connection-lost',
    host: endpoint.name,
    message: `${where(endpoint)} ${how}`,
    hint: 'What ran there may still be running; run again to see how things stand.',
    cause: error,
  });
}

/** The same trouble as every host behind a jump host sees it. */
export function jumpFailure(endpoint: Endpoint, jump: Endpoint, error: HomelabError): HomelabError {
  const isDeeper = error.code === 'transport/jump-failed';
  return new HomelabError({
    code: 'transport/jump-failed',
    host: endpoint.name,
    message: isDeeper ? error.message : `unreachable via ${jump.name}: ${error.message}`,
    hint: error.hint,
    cause: error,
  });
}

/** A jump host that does not pass the connection on. `reason`: of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, 5.1). */
export function forwardFailure(
  endpoint: Endpoint,
  jump: Endpoint,
  error: Error & { reason?: unknown },
): HomelabError {
  if (error.reason === 1)
    return new HomelabError({
      code: 'transport/forwarding-refused',
      host: endpoint.name,
      message: `${jump.name} does not forward connections to ${where(endpoint)}`,
      hint: `On ${jump.name} sshd must allow it for ${jump.user}: AllowTcpForwarding local, and PermitOpen with that address where it is set. A jump host that is hardened learns it by \`homelab harden ${jump.name}\`.`,
      cause: error,
    });
  return new HomelabError({
    code: 'transport/unreachable',
    host: endpoint.name,
    message: `${jump.name} could not reach ${where(endpoint)}: ${oneLine(error.message)}`,
    hint: `Is the machine on, and is the address the one that ${jump.name} knows it by?`,
    cause: error,
  });
}
