import { quoteAll } from '../core/quote.js';
import type { Endpoint } from './endpoint.js';

/** A connection's control socket (ssh_config(5), ControlPath) and the name ssh is called with for it. */
export interface ControlSocket {
  readonly path: string;
  readonly name: string;
}

/** What a connection is made with, beside what ssh_config says. Times are in milliseconds. */
export interface TargetWords {
  readonly endpoint: Endpoint;
  /** `-F FILE`, or nothing: the user's own and the machine's. */
  readonly config: readonly string[];
  readonly identities: readonly string[];
  /** The connection of the jump host before it; undefined: none, or what ssh_config says. */
  readonly jump: ControlSocket | undefined;
  /** The one known_hosts file that counts. */
  readonly knownHosts: string;
  readonly isNewAccepted: boolean;
  readonly keepaliveMs: number;
  readonly timeoutMs: number;
}

/** Unanswered keepalives until ssh gives up at the next one: as the transport ssh2 does. */
const KEEPALIVES = 2;
/** Where the control socket does not answer, ssh would connect by itself: this keeps it from that. */
const NO_WAY = ['-o', 'ControlMaster=no', '-o', 'ProxyCommand=false'];

/** The words of a program that logs in, listens on `socket` and ends with its connection. */
export function masterArgv(target: TargetWords, socket: string): string[] {
  return ['ssh', ...target.config, '-N', '-M', '-T', '-S', socket, ...targetWords(target)];
}

/** The words of a program that asks for a host key of the types `algorithms` and does not log in. */
export function scanArgv(target: TargetWords, algorithms: readonly string[]): string[] {
  const nobody = ['PubkeyAuthentication', 'GSSAPIAuthentication', 'HostbasedAuthentication'];
  return [
    'ssh',
    ...target.config,
    '-T',
    '-S',
    'none',
    ...options({
      HostKeyAlgorithms: algorithms.join(','),
      PreferredAuthentications: 'none',
      KbdInteractiveAuthentication: 'no',
      ...Object.fromEntries(nobody.map((name) => [name, 'no'])),
    }),
    ...targetWords(target),
    // Of a server that lets anybody in.
    'exit',
  ];
}

/** The words that run a program through a master, its ssh's own messages going to the file `log`. */
export function channelArgv({ path, name }: ControlSocket, log: string, argv: readonly string[]): string[] {
  const quiet = ['-o', 'LogLevel=DEBUG2', '-E', log];
  return ['ssh', '-F', 'none', '-S', path, ...NO_WAY, ...quiet, '-T', '--', name, quoteAll(argv)];
}

export interface LoginWords {
  readonly socket: ControlSocket;
  readonly config: readonly string[];
  readonly log: string;
  readonly hasTerminal: boolean;
  /** Empty: the account's own shell. */
  readonly command: readonly string[];
}

/** The same with the user's settings for a session (environment, agent), and with a terminal where there is one. */
export function loginArgv({ socket, config, log, hasTerminal, command }: LoginWords): string[] {
  return [
    'ssh',
    ...config,
    '-S',
    socket.path,
    ...NO_WAY,
    ...options({ LogLevel: 'DEBUG2', RemoteCommand: 'none', ClearAllForwardings: 'yes' }),
    '-E',
    log,
    hasTerminal ? '-t' : '-T',
    '--',
    socket.name,
    ...(command.length === 0 ? [] : [quoteAll(command)]),
  ];
}

/** The words that ask whether a master still listens: code 0. */
export function checkArgv({ path, name }: ControlSocket): string[] {
  return ['ssh', '-F', 'none', '-S', path, '-O', 'check', '--', name];
}

/** A shell's command line, which ssh runs itself, that connects through the jump host's master (ssh(1), -W). */
export function proxyCommand(jump: ControlSocket, { address, port }: Endpoint): string {
  const forward = ['-W', `[${address}]:${port}`, '--', jump.name];
  return escapeTokens(quoteAll(['ssh', '-F', 'none', '-S', jump.path, ...NO_WAY, ...forward]));
}

/** ssh_config(5), TOKENS: a percent sign that is one. */
export function escapeTokens(text: string): string {
  return text.replaceAll('%', '%%');
}

function targetWords(target: TargetWords): string[] {
  const { endpoint, identities, knownHosts, isNewAccepted, keepaliveMs, timeoutMs } = target;
  const { address, port, user } = endpoint.stated;
  return [
    ...options({
      ControlPersist: 'no',
      LogLevel: 'DEBUG1',
      StrictHostKeyChecking: isNewAccepted ? 'accept-new' : 'yes',
      UserKnownHostsFile: knownHosts,
      GlobalKnownHostsFile: '/dev/null',
      KnownHostsCommand: 'none',
      VerifyHostKeyDNS: 'no',
      NoHostAuthenticationForLocalhost: 'no',
      CheckHostIP: 'no',
      HashKnownHosts: 'no',
      UpdateHostKeys: 'no',
      BatchMode: 'no',
      PasswordAuthentication: 'no',
      NumberOfPasswordPrompts: '1',
      ServerAliveInterval: seconds(keepaliveMs),
      ServerAliveCountMax: `${KEEPALIVES}`,
      ConnectTimeout: seconds(timeoutMs),
      ClearAllForwardings: 'yes',
      RemoteCommand: 'none',
      Tunnel: 'no',
      ForwardX11: 'no',
      ...(address === undefined ? {} : { HostName: escapeTokens(address) }),
      ...wayOptions(target),
    }),
    ...identities,
    ...(port === undefined ? [] : ['-p', `${port}`]),
    ...(user === undefined ? [] : ['-l', user]),
    '--',
    endpoint.name,
  ];
}

/** A way that the inventory gives wins over ProxyJump and ProxyCommand; where it gives none, they count. */
function wayOptions({ endpoint, jump }: TargetWords): Record<string, string> {
  if (jump !== undefined) return { ProxyCommand: proxyCommand(jump, endpoint) };
  return endpoint.stated.via === undefined ? {} : { ProxyCommand: 'none' };
}

function options(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function seconds(ms: number): string {
  return `${Math.max(1, Math.ceil(ms / 1000))}`;
}
