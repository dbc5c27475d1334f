import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/ssh-hardening/role.js';
import { ARCHITECTURES } from './fact-presets.js';
import { expectModule, withNix } from './nixos-modules.js';
import { roleItems, someHost, type Asking } from './role-items.js';

function moduleOf(params: object, asking: Asking = {}): string {
  const { items } = roleItems(role, params, { system: 'nixos', ...asking });
  expect(items.map(({ kind, params: { path } }) => [kind, path])).toEqual([
    ['nixos_module', '/etc/nixos/homelab/ssh-hardening.nix'],
  ]);
  return String(items[0]?.params['content']);
}

const SETTINGS = {
  KexAlgorithms: [
    'mlkem768x25519-sha256',
    'sntrup761x25519-sha512',
    'sntrup761x25519-sha512@openssh.com',
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
  ],
  HostKeyAlgorithms: 'ssh-ed25519,rsa-sha2-512,rsa-sha2-256',
  Ciphers: [
    'chacha20-poly1305@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-gcm@openssh.com',
    'aes256-ctr',
    'aes192-ctr',
    'aes128-ctr',
  ],
  Macs: ['hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256-etm@openssh.com', 'umac-128-etm@openssh.com'],
  PubkeyAcceptedAlgorithms:
    'ssh-ed25519,ssh-ed25519-cert-v01@openssh.com,sk-ssh-ed25519@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com',
  CASignatureAlgorithms: 'ssh-ed25519,sk-ssh-ed25519@openssh.com,rsa-sha2-512,rsa-sha2-256',
  RequiredRSASize: 3072,
  PubkeyAuthentication: true,
  PasswordAuthentication: false,
  KbdInteractiveAuthentication: false,
  AuthenticationMethods: 'publickey',
  PermitRootLogin: 'prohibit-password',
  PermitEmptyPasswords: false,
  HostbasedAuthentication: false,
  IgnoreRhosts: true,
  IgnoreUserKnownHosts: true,
  StrictModes: true,
  LoginGraceTime: 30,
  MaxAuthTries: 3,
  MaxSessions: 10,
  MaxStartups: '10:30:60',
  ClientAliveInterval: 60,
  ClientAliveCountMax: 2,
  TCPKeepAlive: false,
  LogLevel: 'VERBOSE',
  AllowTcpForwarding: 'no',
  AllowStreamLocalForwarding: 'no',
  AllowAgentForwarding: false,
  X11Forwarding: false,
  PermitTunnel: 'no',
  GatewayPorts: 'no',
  PermitUserEnvironment: 'no',
  Compression: 'no',
  UseDns: false,
};

const HOST_KEYS = [
  { path: '/etc/ssh/ssh_host_ed25519_key', type: 'ed25519' },
  { path: '/etc/ssh/ssh_host_rsa_key', type: 'rsa', bits: 4096 },
];

const openssh = (more: object, settings: object = {}) => ({
  services: {
    openssh: {
      enable: true,
      ports: [22],
      hostKeys: HOST_KEYS,
      settings: { ...SETTINGS, ...settings },
      ...more,
    },
  },
});

describe('sshd as options of NixOS', () => {
  withNix.each(ARCHITECTURES)('by default, on %s', (arch) => {
    expectModule(moduleOf({ client: false }, { facts: { arch } }), openssh({}));
  });

  withNix('who may log in, and what is said on top', () => {
    const extra = {
      Banner: '/etc/issue net',
      UsePAM: 'no',
      UseDNS: null,
      AcceptEnv: ['LANG', 'LC_*'],
      ListenAddress: ['10.0.0.1', '::1'],
    };
    const { UseDns: _, ...settings } = SETTINGS;
    const module = moduleOf({
      client: false,
      allow_users: ['ann', 'bob@10.0.0.*'],
      permit_root_login: 'no',
      extra,
    });
    expectModule(module, {
      services: {
        openssh: {
          enable: true,
          ports: [22],
          hostKeys: HOST_KEYS,
          settings: {
            ...settings,
            AllowUsers: ['ann', 'bob@10.0.0.*'],
            PermitRootLogin: 'no',
            Banner: '"/etc/issue net"',
            UsePAM: false,
            AcceptEnv: 'LANG LC_*',
          },
          extraConfig: 'ListenAddress 10.0.0.1\nListenAddress ::1\n',
        },
      },
    });
  });

  withNix('a jump host opens what is behind it, for one user', () => {
    const host = someHost({ name: 'gate', ports: [2222, 22] });
    const hosts = [host, someHost({ name: 'm1', address: '10.0.0.5', via: ['gate'] })];
    expectModule(
      moduleOf({ client: false }, { host, hosts }),
      openssh({
        ports: [2222],
        extraConfig: 'Match User admin\n  AllowTcpForwarding local\n  PermitOpen 10.0.0.5:22\n',
      }),
    );
  });

  test('ssh on the host has the same strength', () => {
    expect(moduleOf({})).toContain('  programs = {\n    ssh = {\n      extraConfig = "# Kept by homelab');
    expect(moduleOf({})).not.toContain('GSSAPI');
  });

  test('a host key of no type is refused', () => {
    expect(() => moduleOf({ extra: { HostKey: '/etc/ssh/key' } })).toThrow(
      expect.objectContaining({ code: 'role/no-key-type', hint: expect.any(String) }),
    );
  });
});
