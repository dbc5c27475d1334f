/** How a keyword of sshd_config(5) takes its values. */
export interface SshdKeyword {
  /** As the manual spells it. */
  readonly name: string;
  /** How several values are written: on one line with this between them, or each on a line of its own; undefined: it takes one. */
  readonly several: ' ' | ',' | 'lines' | undefined;
  /** Lines of several files add up; of every other keyword the first one counts. */
  readonly isAccumulating: boolean;
  /** May stand in a `Match` block. */
  readonly isForMatch: boolean;
  /** Its value is the rest of the line, which sshd does not take apart. */
  readonly isRaw: boolean;
  /** What `sshd -T` calls it where that is another keyword. */
  readonly reportedAs: string | undefined;
}

// Lines: NAME, then of: one sort of `words` `commas` `lines`; `adds`; `match`; `raw`; `=NAME`. Up to OpenSSH 10.2, with
// the keywords of Debian's patches.
const TABLE = `
AcceptEnv words adds match
AddressFamily
AllowAgentForwarding match
AllowGroups words adds match
AllowStreamLocalForwarding match
AllowTcpForwarding match
AllowUsers words adds match
AuthenticationMethods words match
AuthorizedKeysCommand raw match
AuthorizedKeysCommandUser match
AuthorizedKeysFile words match
AuthorizedPrincipalsCommand raw match
AuthorizedPrincipalsCommandUser match
AuthorizedPrincipalsFile match
Banner match
CASignatureAlgorithms commas match
ChallengeResponseAuthentication match =KbdInteractiveAuthentication
ChannelTimeout words match
ChrootDirectory match
Ciphers commas
ClientAliveCountMax match
ClientAliveInterval match
Compression
DebianBanner
DenyGroups words adds match
DenyUsers words adds match
DisableForwarding match
ExposeAuthInfo match
FingerprintHash
ForceCommand raw match
GatewayPorts match
GSSAPIAuthentication match
GSSAPICleanupCredentials
GSSAPIDelegateCredentials
GSSAPIKexAlgorithms commas
GSSAPIKeyExchange
GSSAPIStoreCredentialsOnRekey
GSSAPIStrictAcceptorCheck
HostbasedAcceptedAlgorithms commas match
HostbasedAcceptedKeyTypes commas match =HostbasedAcceptedAlgorithms
HostbasedAuthentication match
HostbasedUsesNameFromPacketOnly match
HostCertificate lines adds
HostKey lines adds
HostKeyAgent
HostKeyAlgorithms commas
IgnoreRhosts match
IgnoreUserKnownHosts
IPQoS words match
KbdInteractiveAuthentication match
KerberosAuthentication match
KerberosGetAFSToken
KerberosOrLocalPasswd
KerberosTicketCleanup
KexAlgorithms commas
ListenAddress lines adds
LoginGraceTime
LogLevel match
LogVerbose commas match
MACs commas
MaxAuthTries match
MaxSessions match
MaxStartups
ModuliFile
PasswordAuthentication match
PermitEmptyPasswords match
PermitListen words match
PermitOpen words match
PermitRootLogin match
PermitTTY match
PermitTunnel match
PermitUserEnvironment
PermitUserRC match
PerSourceMaxStartups
PerSourceNetBlockSize
PerSourcePenalties words
PerSourcePenaltyExemptList commas
PidFile
Port lines adds
PrintLastLog
PrintMotd
PubkeyAcceptedAlgorithms commas match
PubkeyAcceptedKeyTypes commas match =PubkeyAcceptedAlgorithms
PubkeyAuthentication match
PubkeyAuthOptions commas match
RDomain match
RefuseConnection match
RekeyLimit words match
RequiredRSASize
RevokedKeys match
SecurityKeyProvider
SetEnv words match
SshdAuthPath
SshdSessionPath
StreamLocalBindMask match
StreamLocalBindUnlink match
StrictModes
Subsystem raw match
SyslogFacility
TCPKeepAlive
TrustedUserCAKeys match
UnusedConnectionTimeout match
UseDNS
UsePAM
VersionAddendum raw
X11DisplayOffset match
X11Forwarding match
X11UseLocalhost match
XAuthLocation
`;

const KEYWORDS: ReadonlyMap<string, SshdKeyword> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => parseRow(line)),
);

function parseRow(line: string): [string, SshdKeyword] {
  const [name = '', ...marks] = line.split(' ');
  const separators = { words: ' ', commas: ',', lines: 'lines' } as const;
  const several = (['words', 'commas', 'lines'] as const).find((sort) => marks.includes(sort));
  const keyword: SshdKeyword = {
    name,
    several: several === undefined ? undefined : separators[several],
    isAccumulating: marks.includes('adds'),
    isForMatch: marks.includes('match'),
    isRaw: marks.includes('raw'),
    reportedAs: marks.find((mark) => mark.startsWith('='))?.slice(1),
  };
  return [name.toLowerCase(), keyword];
}

/** A keyword in any spelling of its letters, as sshd takes it; undefined: sshd knows none such. */
export function sshdKeyword(name: string): SshdKeyword | undefined {
  return KEYWORDS.get(name.toLowerCase());
}

/** Every keyword as the manual spells it. `Include` and `Match` are none: they say where others hold. */
export function sshdKeywordNames(): string[] {
  return [...KEYWORDS.values()].map(({ name }) => name);
}
