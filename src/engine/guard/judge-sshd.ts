import type { TrialLogin } from './guard-area.js';

/**
 * Why sshd would not let the login in by its key, with the configuration that `sshd -T` printed (sshd_config(5)); empty:
 * nothing speaks against it. Keywords are compared without their case, as 10.5 prints them in another.
 */
export function judgeSshd(printed: string, who: TrialLogin): string[] {
  const config = parse(printed);
  if (config.size === 0) return [];
  const { user } = who;
  const words = (keyword: string): readonly string[] => config.get(keyword) ?? [];
  const says = (keyword: string): string | undefined => words(keyword)[0]?.toLowerCase();
  const isNamed = (keyword: string): boolean => words(keyword).some((pattern) => matchesUser(pattern, who));
  const isInGroup = (keyword: string): boolean =>
    words(keyword).some((pattern) => who.groups.some((group) => matches(pattern, group)));
  const methods = words('authenticationmethods');
  const reasons = [
    words('allowusers').length > 0 && !isNamed('allowusers')
      ? `AllowUsers ${words('allowusers').join(' ')} does not name ${user}`
      : undefined,
    isNamed('denyusers') ? `DenyUsers names ${user}` : undefined,
    words('allowgroups').length > 0 && !isInGroup('allowgroups')
      ? `AllowGroups ${words('allowgroups').join(' ')} has no group of ${user}`
      : undefined,
    isInGroup('denygroups') ? `DenyGroups has a group of ${user}` : undefined,
    says('pubkeyauthentication') === 'no' ? 'PubkeyAuthentication is no' : undefined,
    methods.length > 0 && !methods.some((list) => /^(any|publickey(:\S*)?)$/i.test(list))
      ? `AuthenticationMethods ${methods.join(' ')} asks for more than a key`
      : undefined,
    user === 'root' && ['no', 'forced-commands-only'].includes(says('permitrootlogin') ?? '')
      ? `PermitRootLogin is ${says('permitrootlogin')} and root is who logs in`
      : undefined,
    portReason(words('port').map(Number), who),
  ];
  return reasons.filter((reason) => reason !== undefined);
}

/** sshd has to listen where the inventory says, or where it did. */
function portReason(listens: readonly number[], { ports, peer }: TrialLogin): string | undefined {
  const known = [...ports, ...(peer === undefined ? [] : [peer.serverPort])];
  if (listens.length === 0 || known.length === 0 || known.some((port) => listens.includes(port)))
    return undefined;
  return `sshd would listen on port ${listens.join(', ')}, and the inventory knows ${[...new Set(known)].join(', ')}`;
}

/** Words by keyword in lower case; those of a keyword that is there more than once follow each other. */
function parse(printed: string): Map<string, readonly string[]> {
  const config = new Map<string, readonly string[]>();
  for (const line of printed.split('\n')) {
    const [keyword = '', ...words] = line.trim().split(/\s+/);
    if (keyword === '') continue;
    const key = keyword.toLowerCase();
    config.set(key, [...(config.get(key) ?? []), ...words]);
  }
  return config;
}

/** `user` or `user@host`; a host part that is no address pattern of ours is taken as matching the client's address only. */
function matchesUser(pattern: string, { user, peer }: TrialLogin): boolean {
  const at = pattern.lastIndexOf('@');
  if (at < 0) return matches(pattern, user);
  const host = pattern.slice(at + 1);
  // A network (CIDR) or a name: whether it holds us only a login can tell.
  const isHostRight =
    peer === undefined || host.includes('/') || matches(host, peer.clientAddress) || /[a-z]/i.test(host);
  return matches(pattern.slice(0, at), user) && isHostRight;
}

/** ssh_config(5), PATTERNS: `*` and `?`. One that begins with `!` matches nothing by itself. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'u').test(text);
}
