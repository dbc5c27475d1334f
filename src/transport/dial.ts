import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { AgentAuthMethod, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { HomelabError, toHomelabError } from '../core/errors.js';
import { keyFacts } from '../core/key-strength.js';
import type { Login } from '../core/shell.js';
import type { Timings } from '../core/timings.js';
import type { Endpoint } from './endpoint.js';
import { acknowledgePromptly } from './acknowledge.js';
import { watchDial } from './dial-clock.js';
import { joinWrites } from './join-writes.js';
import type { KeyRing } from './key-ring.js';
import { hostKeyOf, type HostKey } from './known-hosts.js';
import type { PasswordLogin } from './password-login.js';
import { SshConnection } from './ssh-connection.js';
import { dialFailure, type DialStage, type RawError } from './ssh-failure.js';

export interface DialOptions {
  readonly endpoint: Endpoint;
  /** A connection that a jump host forwards; undefined: dial the address. */
  readonly sock: Duplex | undefined;
  readonly keys: KeyRing | undefined;
  /** In place of keys. */
  readonly password?: PasswordLogin | undefined;
  /** Throws where the server must not be talked to. Asked before anything of ours is sent. */
  readonly verify: (key: HostKey) => Promise<void>;
  readonly hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[];
  /** For connection, handshake and login together, not counting the time a person types. */
  readonly timeoutMs: number;
  readonly keepaliveMs: number;
  /** Aborted: the dial ends at once. */
  readonly signal: AbortSignal;
  /** The jump host's connection that carries this one. */
  readonly carrier: SshConnection | undefined;
  readonly timings?: Timings | undefined;
  /** Called when the server has said that it is one. */
  readonly onAnswer?: (() => void) | undefined;
}

const LONGEST_GREETING = 8192;
/** Unanswered keepalives until the connection counts as lost; ssh2 notices with the one after. */
const KEEPALIVES = 2;
/** How long one address of several may take before the next is tried too (RFC 8305 asks for 250 ms to 2 s). */
const NEXT_ADDRESS_MS = 1000;

/** Connects, checks who is there, logs in. @throws HomelabError `transport/…` */
export function dial(options: DialOptions): Promise<SshConnection> {
  const { endpoint, keys, password, timings } = options;
  const client = new ssh2.Client();
  const sock = options.sock ?? openTcp(endpoint);
  const written = joinWrites(sock);
  const connected = new Promise<void>((resolve, reject) => {
    let stage: DialStage = 'connecting';
    let refused: unknown;
    let since = performance.now();
    const onError = (error: RawError): void => {
      // An agent or a key that cannot sign: ssh2 goes on to the next key.
      if (error.level === 'agent') return;
      const offered = keys?.labels ?? [];
      const certificate = keys?.certificate;
      const failure = dialFailure(error, { endpoint, stage, offered, certificate });
      const own = failure.code === 'transport/auth-failed' ? password?.failure : undefined;
      reject(toHomelabError(refused ?? keys?.failure ?? own ?? failure));
    };
    client
      .on('connect', () => {
        stage = 'handshake';
        since = timings?.add('connect', endpoint.name, since) ?? since;
      })
      .on('handshake', () => {
        stage = 'authentication';
        since = timings?.add('handshake', endpoint.name, since) ?? since;
      })
      .on('ready', () => {
        timings?.add('login', endpoint.name, since);
        resolve();
      })
      .on('change password', (question) => password?.refuseQuestion(question))
      .on('error', onError)
      .on('close', () => onError(Object.assign(new Error('connection closed'), { level: 'protocol' })))
      .connect({
        ...configOf(options),
        sock,
        hostVerifier: verifier(options, (thrown) => (refused = thrown)),
      });
  });
  if (options.onAnswer !== undefined) listenForIdentification(sock, options.onAnswer);
  const watch = watchDial({ ...options, isAsking: () => keys?.isAsking === true });
  return Promise.race([connected, watch.late, ...(password === undefined ? [] : [password.refused])])
    .then(
      () => {
        client.removeAllListeners();
        acknowledgePromptly(client, sock, written);
        return new SshConnection(client, {
          endpoint,
          carrier: options.carrier,
          loggedInBy: loginOf(options),
        });
      },
      (thrown: unknown) => {
        client.removeAllListeners().on('error', () => undefined);
        client.end();
        sock.destroy();
        throw thrown;
      },
    )
    .finally(() => watch.stop());
}

function openTcp({ address, port }: Endpoint): Duplex {
  // Without noDelay every small request waits some 40 ms for the acknowledgement of the one before.
  return connectTcp({ host: address, port, noDelay: true, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS });
}

/** How a connection that is ready was logged in to. */
function loginOf({ endpoint: { user, port }, keys, password }: DialOptions): Login | undefined {
  if (password !== undefined) return password.login;
  const key = keys?.signedWith;
  return key === undefined ? undefined : { user, method: 'publickey', key: keyFacts(key.blob), port };
}

/** A server begins with `SSH-`, after other lines perhaps (RFC 4253, 4.2). */
function listenForIdentification(sock: Duplex, tell: () => void): void {
  let text = '';
  const listen = (chunk: Buffer): void => {
    text = (text + chunk.toString('latin1')).slice(-LONGEST_GREETING);
    if (!/^SSH-/m.test(text)) return;
    sock.off('data', listen);
    tell();
  };
  sock.on('data', listen);
}

type Verifier = (key: Buffer, verify: (isValid: boolean) => void) => void;

function verifier({ verify, endpoint }: DialOptions, refuse: (thrown: unknown) => void): Verifier {
  return (blob, answer) => {
    const key = hostKeyOf(blob);
    const checked = key === undefined ? Promise.reject(strangeKey(endpoint)) : verify(key);
    checked.then(
      () => answer(true),
      (thrown: unknown) => {
        refuse(thrown);
        answer(false);
      },
    );
  };
}

function strangeKey({ name }: Endpoint): HomelabError {
  return new HomelabError({
    code: 'transport/host-key-unknown',
    host: name,
    message: `${name} shows a host key that cannot be read`,
    hint: 'Give it an ed25519 host key: ssh-keygen -A',
  });
}

function configOf({ endpoint, keys, password, hostKeyAlgorithms, keepaliveMs }: DialOptions): ConnectConfig {
  const offer = { type: 'agent', username: endpoint.user, agent: keys } as AgentAuthMethod;
  return {
    username: endpoint.user,
    algorithms: {
      // Only what OpenSSH still offers by itself, the fastest first; no SHA-1.
      kex: [
        'curve25519-sha256',
        'curve25519-sha256@libssh.org',
        'ecdh-sha2-nistp256',
        'ecdh-sha2-nistp384',
        'ecdh-sha2-nistp521',
        'diffie-hellman-group16-sha512',
        'diffie-hellman-group18-sha512',
        'diffie-hellman-group14-sha256',
        'diffie-hellman-group-exchange-sha256',
      ],
      serverHostKey: [...hostKeyAlgorithms],
      compress: ['none'],
    },
    // The clock of dial() counts; this one could not be stopped while a passphrase is typed.
    readyTimeout: 0,
    keepaliveInterval: keepaliveMs,
    keepaliveCountMax: KEEPALIVES,
    authHandler: password?.handler ?? (keys === undefined ? [] : [offer]),
  };
}
