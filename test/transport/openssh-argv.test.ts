import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { bareHost, type HostConfig } from '../../src/core/host-config.js';
import type { Endpoint } from '../../src/transport/endpoint.js';
import {
  channelArgv,
  checkArgv,
  loginArgv,
  masterArgv,
  proxyCommand,
  scanArgv,
  type TargetWords,
} from '../../src/transport/openssh-argv.js';

const endpointOf = (stated: Partial<HostConfig>): Endpoint => {
  const host = bareHost('nas', stated);
  const address = host.address ?? 'nas';
  return {
    name: 'nas',
    address,
    port: host.port ?? 22,
    user: host.user ?? 'me',
    stated: host,
    identities: undefined,
    isIdentityFromInventory: false,
    isIdentitiesOnly: false,
    agent: undefined,
    others: [],
    alsoKnownAs: [],
    knownAs: address,
    pinned: [],
    files: [],
    via: [],
    key: 'nas',
  };
};
const target = (stated: Partial<HostConfig> = {}, more: Partial<TargetWords> = {}): TargetWords => ({
  endpoint: endpointOf(stated),
  config: [],
  identities: [],
  jump: undefined,
  knownHosts: '/run/hl/known1',
  isNewAccepted: false,
  keepaliveMs: 4000,
  timeoutMs: 10_000,
  ...more,
});
const GATE = { path: '/run/hl/m1', name: 'gate' };
const NO_WAY = '-o ControlMaster=no -o ProxyCommand=false';
const ALWAYS = (checking: string) =>
  `-o ControlPersist=no -o LogLevel=DEBUG1 -o StrictHostKeyChecking=${checking} -o UserKnownHostsFile=/run/hl/known1 ` +
  '-o GlobalKnownHostsFile=/dev/null -o KnownHostsCommand=none -o VerifyHostKeyDNS=no ' +
  '-o NoHostAuthenticationForLocalhost=no -o CheckHostIP=no -o HashKnownHosts=no -o UpdateHostKeys=no ' +
  '-o BatchMode=no -o PasswordAuthentication=no -o NumberOfPasswordPrompts=1 -o ServerAliveInterval=4 ' +
  '-o ServerAliveCountMax=2 -o ConnectTimeout=10 -o ClearAllForwardings=yes -o RemoteCommand=none -o Tunnel=no ' +
  '-o ForwardX11=no';

describe('the words of a connection', () => {
  test.each<[what: string, words: TargetWords, before: string, after: string]>([
    ['nothing is said', target(), '', '-- nas'],
    [
      'address, port and user of the inventory',
      target({ address: '10.0.0.9', port: 2222, user: 'admin' }),
      '',
      '-o HostName=10.0.0.9 -p 2222 -l admin -- nas',
    ],
    ['a zone is no token', target({ address: 'fe80::1%eth0' }), '', '-o HostName=fe80::1%%eth0 -- nas'],
    ['reached directly, whatever ssh_config says', target({ via: [] }), '', '-o ProxyCommand=none -- nas'],
    [
      'a configuration and identities',
      target({}, { config: ['-F', '/etc/mine'], identities: ['-o', 'IdentitiesOnly=yes', '-i', '/keys/a'] }),
      '-F /etc/mine ',
      '-o IdentitiesOnly=yes -i /keys/a -- nas',
    ],
  ])('%s', (_what, words, before, after) => {
    expect(masterArgv(words, '/run/hl/m2').join(' ')).toBe(
      `ssh ${before}-N -M -T -S /run/hl/m2 ${ALWAYS('yes')} ${after}`,
    );
  });

  test('through a jump host: its socket, quoted for the shell that ssh runs it with', () => {
    const argv = masterArgv(target({ address: '10.0.0.9', via: ['gate'] }, { jump: GATE }), '/run/hl/m2');
    expect(argv).toContain(
      "ProxyCommand=ssh -F none -S /run/hl/m1 -o 'ControlMaster=no' -o 'ProxyCommand=false' -W '[10.0.0.9]:22' -- gate",
    );
  });

  test('--accept-new', () => {
    expect(masterArgv(target({}, { isNewAccepted: true }), '/s').join(' ')).toContain(ALWAYS('accept-new'));
  });

  test('of a scan: no key is offered', () => {
    expect(scanArgv(target({}, { isNewAccepted: true }), ['ssh-ed25519', 'rsa-sha2-512']).join(' ')).toBe(
      'ssh -T -S none -o HostKeyAlgorithms=ssh-ed25519,rsa-sha2-512 -o PreferredAuthentications=none ' +
        '-o KbdInteractiveAuthentication=no -o PubkeyAuthentication=no -o GSSAPIAuthentication=no ' +
        `-o HostbasedAuthentication=no ${ALWAYS('accept-new')} -- nas exit`,
    );
  });
});

test.each<[string, string[], string[]]>([
  [
    'a program',
    channelArgv(GATE, '/run/hl/log3', ['exec', 'sudo', '-p', "it's:"]),
    [
      ...`ssh -F none -S /run/hl/m1 ${NO_WAY} -o LogLevel=DEBUG2 -E /run/hl/log3 -T -- gate`.split(' '),
      "exec sudo -p 'it'\\''s:'",
    ],
  ],
  ['a check', checkArgv(GATE), 'ssh -F none -S /run/hl/m1 -O check -- gate'.split(' ')],
  [
    'a login on a terminal',
    loginArgv({ socket: GATE, config: ['-F', '/c'], log: '/l', hasTerminal: true, command: [] }),
    `ssh -F /c -S /run/hl/m1 ${NO_WAY} -o LogLevel=DEBUG2 -o RemoteCommand=none -o ClearAllForwardings=yes -E /l -t -- gate`.split(
      ' ',
    ),
  ],
  [
    'a program of a login without one',
    loginArgv({ socket: GATE, config: [], log: '/l', hasTerminal: false, command: ['echo', 'a b'] }),
    [
      ...`ssh -S /run/hl/m1 ${NO_WAY} -o LogLevel=DEBUG2 -o RemoteCommand=none -o ClearAllForwardings=yes -E /l -T -- gate`.split(
        ' ',
      ),
      "echo 'a b'",
    ],
  ],
])('the words of %s', (_what, argv, expected) => {
  expect(argv).toEqual(expected);
});

test('whatever a path holds, the shell gets it as it was', () => {
  const path = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(path, (odd) => {
      const command = proxyCommand({ path: odd, name: 'gate' }, endpointOf({ address: '::1' }));
      // What ssh makes of its tokens.
      const line = command.replaceAll('%%', '%').replace(/^ssh /, '');
      const words = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' }).split('\0');
      expect(words.slice(0, 4)).toEqual(['-F', 'none', '-S', odd]);
      expect(words.slice(-5)).toEqual(['-W', '[::1]:22', '--', 'gate', '']);
      expect(/%(?!%)/.test(command.replaceAll('%%', ''))).toBe(false);
    }),
    { numRuns: 60 },
  );
});
