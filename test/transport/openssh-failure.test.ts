import { describe, expect, test } from '@jest/globals';
import { bareHost } from '../../src/core/host-config.js';
import type { KnownKeys } from '../../src/transport/host-key-store.js';
import { fingerprint, parsePublicKey, type HostKey } from '../../src/transport/known-hosts.js';
import { opensshFailure } from '../../src/transport/openssh-failure.js';
import { SshLog } from '../../src/transport/openssh-log.js';
import { publicKeyLine } from './public-key-line.js';

const key = parsePublicKey(publicKeyLine('known')) as HostKey;
const other = parsePublicKey(publicKeyLine('other')) as HostKey;
const endpoint = {
  name: 'nas',
  address: '10.0.0.9',
  port: 2222,
  user: 'admin',
  stated: bareHost('nas'),
  identities: undefined,
  isIdentityFromInventory: false,
  isIdentitiesOnly: false,
  agent: undefined,
  others: [],
  alsoKnownAs: [],
  knownAs: '[10.0.0.9]:2222',
  pinned: [],
  files: [],
  via: [],
  key: 'nas',
};
const nothing: KnownKeys = { accepted: [], isByOtherPort: false, revoked: [], authorities: [] };

function failure(lines: readonly string[], known = nothing, unlocked = new Map<string, boolean>()) {
  const log = new SshLog();
  log.push(`${lines.join('\r\n')}\r\n`);
  return opensshFailure({ endpoint, log, known, unlocked });
}

const SERVER = 'debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2p1';
const PROXY = 'debug1: Executing proxy command: exec ssh -W [10.0.0.9]:2222 gate';
const SHOWN = `debug1: Server host key: ssh-ed25519 ${fingerprint(other)}`;
const BYE = 'Connection closed by UNKNOWN port 65535';
const OFFER = 'debug1: Offering public key: /home/me/.ssh/a b ED25519 SHA256:abc explicit';
const ACCEPT = 'debug1: Server accepts key: /home/me/.ssh/a b ED25519 SHA256:abc explicit';

describe('what ssh says, and the error it means', () => {
  test.each<[said: readonly string[], code: string, message: RegExp]>([
    [
      ['ssh: connect to host 10.0.0.9 port 2222: Connection refused'],
      'connection-refused',
      /^nas \(10\.0\.0\.9:2222\) refuses/,
    ],
    [['ssh: connect to host 10.0.0.9 port 2222: No route to host'], 'unreachable', /EHOSTUNREACH/],
    [['ssh: connect to host 10.0.0.9 port 2222: Network is unreachable'], 'unreachable', /ENETUNREACH/],
    [['ssh: connect to host 10.0.0.9 port 2222: Connection timed out'], 'timeout', /did not answer/],
    [['ssh: connect to host 10.0.0.9 port 2222: Operation timed out'], 'timeout', /did not answer/],
    [
      ['Connection timed out during banner exchange', 'Connection to 10.0.0.9 port 2222 timed out'],
      'timeout',
      /did not answer/,
    ],
    [
      ['ssh: Could not resolve hostname 10.0.0.9: Name or service not known'],
      'unresolvable',
      /No address found/,
    ],
    [
      [
        SERVER,
        'Unable to negotiate with 10.0.0.9 port 2222: no matching key exchange method found. Their offer: x',
      ],
      'no-common-algorithm',
      /no matching key exchange method found\. Their offer: x$/,
    ],
    [
      [SERVER, SHOWN, 'No ED25519 host key is known for 10.0.0.9', 'Host key verification failed.'],
      'host-key-unknown',
      /is not known: ssh-ed25519 SHA256:/,
    ],
    [
      [SERVER, 'Certificate invalid: name is not a listed principal', 'Host key verification failed.'],
      'host-certificate-invalid',
      /name is not a listed principal$/,
    ],
    [
      [SERVER, OFFER, 'admin@10.0.0.9: Permission denied (publickey).'],
      'auth-failed',
      /does not let admin in: tried \/home\/me\/\.ssh\/a b$/,
    ],
    [[SERVER, 'admin@10.0.0.9: Permission denied (publickey).'], 'auth-failed', /there was no key to try/],
    [
      [SERVER, OFFER, 'Received disconnect from 10.0.0.9 port 2222:2: Too many authentication failures'],
      'auth-failed',
      /tried/,
    ],
    [
      [
        '/home/me/.ssh/config: line 3: Bad configuration option: foo',
        '/home/me/.ssh/config: terminating, 1 bad configuration options',
      ],
      'bad-ssh-config',
      /line 3/,
    ],
    [['Bad owner or permissions on /home/me/.ssh/config'], 'bad-ssh-config', /Bad owner/],
    [
      ['kex_exchange_identification: Connection closed by remote host'],
      'connection-lost',
      /before the login/,
    ],
    [
      [SERVER, 'Connection reset by 10.0.0.9 port 2222'],
      'connection-lost',
      /during the login: Connection reset/,
    ],
    [[], 'connection-lost', /no reason given/],
    [
      [PROXY, 'ssh: connect to host gate port 22: Connection refused', BYE],
      'jump-failed',
      /leads nowhere: ssh: connect to host gate port 22: Connection refused$/,
    ],
    [[PROXY, SERVER, 'admin@10.0.0.9: Permission denied (publickey).'], 'auth-failed', /no key/],
  ])('%j', (said, code, message) => {
    const error = failure(said);
    expect([error.code, error.host]).toEqual([`transport/${code}`, 'nas']);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(/\S/);
  });

  test.each<[string, KnownKeys, string]>([
    ['known by another key', { ...nothing, accepted: [{ key, where: 'known_hosts:7' }] }, 'changed'],
    ['revoked', { ...nothing, revoked: [{ key: other, where: 'known_hosts:8' }] }, 'revoked'],
    ['another one revoked', { ...nothing, revoked: [{ key, where: 'known_hosts:8' }] }, 'unknown'],
  ])('a key of a host that is %s', (_what, known, outcome) => {
    const error = failure([SERVER, SHOWN, 'Host key verification failed.'], known);
    expect(error.code).toBe(`transport/host-key-${outcome}`);
    expect(error.message).toContain(fingerprint(other));
    if (outcome === 'changed') expect(error.message).toContain(`${fingerprint(key)} (known_hosts:7)`);
  });

  test.each([
    ['nobody answered for', false, 'auth-failed'],
    ['was answered for wrongly', true, 'bad-passphrase'],
  ])('a locked key that %s', (_what, isAnswered, code) => {
    const said = [SERVER, OFFER, ACCEPT, 'admin@10.0.0.9: Permission denied (publickey).'];
    const error = failure(said, nothing, new Map([['/home/me/.ssh/a b', isAnswered]]));
    expect([error.code, error.hint]).toEqual([
      `transport/${code}`,
      expect.stringContaining('ssh-add /home/me/.ssh/a b'),
    ]);
  });

  test('what a server says stays on one line', () => {
    const error = failure([SERVER, 'Connection closed: \u001b[31m\u202Ered']);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('why a jump host did not connect', () => {
  const ask = (place: string, channel: number) => [
    `debug1: channel_connect_stdio_fwd: ${place}`,
    `debug1: channel ${channel}: new stdio-forward [stdio-forward] (inactive timeout: 0)`,
  ];
  test('is told for each place, although their answers mix', () => {
    const log = new SshLog();
    const lines = [
      ...ask('10.0.0.1:22', 2),
      ...ask('fe80::1:22', 3),
      ...ask('10.0.0.3:22', 4),
      'channel 3: open failed: administratively prohibited: open failed',
      'channel 2: open failed: connect failed: No route to host',
    ].join('\n');
    // In pieces, as they may come.
    for (let at = 0; at < lines.length; at += 7) log.push(lines.slice(at, at + 7));
    log.push('\n');
    const told = ['10.0.0.1', 'fe80::1', '10.0.0.3'].map((address) => {
      const refusal = log.refusalOf({ address, port: 22 });
      return refusal && [refusal.reason, refusal.message];
    });
    expect(told).toEqual([[2, 'No route to host'], [1, 'open failed'], undefined]);
  });

  test('is forgotten when it is tried again', () => {
    const log = new SshLog();
    log.push(
      [...ask('a:22', 2), 'channel 2: open failed: connect failed: Connection refused', ''].join('\n'),
    );
    expect(log.refusalOf({ address: 'a', port: 22 })?.reason).toBe(2);
    log.push([...ask('a:22', 2), ''].join('\n'));
    expect(log.refusalOf({ address: 'a', port: 22 })).toBeUndefined();
  });
});

test('a log keeps its beginning and its end, however long it grows', () => {
  const log = new SshLog();
  for (let line = 0; line < 5000; line += 1) log.push(`line ${line}\n`);
  expect([log.lines.at(0), log.lines.at(-1)]).toEqual(['line 0', 'line 4999']);
  expect(log.lines.length).toBeLessThanOrEqual(800);
});
