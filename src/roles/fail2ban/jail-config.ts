import { isIP } from 'node:net';

/** The machine itself; nobody may take it out. */
const ITSELF = ['127.0.0.0/8', '::1'];

export interface JailParams {
  readonly max_retry: number;
  readonly find_time: string;
  readonly ban_time: string;
  readonly trusted: readonly string[];
}

/**
 * What fail2ban is told, jail.conf(5). Names among the jump hosts are left out: they would be looked up again and again.
 * Since OpenSSH 9.8 it is `sshd-session` that writes of logins, which older filters do not know.
 */
export function jailConfig(
  wanted: JailParams,
  host: { readonly ports: readonly number[]; readonly jumps: readonly string[] },
): string {
  const ignored = new Set([...ITSELF, ...wanted.trusted, ...host.jumps.filter((one) => isIP(one) !== 0)]);
  return `[DEFAULT]
ignoreip = ${[...ignored].join(' ')}
banaction = nftables
banaction_allports = nftables[type=allports]
bantime.increment = true

[sshd]
enabled = true
backend = systemd
filter = sshd[mode=%(mode)s, journalmatch="_COMM=sshd + _COMM=sshd-session"]
port = ${host.ports.join(',')}
maxretry = ${wanted.max_retry}
findtime = ${wanted.find_time}
bantime = ${wanted.ban_time}
`;
}
