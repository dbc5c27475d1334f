import type { RoleContext } from '../../core/role.js';
import type { SshdMatch, SshdSettings, SshdValue } from '../../render/sshd-config.js';
import { sshdKeyword } from '../../render/sshd-keywords.js';
import { isOlder } from '../../core/is-older.js';
import { algorithmsOf } from './algorithms.js';
import type { HardeningParams } from './hardening-params.js';
import { jumpForwards } from './jump-forwards.js';

/** Systems whose sshd logs in through PAM. */
const PAM_FAMILIES = ['debian', 'redhat', 'suse', 'arch'];

/** Systems whose sshd is built with GSSAPI: elsewhere the keyword is a complaint in every log. */
const GSSAPI_FAMILIES = ['debian', 'redhat'];

/** The settings of sshd on one host: docs/hardening.md gives the reason of each. */
export function sshdProfile(
  params: HardeningParams,
  context: RoleContext,
): { settings: SshdSettings; match: readonly SshdMatch[] } {
  const { facts, host } = context;
  const version = facts.openssh_version;
  const forwards = jumpForwards(context);
  const isJump = params.forwarding === 'jumps' && forwards.length > 0;
  const opened = { AllowTcpForwarding: 'local', PermitOpen: forwards };
  const settings = {
    ...cryptography(version),
    ...access(params, version),
    ...limits(params, version),
    ...features(params),
    ...systems(facts.os.family),
    ...(isJump && host.user === undefined ? opened : {}),
  };
  const match =
    isJump && host.user !== undefined ? [{ criteria: { User: host.user }, settings: opened }] : [];
  return { settings: withExtra(settings, params.extra), match };
}

function cryptography(version: string): SshdSettings {
  const userKeys = isOlder(version, '8.5') ? 'PubkeyAcceptedKeyTypes' : 'PubkeyAcceptedAlgorithms';
  return {
    HostKey: ['/etc/ssh/ssh_host_ed25519_key', '/etc/ssh/ssh_host_rsa_key'],
    KexAlgorithms: algorithmsOf('kex', version),
    HostKeyAlgorithms: algorithmsOf('hostKeys', version),
    Ciphers: algorithmsOf('ciphers', version),
    MACs: algorithmsOf('macs', version),
    [userKeys]: algorithmsOf('userKeys', version),
    CASignatureAlgorithms: algorithmsOf('authorities', version),
    // Since then sshd refuses short keys of its own, too.
    ...(isOlder(version, '9.1') ? {} : { RequiredRSASize: 3072 }),
  };
}

function access(params: HardeningParams, version: string): SshdSettings {
  const { allow_users: users, allow_groups: groups, password_authentication: isPasswordTaken } = params;
  const interactive = isOlder(version, '8.7')
    ? 'ChallengeResponseAuthentication'
    : 'KbdInteractiveAuthentication';
  return {
    PubkeyAuthentication: true,
    PasswordAuthentication: isPasswordTaken,
    [interactive]: false,
    ...(isPasswordTaken ? {} : { AuthenticationMethods: 'publickey' }),
    PermitRootLogin: params.permit_root_login,
    PermitEmptyPasswords: false,
    HostbasedAuthentication: false,
    IgnoreRhosts: true,
    IgnoreUserKnownHosts: true,
    StrictModes: true,
    ...(users === undefined ? {} : { AllowUsers: users }),
    ...(groups === undefined ? {} : { AllowGroups: groups }),
  };
}

function limits(
  { max_sessions: sessions, trusted_networks: trusted }: HardeningParams,
  version: string,
): SshdSettings {
  return {
    LoginGraceTime: 30,
    MaxAuthTries: 3,
    MaxSessions: sessions,
    MaxStartups: '10:30:60',
    ClientAliveInterval: 60,
    ClientAliveCountMax: 2,
    TCPKeepAlive: false,
    LogLevel: 'VERBOSE',
    ...(trusted.length === 0 || isOlder(version, '9.8') ? {} : { PerSourcePenaltyExemptList: trusted }),
  };
}

function features({ forwarding }: HardeningParams): SshdSettings {
  const tcp = { jumps: 'no', local: 'local', all: 'yes' }[forwarding];
  return {
    AllowTcpForwarding: tcp,
    AllowStreamLocalForwarding: tcp,
    AllowAgentForwarding: false,
    X11Forwarding: false,
    PermitTunnel: 'no',
    GatewayPorts: 'no',
    PermitUserEnvironment: 'no',
    Compression: 'no',
    UseDNS: false,
  };
}

function systems(family: string): SshdSettings {
  return {
    ...(PAM_FAMILIES.includes(family) ? { UsePAM: true } : {}),
    ...(GSSAPI_FAMILIES.includes(family) ? { GSSAPIAuthentication: false } : {}),
    // A keyword of Debian's alone: everybody else's sshd does not start with it. There PAM shows the message of the day.
    ...(family === 'debian' ? { DebianBanner: false, PrintMotd: false } : {}),
  };
}

/** What is said on top wins over the profile, however it is spelled. */
function withExtra(settings: SshdSettings, extra: Readonly<Record<string, SshdValue | null>>): SshdSettings {
  const spoken = new Set(Object.keys(extra).map(meaning));
  const kept = Object.entries(settings).filter(([name]) => !spoken.has(meaning(name)));
  const added = Object.entries(extra).filter((entry): entry is [string, SshdValue] => entry[1] !== null);
  return Object.fromEntries([...kept, ...added]);
}

/** One word for all spellings and older names of a keyword. */
function meaning(name: string): string {
  return (sshdKeyword(name)?.reportedAs ?? name).toLowerCase();
}
