import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import type { Facts } from '../../src/core/facts.js';
import type { RoleHost } from '../../src/core/role.js';
import { sshdConfigText, type SshdMatch, type SshdSettings } from '../../src/render/sshd-config.js';
import role from '../../src/roles/ssh-hardening/role.js';
import { factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems, rolePorts, someHost, type Asking } from './role-items.js';

/** The settings that the role asks for. */
function profile(
  params: unknown,
  asking: Asking = {},
): { settings: SshdSettings; match: readonly SshdMatch[] } {
  return roleItems(role, params, asking).params('settings of sshd') as {
    settings: SshdSettings;
    match: readonly SshdMatch[];
  };
}

/** Systems by the version of their OpenSSH, and what of the profile depends on it. */
const VERSIONS: readonly (readonly [string, ExampleSystem, string, readonly string[], readonly string[]])[] =
  [
    [
      'Ubuntu 20.04',
      'ubuntu2404',
      '8.2',
      ['ChallengeResponseAuthentication', 'PubkeyAcceptedKeyTypes', 'DebianBanner', 'UsePAM'],
      ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
    ],
    [
      'Debian 11',
      'debian12',
      '8.4',
      ['ChallengeResponseAuthentication', 'PubkeyAcceptedKeyTypes', 'DebianBanner', 'UsePAM'],
      ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
    ],
    [
      'Ubuntu 22.04',
      'ubuntu2404',
      '8.9',
      ['KbdInteractiveAuthentication', 'PubkeyAcceptedAlgorithms', 'DebianBanner', 'UsePAM'],
      ['sntrup761x25519-sha512@openssh.com', 'curve25519-sha256', 'curve25519-sha256@libssh.org'],
    ],
    [
      'Debian 12',
      'debian12',
      '9.2',
      [
        'KbdInteractiveAuthentication',
        'PubkeyAcceptedAlgorithms',
        'RequiredRSASize',
        'DebianBanner',
        'UsePAM',
      ],
      ['sntrup761x25519-sha512@openssh.com', 'curve25519-sha256', 'curve25519-sha256@libssh.org'],
    ],
    [
      'Ubuntu 24.04',
      'ubuntu2404',
      '9.6',
      [
        'KbdInteractiveAuthentication',
        'PubkeyAcceptedAlgorithms',
        'RequiredRSASize',
        'DebianBanner',
        'UsePAM',
      ],
      ['sntrup761x25519-sha512@openssh.com', 'curve25519-sha256', 'curve25519-sha256@libssh.org'],
    ],
    [
      'Debian 13',
      'debian13',
      '10.0',
      [
        'KbdInteractiveAuthentication',
        'PubkeyAcceptedAlgorithms',
        'RequiredRSASize',
        'PerSourcePenaltyExemptList',
        'DebianBanner',
        'UsePAM',
      ],
      [
        'mlkem768x25519-sha256',
        'sntrup761x25519-sha512',
        'sntrup761x25519-sha512@openssh.com',
        'curve25519-sha256',
        'curve25519-sha256@libssh.org',
      ],
    ],
    [
      'Fedora',
      'fedora',
      '9.9',
      [
        'KbdInteractiveAuthentication',
        'PubkeyAcceptedAlgorithms',
        'RequiredRSASize',
        'PerSourcePenaltyExemptList',
        'UsePAM',
      ],
      [
        'mlkem768x25519-sha256',
        'sntrup761x25519-sha512',
        'sntrup761x25519-sha512@openssh.com',
        'curve25519-sha256',
        'curve25519-sha256@libssh.org',
      ],
    ],
    [
      'Alpine',
      'alpine',
      '9.7',
      ['KbdInteractiveAuthentication', 'PubkeyAcceptedAlgorithms', 'RequiredRSASize'],
      ['sntrup761x25519-sha512@openssh.com', 'curve25519-sha256', 'curve25519-sha256@libssh.org'],
    ],
  ];

/** Keywords that not every sshd takes. */
const DEPENDENT = [
  'ChallengeResponseAuthentication',
  'KbdInteractiveAuthentication',
  'PubkeyAcceptedKeyTypes',
  'PubkeyAcceptedAlgorithms',
  'RequiredRSASize',
  'PerSourcePenaltyExemptList',
  'DebianBanner',
  'UsePAM',
];

const { DEFAULT_KEX, DEFAULT_SERVER_HOST_KEY, DEFAULT_CIPHER, DEFAULT_MAC } = createRequire(import.meta.url)(
  'ssh2/lib/protocol/constants.js',
) as Readonly<Record<string, readonly string[]>>;

describe.each(VERSIONS)('%s', (_name, system, openssh_version, keywords, kex) => {
  const facts: Partial<Facts> = { openssh_version };
  const { settings } = profile({ trusted_networks: ['192.168.1.0/24'] }, { system, facts });

  test('is told nothing that its sshd does not know', () => {
    expect(DEPENDENT.filter((name) => name in settings)).toEqual(keywords.toSorted(byTable));
  });

  test('exchanges keys in these ways', () => expect(settings['KexAlgorithms']).toEqual(kex));

  test.each([
    ['KexAlgorithms', DEFAULT_KEX],
    ['HostKeyAlgorithms', DEFAULT_SERVER_HOST_KEY],
    ['Ciphers', DEFAULT_CIPHER],
    ['MACs', DEFAULT_MAC],
  ])('%s has one that our own transport speaks', (keyword, spoken = []) => {
    const offered = settings[keyword];
    expect(Array.isArray(offered) && offered.some((name) => spoken.includes(String(name)))).toBe(true);
  });

  test('takes no weak keys', () => {
    const accepted = settings['PubkeyAcceptedAlgorithms'] ?? settings['PubkeyAcceptedKeyTypes'];
    expect(String(accepted)).toContain('ssh-ed25519,');
    expect(String(accepted)).not.toMatch(/ecdsa|dss|ssh-rsa(?:,|$)/);
  });

  test('is text that the format holds', () => expect(sshdConfigText(settings)).toContain('PermitRootLogin '));
});

function byTable(a: string, b: string): number {
  return DEPENDENT.indexOf(a) - DEPENDENT.indexOf(b);
}

describe('what is asked for changes', () => {
  test.each<[string, object, SshdSettings]>([
    [
      'nothing',
      {},
      {
        PasswordAuthentication: false,
        AuthenticationMethods: 'publickey',
        PermitRootLogin: 'prohibit-password',
        AllowTcpForwarding: 'no',
        MaxSessions: 10,
      },
    ],
    ['who', { allow_users: ['ann'], allow_groups: ['ssh'] }, { AllowUsers: ['ann'], AllowGroups: ['ssh'] }],
    ['root', { permit_root_login: 'no' }, { PermitRootLogin: 'no' }],
    [
      'forwarding',
      { forwarding: 'local' },
      { AllowTcpForwarding: 'local', AllowStreamLocalForwarding: 'local' },
    ],
    ['on top', { extra: { maxauthtries: 6, Banner: '/b' } }, { maxauthtries: 6, Banner: '/b' }],
  ])('%s', (_name, params, expected) => expect(profile(params).settings).toMatchObject(expected));

  test.each<[string, object, readonly string[]]>([
    ['a password', { password_authentication: true }, ['AuthenticationMethods']],
    ['left out', { extra: { DebianBanner: null } }, ['DebianBanner']],
    ['another spelling', { extra: { maxauthtries: 6 } }, ['MaxAuthTries']],
    ['an older name', { extra: { ChallengeResponseAuthentication: true } }, ['KbdInteractiveAuthentication']],
  ])('%s takes away', (_name, params, names) => {
    const { settings } = profile(params);
    for (const name of names) expect(settings).not.toHaveProperty(name);
  });

  test.each<[string, object, RegExp]>([
    ['a typo', { extra: { Banne: 'x' } }, /Did you mean Banner/],
    ['two lines', { extra: { Banner: 'x\nPermitRootLogin yes' } }, /one line/],
    ['a port', { extra: { port: 23 } }, /is told by `port` of the role/],
    ['a name with a blank', { allow_users: ['a b'] }, /without blanks/],
    ['no network', { trusted_networks: ['lan'] }, /./],
    ['one session', { max_sessions: 1 }, /./],
  ])('%s is refused', (_name, params, message) => {
    const problems = role.params.safeParse(params).error?.issues.map((issue) => issue.message) ?? [];
    expect(problems.join('\n')).toMatch(message);
  });
});

describe('a jump host', () => {
  const host = (name: string, address: string | undefined, rest: Partial<RoleHost> = {}): RoleHost =>
    someHost({ name, address, ...rest });
  const gate = host('gate', '192.168.1.2');
  const hosts = [
    gate,
    host('dns1', '10.0.1.11', { via: ['gate'] }),
    host('nas', 'NAS.lan', { via: ['gate'], ports: [2222, 22] }),
    host('vault', '10.0.2.5', { via: ['gate', 'dns1'] }),
    host('six', 'fd00::6', { via: ['gate'] }),
    host('alone', '192.168.1.9'),
  ];

  test.each<[string, RoleHost, readonly string[]]>([
    [
      'the first of a way',
      gate,
      ['10.0.1.11:22', 'NAS.lan:2222', 'NAS.lan:22', 'nas.lan:2222', 'nas.lan:22', '[fd00::6]:22'],
    ],
    ['one in the middle', hosts[1] ?? gate, ['10.0.2.5:22']],
  ])('%s opens the next hops, and nothing else', (_name, self, targets) => {
    const { settings, match } = profile({}, { host: self, hosts });
    expect(settings).toMatchObject({ AllowTcpForwarding: 'no' });
    expect(match).toEqual([
      { criteria: { User: 'admin' }, settings: { AllowTcpForwarding: 'local', PermitOpen: targets } },
    ]);
  });

  test('others open nothing', () => {
    expect(profile({}, { host: hosts[5] ?? gate, hosts }).match).toEqual([]);
  });

  test('whoever logs in, where only ssh_config knows as whom', () => {
    const { settings, match } = profile({}, { host: { ...gate, user: undefined }, hosts });
    expect(settings).toMatchObject({ AllowTcpForwarding: 'local', PermitOpen: expect.any(Array) as unknown });
    expect(match).toEqual([]);
  });

  test('to any address, where only ssh_config knows it', () => {
    const behind = host('pi', undefined, { via: ['gate'], ports: [2022] });
    const [block] = profile({}, { host: gate, hosts: [gate, behind] }).match;
    expect(block?.settings['PermitOpen']).toEqual(['*:2022']);
  });

  test('that forwards for everybody has no list', () => {
    expect(profile({ forwarding: 'local' }, { host: gate, hosts }).match).toEqual([]);
  });
});

describe('the port', () => {
  const ports = (params: object, own: readonly number[]): unknown[] =>
    roleItems(role, params, { host: { ports: own } })
      .items.filter(({ kind }) => kind === 'sshd_port')
      .map((item) => item.params);

  test.each<[string, object, readonly number[], unknown[]]>([
    ['one: it is kept, and what else is open stays', {}, [22], [{ port: 22 }]],
    ['two: it moves', {}, [2222, 22], [{ port: 2222 }, { port: 2222, others: 'close' }]],
    ['another one of them', { port: 22 }, [2222, 22], [{ port: 22 }, { port: 22, others: 'close' }]],
  ])('%s', (_name, params, own, items) => expect(ports(params, own)).toEqual(items));

  test('one that homelab would not try is an error', () => {
    expect(() => ports({ port: 2222 }, [22])).toThrow(
      expect.objectContaining({
        code: 'role/unknown-port',
        hint: expect.stringContaining('port: [2222, 22]') as unknown,
      }),
    );
  });

  test('all of them are let in while it moves', () => {
    expect(rolePorts(role, {}, { host: { ports: [2222, 22] } })).toEqual([
      { protocol: 'tcp', port: 2222, what: 'ssh' },
      { protocol: 'tcp', port: 22, what: 'ssh' },
    ]);
  });
});

describe('what else there is', () => {
  const names = (params: object): string[] => roleItems(role, params).items.map(({ name }) => name);

  test('small groups of Diffie-Hellman go where they could be chosen', () => {
    const kex = ['curve25519-sha256', 'diffie-hellman-group-exchange-sha256'];
    expect(names({ extra: { KexAlgorithms: kex } })).toContain('no small groups of Diffie-Hellman');
    expect(names({})).not.toContain('no small groups of Diffie-Hellman');
  });

  test('no defaults of ssh where nobody wants them', () => {
    expect(names({ client: false })).not.toContain('defaults of ssh');
    expect(roleItems(role, {}).file('/etc/ssh/ssh_config.d/00-homelab.conf')).toContain(
      '\n  ForwardAgent no\n',
    );
  });

  test.each<[string, Partial<Facts>, RegExp | undefined]>([
    ['no server', { openssh_version: '' }, /no OpenSSH server/],
    ['an old one', { openssh_version: '7.9' }, /older than 8\.2/],
    ['a usual one', {}, undefined],
  ])('%s', (_name, facts, reason) => {
    const said = role.refuses?.(factsOf('debian12', facts));
    expect(said ?? '').toMatch(reason ?? /^$/);
  });
});
